import { useEffect, useState } from 'react';

/**
 * The state of a form that a reload or a lost web view does not lose. Only what `keep` answers is stored, for this session of
 * the browser: it must leave every secret out.
 */
export function useDraft<Form extends object>(
  name: string,
  empty: Form,
  keep: (form: Form) => Partial<Form>,
): { form: Form; set: (change: Partial<Form>) => void; changed: boolean; restored: boolean; forget: () => void } {
  const key = `draft:${name}`;
  const [kept] = useState(() => read<Form>(key));
  const [form, setForm] = useState<Form>(() => ({ ...empty, ...kept }));
  const [over, setOver] = useState(false);
  const changed = JSON.stringify(form) !== JSON.stringify(empty);
  useEffect(() => {
    if (over || !changed) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(keep(form)));
  }, [key, form, changed, over, keep]);
  return {
    form,
    changed,
    restored: kept !== undefined,
    set: (change) => setForm((before) => ({ ...before, ...change })),
    forget: () => setOver(true),
  };
}

function read<Form>(key: string): Partial<Form> | undefined {
  try {
    const text = sessionStorage.getItem(key);
    return text === null ? undefined : (JSON.parse(text) as Partial<Form>);
  } catch {
    return undefined;
  }
}
