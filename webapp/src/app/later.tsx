import { useEffect, useState, type ComponentType } from 'react';
import { Failed, Waiting } from '../ui/parts.tsx';
import { Screen } from '../ui/screen.tsx';
import { loadLaterWords } from '../words/language.ts';
import { words } from '../words/words.ts';

export interface LaterScreen<Props> {
  (props: Props): React.JSX.Element;
  load: () => Promise<void>;
}

/**
 * A screen whose code comes when it is needed, or before: `load` fetches it. Not React.lazy, which holds a screen back for
 * 300 ms even when its code is here already.
 */
export function later<Props extends object>(fetchScreen: () => Promise<ComponentType<Props>>): LaterScreen<Props> {
  let Loaded: ComponentType<Props> | undefined;
  const load = async (): Promise<void> => {
    // Its words may be on their way still; without them it speaks English.
    const [screen] = await Promise.all([fetchScreen(), loadLaterWords().catch(() => undefined)]);
    Loaded ??= screen;
  };
  function Later(props: Props) {
    const [state, setState] = useState<{ error?: unknown }>({});
    const missing = Loaded === undefined;
    useEffect(() => {
      if (missing)
        load().then(
          () => setState({}),
          (error: unknown) => setState({ error }),
        );
    }, [missing]);
    if (Loaded) return <Loaded {...props} />;
    return (
      <Screen title={words.app.name}>
        {/* A browser remembers a module that failed to load: only a reload asks for it again. */}
        {state.error === undefined ? <Waiting /> : <Failed error={state.error} retry={() => location.reload()} />}
      </Screen>
    );
  }
  return Object.assign(Later, { load });
}
