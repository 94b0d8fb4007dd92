import { useEffect, useState } from 'react';

const AFTER_MS = 300;

/** A value once it has stood still: not every letter of a search is asked for. */
export function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), AFTER_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
