import { useEffect, useState, type ComponentType } from 'react';
import { loadLaterWords } from '../words/language.ts';

/** A part of a screen whose code comes after it; nothing stands in its place until then. */
export function laterPart<Props extends object>(fetchPart: () => Promise<ComponentType<Props>>): (props: Props) => React.ReactNode {
  let Loaded: ComponentType<Props> | undefined;
  return function LaterPart(props: Props) {
    const [, setHere] = useState(Loaded !== undefined);
    useEffect(() => {
      if (Loaded) return;
      // Without a network now: the next visit of the screen asks again.
      void Promise.all([fetchPart(), loadLaterWords().catch(() => undefined)]).then(
        ([part]) => {
          Loaded = part;
          setHere(true);
        },
        () => undefined,
      );
    }, []);
    return Loaded && <Loaded {...props} />;
  };
}
