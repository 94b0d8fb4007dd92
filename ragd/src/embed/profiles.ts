/** How a model wants to be asked, and how far it is to be trusted beside the words. */
export interface Profile {
  query: (text: string) => string;
  document: (text: string, title: string) => string;
  /** Share of the vectors in the score. */
  weight: number;
  /** The longest text it takes in Latin characters; longer ones are cut by us, not silently by it. */
  chars: number;
}

/** Rises when a prefix below changes: vectors of another version do not mix. */
export const PROFILES = 1;

const plain = (text: string): string => text;
const titled = (text: string, title: string): string => (title === '' ? text : `${title}\n${text}`);
const DEFAULT: Profile = { query: plain, document: titled, weight: 0.4, chars: 2_000 };
const NOMIC: Profile = {
  query: (text) => `search_query: ${text}`,
  document: (text, title) => `search_document: ${titled(text, title)}`,
  weight: 0.5,
  chars: 6_000,
};

/** By the beginning of the model's name; the first that fits. */
const PROFILE_OF: readonly (readonly [string, Profile])[] = [
  ['all-minilm', { ...DEFAULT, chars: 1_000 }],
  ['granite-embedding', { ...DEFAULT, chars: 1_800 }],
  ['nomic-embed-text-v2', { ...NOMIC, chars: 1_800 }],
  ['nomic-embed-text', NOMIC],
  [
    'embeddinggemma',
    {
      query: (text) => `task: search result | query: ${text}`,
      document: (text, title) => `title: ${title === '' ? 'none' : title} | text: ${text}`,
      weight: 0.5,
      chars: 6_000,
    },
  ],
  [
    'qwen3-embedding',
    {
      query: (text) => `Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:${text}`,
      document: titled,
      weight: 0.6,
      chars: 20_000,
    },
  ],
  ['bge-m3', { ...DEFAULT, weight: 0.6, chars: 20_000 }],
  [
    'mxbai-embed-large',
    { ...DEFAULT, query: (text) => `Represent this sentence for searching relevant passages: ${text}`, weight: 0.5, chars: 1_800 },
  ],
  ['text-embedding-3', { ...DEFAULT, weight: 0.5, chars: 20_000 }],
];

export const profileOf = (model: string): Profile => {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return PROFILE_OF.find(([start]) => name.startsWith(start))?.[1] ?? DEFAULT;
};
