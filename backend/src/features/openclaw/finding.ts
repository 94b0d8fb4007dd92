import type { DiagnosisCode, Diagnosis } from '@clawmoor/shared/openclaw-diagnosis.ts';

/** What the service and the log of a gateway say. */
export interface Seen {
  log: readonly string[];
  outOfMemory: boolean;
  crashLoop: boolean;
  service: Diagnosis['service'];
  running: boolean;
}

type Finding = NonNullable<Diagnosis['finding']>;
const finding = (code: DiagnosisCode, message: string, fix: string): Finding => ({ code, message, fix });

const REASONS: readonly (readonly [RegExp, Finding])[] = [
  [
    /EADDRINUSE|address already in use|port \d+ is already in use/i,
    finding(
      'diagnosis.port_taken',
      'Another program holds the port of the gateway.',
      'Stop that program, or give the gateway another port.',
    ),
  ],
  [
    /invalid config|config(uration)? (is )?invalid|failed to (load|parse) config|no password was configured|no token (was|is) configured|SecretRef|exit(ed)? (code|with) 78\b|ended with 78$/i,
    finding(
      'diagnosis.config_invalid',
      'The gateway does not start with its configuration.',
      'Undo the last change in the history of the configuration, or correct what the log names.',
    ),
  ],
  [
    /Cannot find module|ERR_MODULE_NOT_FOUND|installation is (broken|incomplete)/i,
    finding('diagnosis.files_missing', 'The files of OpenClaw are incomplete.', 'Install OpenClaw again from the setup.'),
  ],
  [
    /unsupported node|requires node|node:sqlite is unavailable/i,
    finding(
      'diagnosis.node_unsuitable',
      'The Node on the server does not suit this version of OpenClaw.',
      'Run “Install Node” from the setup.',
    ),
  ],
  [
    /ENOSPC|no space left/i,
    finding('diagnosis.disk_full', 'The disk of the server is full.', 'Free some space, then restart the gateway.'),
  ],
];

/** What is most likely wrong with a gateway that does not answer, the newest line of its log first, and what to do. */
export function findingOf({ log, outOfMemory, crashLoop, service, running }: Seen): Finding {
  if (outOfMemory) {
    return finding(
      'diagnosis.out_of_memory',
      'The gateway ran out of memory.',
      'Give the server 2 GB of memory or swap, or run fewer agents on it; then restart the gateway.',
    );
  }
  for (const line of log.toReversed()) {
    const reason = REASONS.find(([pattern]) => pattern.test(line));
    if (reason) return reason[1];
  }
  if (crashLoop) return finding('diagnosis.crash_loop', 'The gateway ends soon after each start.', 'Look at the last lines of its log.');
  if (service === 'none') return finding('diagnosis.no_service', 'Nothing keeps a gateway running on this server.', 'Run the setup.');
  if (!running) return finding('diagnosis.stopped', 'The gateway is stopped.', 'Restart it.');
  return finding(
    'diagnosis.starting',
    'The gateway runs, but does not answer yet.',
    'It may be starting: look again in a minute, then restart it.',
  );
}
