interface Early extends Window {
  early?: Record<string, Promise<unknown> | undefined>;
}

/**
 * What early.js asked for while the app was being loaded: an answer that is there already, or soon. Each is taken once;
 * `undefined` where it failed or was never asked, and then it is asked for in the usual way.
 */
export async function takeEarly<Answer>(name: 'signIn' | 'servers'): Promise<Answer | undefined> {
  const all = (window as Early).early;
  const answer = all?.[name];
  if (all) all[name] = undefined;
  // The server has parsed it with the same schema that would parse it here.
  return answer?.catch(() => undefined) as Promise<Answer | undefined>;
}
