/** Texts and vectors that have the statistics of real ones: words as often as Zipf says, vectors in clusters. The same seed makes the same. */
export interface Corpus {
  passage: () => string;
  question: () => string;
  vector: () => Float32Array;
}

const WORDS = 50_000;
const PASSAGE_WORDS = 140; // about 900 characters
const QUESTION_WORDS = 7;
/** The hundred most frequent words of a language are those that the service leaves out of a question. */
const NEVER_ASKED = 100;
const CLUSTERS = 300;
const SPREAD = 0.6;

export function createCorpus({ dimensions, seed }: { dimensions: number; seed: number }): Corpus {
  const random = generator(seed);
  const cumulated = new Float64Array(WORDS);
  let sum = 0;
  for (let rank = 0; rank < WORDS; rank++) cumulated[rank] = sum += 1 / (rank + 1);
  const rankOf = (): number => {
    const wanted = random() * sum;
    let [low, high] = [0, WORDS - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulated[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const centres = Array.from({ length: CLUSTERS }, () => Float32Array.from({ length: dimensions }, gauss));
  return {
    passage: () => Array.from({ length: PASSAGE_WORDS }, () => word(rankOf())).join(' '),
    question() {
      const words: string[] = [];
      while (words.length < QUESTION_WORDS) {
        const rank = rankOf();
        if (rank >= NEVER_ASKED) words.push(word(rank));
      }
      return words.join(' ');
    },
    vector() {
      const centre = centres[Math.floor(random() * CLUSTERS)] ?? new Float32Array(dimensions);
      const vector = centre.map((value) => value + SPREAD * gauss());
      const length = Math.hypot(...vector);
      return vector.map((value) => value / length);
    },
  };
}

const SYLLABLES =
  'ba be bi bo bu da de di do du fa fe fi ga ge go ka ke ki ko la le li lo lu ma me mi mo na ne no pa pe pi ra re ri ro sa se si ta te ti to va ve zo'.split(
    ' ',
  );

/** A word for each rank, the longer the rarer, as in a language. */
function word(rank: number): string {
  let [rest, text] = [rank + SYLLABLES.length, ''];
  while (rest > 0) {
    text += SYLLABLES[rest % SYLLABLES.length];
    rest = Math.floor(rest / SYLLABLES.length);
  }
  return text;
}

/** mulberry32 */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
