import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../api/client.ts';
import { EmptyState, Failed, Show, StateWord, Waiting } from '../ui/parts.tsx';
import { WayOn } from '../ui/way-on.tsx';

const REFUSED = new ApiError(409, {
  error: 'OpenClaw is not set up on this server',
  code: 'gateway.not_set_up',
  fix: 'Set it up first.',
  requestId: 'req_0123456789',
  issues: [{ path: 'body.name', message: 'too long' }],
});

/** The four faces of a screen, words of state, and what a person is told. */
export function States() {
  const known = useQuery({ queryKey: ['kit', 'known'], queryFn: () => ['one', 'two'], staleTime: Infinity });
  const nothing = useQuery({ queryKey: ['kit', 'nothing'], queryFn: (): string[] => [], staleTime: Infinity });
  return (
    <>
      <h2>Waiting</h2>
      <Waiting rows={2} />
      <h2>Empty</h2>
      <Show query={nothing} empty={{ when: (all) => all.length === 0, face: <Nothing /> }}>
        {() => null}
      </Show>
      <h2>Failed</h2>
      <Failed error={REFUSED} retry={() => undefined} />
      <WayOn code="server.not_found" taskId={undefined} />
      <h2>Full</h2>
      <Show query={known}>{(all) => <p className="card">{all.join(', ')}</p>}</Show>
      <h2>Words of state</h2>
      <p className="card swatches">
        {(['good', 'warn', 'bad', 'idle'] as const).map((tone) => (
          <StateWord key={tone} tone={tone}>
            {tone}
          </StateWord>
        ))}
        <span className="tag">a tag</span>
        <span className="tag quiet">a quiet one</span>
        <span className="tag busy">a busy one</span>
      </p>
      <h2>Notices</h2>
      <p className="notice">
        <strong>It is done</strong>
        What came of it.
      </p>
      <p className="notice warn">
        <strong>Mind this</strong>
        What may come of it.
      </p>
      <div className="notice bad">
        <strong>It failed</strong>
        <p>What to do about it.</p>
      </div>
      <section className="alarm">
        <h2>The fingerprint has changed</h2>
        <p>Somebody may be between you and your server.</p>
        <a href="#alarm">Look at both</a>
      </section>
      <p className="fingerprint" role="img" aria-label="SHA256:abcdefghijkl">
        <span>SHA256:</span>
        <span>abcdef</span>
        <span>ghijkl</span>
      </p>
    </>
  );
}

const Nothing = () => (
  <EmptyState
    title="No server yet"
    action={
      <button type="button" className="button">
        Add a server
      </button>
    }
  >
    Add one by its address.
  </EmptyState>
);
