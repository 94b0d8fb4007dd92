import { useEffect, useState, type ComponentType } from 'react';
import { Failed, Screen, Waiting } from '../ui/parts.tsx';
import { words } from '../words/words.ts';

interface LaterScreen<Props> {
  (props: Props): React.JSX.Element;
  load: () => Promise<void>;
}

/**
 * A screen whose code comes when it is needed, or before: `load` fetches it. Not React.lazy, which holds a screen back for
 * 300 ms even when its code is here already.
 */
function later<Props extends object>(fetchScreen: () => Promise<ComponentType<Props>>): LaterScreen<Props> {
  let Loaded: ComponentType<Props> | undefined;
  const load = async (): Promise<void> => {
    Loaded ??= await fetchScreen();
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
    // A browser remembers a module that failed to load: only a reload asks for it again.
    const content = state.error === undefined ? <Waiting /> : <Failed error={state.error} retry={() => location.reload()} />;
    return (
      <Screen title={words.app.name} back="/">
        {content}
      </Screen>
    );
  }
  return Object.assign(Later, { load });
}

type ById = { id: string };

export const AddServer = later<object>(() => import('../features/servers/add-server.tsx').then((file) => file.AddServer));
export const Connect = later<ById>(() => import('../features/servers/connect.tsx').then((file) => file.Connect));
export const ServerPage = later<ById>(() => import('../features/servers/server-page.tsx').then((file) => file.ServerPage));
export const Setup = later<ById>(() => import('../features/setup/setup.tsx').then((file) => file.Setup));
export const Agents = later<ById>(() => import('../features/openclaw/agents.tsx').then((file) => file.Agents));
export const TaskPage = later<ById>(() => import('../features/tasks/task-page.tsx').then((file) => file.TaskPage));

/** Fetches every screen while nothing else happens, so that a tap opens it at once. */
export async function preloadScreens(): Promise<void> {
  for (const screen of [ServerPage, AddServer, Setup, TaskPage, Connect, Agents]) {
    await new Promise<void>((resolve) => (window.requestIdleCallback ?? setTimeout)(() => resolve()));
    // Without a network now: the screen asks again when it is opened.
    await screen.load().catch(() => undefined);
  }
}
