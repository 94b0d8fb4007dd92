import { useEffect, useRef, type RefObject } from 'react';
import { useLatest } from '../../telegram/controls.ts';

/** Calls when the end of a list comes near. `seen` is what changes with each page: an end that stays in sight counts again. */
export function useNearEnd(reached: () => void, more: boolean, seen: unknown): RefObject<HTMLButtonElement | null> {
  const end = useRef<HTMLButtonElement>(null);
  const latest = useLatest(reached);
  useEffect(() => {
    const element = end.current;
    if (!element || !more) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), { rootMargin: '600px' });
    observer.observe(element);
    return () => observer.disconnect();
  }, [more, seen, latest]);
  return end;
}
