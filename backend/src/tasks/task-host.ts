import type { Host, HostPool } from '../lib/host.ts';

/** A `Host` that borrows the server's connection anew for each call, so that it outlives a lost link. */
export function hostOfServer(hosts: HostPool, serverId: string, signal: AbortSignal, onReached: () => void): Host {
  const borrow = <T>(use: (host: Host) => Promise<T>): Promise<T> =>
    hosts.with(
      serverId,
      (host) => {
        onReached();
        return use(host);
      },
      { signal },
    );
  /** For streams, which live on after the call that made them. */
  async function keep<T>(
    use: (host: Host) => Promise<T>,
    streamOf: (result: T) => { once: (event: 'close', listener: () => void) => unknown },
  ): Promise<T> {
    const { host, release } = await hosts.hold(serverId, { signal });
    try {
      onReached();
      const result = await use(host);
      streamOf(result).once('close', release);
      return result;
    } catch (error) {
      release();
      throw error;
    }
  }
  const withSignal = <O extends { signal?: AbortSignal }>(options: O | undefined): O & { signal: AbortSignal } =>
    // The step's own signal always counts, also where a caller gives another.
    ({ ...options, signal: options?.signal ? AbortSignal.any([options.signal, signal]) : signal }) as O & { signal: AbortSignal };
  return {
    run: (command, options) => borrow((host) => host.run(command, withSignal(options))),
    test: (command, options) => borrow((host) => host.test(command, withSignal(options))),
    readFile: (path, options) => borrow((host) => host.readFile(path, withSignal(options))),
    writeFile: (path, content, options) => borrow((host) => host.writeFile(path, content, withSignal(options))),
    upload: (content, path, options) => borrow((host) => host.upload(content, path, withSignal(options))),
    download: (path, options) =>
      keep(
        (host) => host.download(path, withSignal(options)),
        (stream) => stream,
      ),
    forward: (port, options) =>
      keep(
        (host) => host.forward(port, withSignal(options)),
        ({ stream }) => stream,
      ),
    runs: {
      start: (name, script, options) => borrow((host) => host.runs.start(name, script, withSignal(options))),
      follow: (name, options) => borrow((host) => host.runs.follow(name, withSignal(options))),
      state: (name) => borrow((host) => host.runs.state(name)),
      cancel: (name) => borrow((host) => host.runs.cancel(name)),
      remove: (name) => borrow((host) => host.runs.remove(name)),
    },
  };
}
