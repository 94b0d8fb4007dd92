import { describe, expect, it } from 'vitest';
import type { SessionMessage } from '@clawmoor/shared/openclaw-sessions.ts';
import { askedNow, heard, withEarlier, withLatest, withoutTurn, type ChatEvent, type Turn } from './transcript.ts';

const RUN = '7.aabbccddeeff.key1';
const delta = (text: string, runId = RUN): ChatEvent => ({ event: 'delta', data: { runId, text } });
const tool = (phase: 'start' | 'update' | 'end', detail: string | null, failed = false): ChatEvent => ({
  event: 'tool',
  data: { runId: RUN, id: 't1', name: 'exec', phase, failed, detail },
});
const final = (text: string, aborted = false): ChatEvent => ({ event: 'final', data: { runId: RUN, text, aborted } });
const after = (...events: ChatEvent[]): readonly Turn[] => events.reduce(heard, [askedNow('key1', 'how deep?', [])] as readonly Turn[]);

const message = (seq: number, text = `line ${seq}`): SessionMessage => ({
  id: `m${seq}`,
  seq,
  role: 'assistant',
  text,
  truncated: false,
  tools: [],
  at: null,
});

describe('The transcript of a chat', () => {
  it('puts words to the question they answer, also when they come before the request for them is answered', () => {
    expect(after(delta('Two '), delta('fathoms.'))).toMatchObject([
      { key: 'key1', runId: RUN, question: 'how deep?', state: 'speaking', parts: [{ kind: 'text', text: 'Two fathoms.' }] },
    ]);
  });

  it('keeps words and tools in their order; what a tool prints stays when it ends', () => {
    const [turn] = after(
      delta('I look. '),
      tool('start', 'echo 2'),
      tool('update', '2'),
      tool('end', 'echo 2'),
      delta('Two.'),
      final('Two.'),
    );
    expect(turn).toMatchObject({ state: 'over', aborted: false });
    expect(turn?.parts).toEqual([
      { kind: 'text', text: 'I look. ' },
      { kind: 'tool', id: 't1', name: 'exec', phase: 'end', failed: false, detail: '2' },
      { kind: 'text', text: 'Two.' },
    ]);
  });

  it('fills what was missed from the whole answer at the end', () => {
    expect(after(delta('oms.'), final('Two fathoms.'))[0]?.parts).toEqual([{ kind: 'text', text: 'Two fathoms.' }]);
    expect(after(final('Two.'))[0]?.parts).toEqual([{ kind: 'text', text: 'Two.' }]);
    expect(after(delta('Two'), final('', true))[0]).toMatchObject({ aborted: true, parts: [{ text: 'Two' }] });
  });

  it('hears nothing of a turn that is over, and takes a turn of somebody else for one of its own', () => {
    expect(after(final('Two.'), delta('Three'))[0]?.parts).toEqual([{ kind: 'text', text: 'Two.' }]);
    expect(after(delta('Ahoy', '9.aabbccddeeff.other'))).toMatchObject([
      { question: 'how deep?' },
      { question: undefined, parts: [{ text: 'Ahoy' }] },
    ]);
  });

  it('says why a turn failed, and that it is tried once more', () => {
    expect(after({ event: 'status', data: { runId: RUN, phase: 'trying_again' } })[0]).toMatchObject({ state: 'waiting', again: true });
    const failed: ChatEvent = { event: 'error', data: { runId: RUN, code: 'gateway.refused', message: 'no credit' } };
    expect(after(failed)[0]).toMatchObject({ state: 'over', failure: { message: 'no credit' } });
  });

  it('draws what is being answered once, though the past has it already', () => {
    const asked = { ...message(3, 'how deep?'), role: 'user' as const };
    const past = [message(1), message(2)];
    expect(withoutTurn([...past, asked, message(4, 'Two')], after(delta('Two'))[0])).toEqual(past);
    expect(withoutTurn([...past, { ...asked, text: 'how far?' }], after(delta('Two'))[0])).toHaveLength(3);
    expect(withoutTurn([...past, asked], undefined)).toHaveLength(3);
  });

  it('joins pages that overlap without a line twice', () => {
    const newest = [4, 5, 6].map((seq) => message(seq));
    expect(
      withEarlier(
        newest,
        [2, 3, 4].map((seq) => message(seq)),
      ).map(({ seq }) => seq),
    ).toEqual([2, 3, 4, 5, 6]);
    const again = withLatest(
      newest,
      [5, 6, 7].map((seq) => message(seq, 'new')),
    );
    expect(again?.map(({ seq, text }) => `${seq} ${text}`)).toEqual(['4 line 4', '5 new', '6 new', '7 new']);
    expect(withLatest(newest, [message(40)])).toBeUndefined();
  });
});
