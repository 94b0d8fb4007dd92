import { docx, pdf } from '../../test/support/documents.ts';
import type { Figure } from '../report.ts';
import { createCorpus } from './corpus.ts';
import { MODEL, startBenchModel } from './model.ts';
import { dataFolder, startService, unitMiB } from './service.ts';

const SAMPLED_EVERY_MS = 25;
const DOCUMENTS = 60;
const PARAGRAPHS = 120;

/** Memory of the service and its parser while documents come in, and what a second upload of the same costs. */
export async function ingestFigures(script: string): Promise<Figure[]> {
  const corpus = createCorpus({ dimensions: 768, seed: 7 });
  await using model = await startBenchModel(corpus.vector);
  await using ragd = await startService(script, dataFolder(script));
  const pid = ragd.child.process.pid ?? 0;
  await ragd.call('PUT', '/agents/bench', { embedding: { provider: 'ollama', baseUrl: model.url, model: MODEL } });
  let peak = 0;
  const sampler = setInterval(() => (peak = Math.max(peak, unitMiB(pid))), SAMPLED_EVERY_MS);
  const documents = Array.from({ length: DOCUMENTS }, (_, n) => {
    const paragraphs = Array.from({ length: PARAGRAPHS }, () => corpus.passage());
    const bytes = [() => pdf(paragraphs), () => docx(paragraphs), () => Buffer.from(paragraphs.join('\n\n'))][n % 3]?.() ?? Buffer.alloc(0);
    return { name: `document-${n}`, bytes };
  });
  const upload = async (): Promise<boolean[]> => {
    const unchanged: boolean[] = [];
    for (const { name, bytes } of documents) unchanged.push((await ragd.call('PUT', `/agents/bench/files?name=${name}`, bytes)).unchanged);
    await ragd.settled('bench');
    return unchanged;
  };
  const startedAt = performance.now();
  await upload();
  const seconds = (performance.now() - startedAt) / 1_000;
  clearInterval(sampler);
  const { chunks, states } = await ragd.call('GET', '/agents/bench');
  if (states.done !== DOCUMENTS) throw new Error(`only ${states.done} documents were read`);
  const before = model.embedded();
  if (!(await upload()).every(Boolean)) throw new Error('an unchanged document was taken as new');
  await ragd.call('POST', '/agents/bench/reindex', {});
  await ragd.settled('bench');
  return [
    {
      id: 'rss-ingest',
      what: 'memory of service and parser together while ingesting',
      unit: 'MiB',
      ours: peak,
      target: { op: '<=', value: 350 },
      note: `${DOCUMENTS} PDF, DOCX and text, ${chunks} passages in ${seconds.toFixed(1)} s`,
    },
    {
      id: 'unchanged',
      what: 'passages embedded for unchanged files and a reindex',
      unit: '',
      ours: model.embedded() - before,
      target: { op: '<=', value: 0 },
    },
  ];
}
