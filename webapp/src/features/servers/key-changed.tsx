import type { Server } from '@clawmoor/shared/servers.ts';
import { Screen } from '../../ui/screen.tsx';
import { connect as text } from '../../words/en/connect.ts';
import { FingerprintGroups } from './test-parts.tsx';

export interface KeyChangedProps {
  server: Server;
  /** The fingerprint that the server shows now. */
  shown: string | undefined;
  leave: () => void;
}

/** The server is not the one that was trusted, or was reinstalled: both fingerprints, and no way to accept in passing. */
export function KeyChanged({ server, shown, leave }: KeyChangedProps) {
  const confirmed = server.hostKey?.sha256;
  return (
    <Screen title={server.name} main={{ text: text.changedBack, press: leave }}>
      <section className="alarm full" role="alert">
        <h2>{text.changedTitle}</h2>
        <p>{text.changedHelp}</p>
        {confirmed !== undefined && (
          <>
            <h3>{text.old}</h3>
            <FingerprintGroups sha256={confirmed} small />
          </>
        )}
        {shown !== undefined && (
          <>
            <h3>{text.fresh}</h3>
            <FingerprintGroups sha256={shown} small />
          </>
        )}
      </section>
    </Screen>
  );
}
