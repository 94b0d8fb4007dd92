import { useEffect, useState } from 'react';
import { useDraft } from '../../ui/draft.ts';

interface Draft {
  text: string;
  /** On its way: until the server has it, it may have to be said again, under the same key. */
  unsent: { text: string; key: string } | null;
}

const EMPTY: Draft = { text: '', unsent: null };
const whole = (draft: Draft): Draft => draft;

/** What is being written, kept over a reload; what was on its way when the app was lost is back in the field. */
export function useMessageDraft(sessionKey: string) {
  const { form, set } = useDraft(`chat-${sessionKey}`, EMPTY, whole);
  const [lost] = useState(form.unsent);
  useEffect(() => {
    if (lost) set({ text: join(lost.text, form.text) });
    // Once, for what the launch before left.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [lost]);
  return {
    text: form.text,
    /** What the launch before did not see arrive. */
    lost,
    write: (text: string) => set({ text }),
    /** Takes the text out of the field; answers the key under which it is said. */
    take(text: string, key: string): string {
      const again = form.unsent?.text === text ? form.unsent.key : key;
      set({ text: '', unsent: { text, key: again } });
      return again;
    },
    arrived: () => set({ unsent: null }),
    /** Puts it back, above what was written meanwhile. */
    giveBack: (text: string, meanwhile: string) => set({ text: join(text, meanwhile) }),
  };
}

const join = (text: string, more: string): string => [text, more].filter(Boolean).join('\n');
