import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

// Who is this near to the end wants to see what comes.
const NEAR_PX = 90;

const distance = (): number => document.documentElement.scrollHeight - window.innerHeight - window.scrollY;
const toEnd = (): void => window.scrollTo(0, document.documentElement.scrollHeight);

/**
 * Keeps the end of a growing page in sight until a person scrolls back to read; what they read stays where it is, also when
 * earlier messages come in above it. `first` names the topmost message.
 */
export function useFollowEnd(list: RefObject<HTMLElement | null>, first: string | undefined) {
  const following = useRef(true);
  const anchor = useRef<{ element: Element; top: number } | undefined>(undefined);
  const [away, setAway] = useState(false);
  useEffect(() => {
    const look = (): void => {
      following.current = distance() < NEAR_PX;
      setAway(!following.current);
    };
    const grown = (): void => {
      if (following.current) toEnd();
      else look();
    };
    const sizes = new ResizeObserver(grown);
    if (list.current) sizes.observe(list.current);
    window.addEventListener('scroll', look, { passive: true });
    window.addEventListener('resize', grown);
    window.visualViewport?.addEventListener('resize', grown);
    return () => {
      sizes.disconnect();
      window.removeEventListener('scroll', look);
      window.removeEventListener('resize', grown);
      window.visualViewport?.removeEventListener('resize', grown);
    };
  }, [list]);
  useLayoutEffect(() => {
    const held = anchor.current;
    anchor.current = undefined;
    if (held?.element.isConnected) window.scrollBy(0, held.element.getBoundingClientRect().top - held.top);
    else if (following.current) toEnd();
  }, [first]);
  return {
    /** The end is out of sight. */
    away,
    goToEnd: () => {
      following.current = true;
      toEnd();
    },
    /** Before earlier messages are put in: what is at the top now stays there. */
    hold: () => {
      const element = list.current?.querySelector('[data-said]');
      if (element) anchor.current = { element, top: element.getBoundingClientRect().top };
    },
  };
}

/** What the phone's keyboard covers of the page, for style sheets: `--keyboard`. Some web views shrink the page instead; then it is 0. */
export function useKeyboardInset(): void {
  useEffect(() => {
    const view = window.visualViewport;
    if (!view) return;
    const { style } = document.documentElement;
    const measure = (): void => {
      // A page that is pinched larger is not covered.
      const covered = view.scale > 1.01 ? 0 : Math.max(0, window.innerHeight - view.height - view.offsetTop);
      style.setProperty('--keyboard', `${Math.round(covered)}px`);
    };
    view.addEventListener('resize', measure);
    view.addEventListener('scroll', measure);
    measure();
    return () => {
      view.removeEventListener('resize', measure);
      view.removeEventListener('scroll', measure);
      style.removeProperty('--keyboard');
    };
  }, []);
}
