import { setTimeout as delay } from 'node:timers/promises';
import { renderUnicodeCompact } from 'uqr';
import { ApiError, type Client } from '@clawmoor/shared/client.ts';
import { deviceRoutes } from '@clawmoor/shared/device.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Output } from '../terminal/output.ts';
import { plain } from '../terminal/plain.ts';

// A person needs longer than this; a script that approves does not.
const FIRST_POLL_MS = 500;

export interface DeviceLogin {
  client: Client;
  address: string;
  out: Output;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  waitMs: number;
}

/** Shows a code and a link, and waits for the person's approval in the app. Answers the token. */
export async function deviceLogin({ client, address, out, env, signal, waitMs }: DeviceLogin): Promise<string> {
  const { deviceCode, userCode, link, expiresAt, interval } = await client.call(deviceRoutes.startDeviceLogin, { body: {} });
  for (const line of invitation({ userCode, link, address, out, env })) out.note(line);
  const until = Math.min(Date.parse(expiresAt), Date.now() + waitMs);
  for (let pause = FIRST_POLL_MS; ; pause = interval * 1000) {
    const left = until - Date.now();
    if (left <= 0) throw tooLong(userCode);
    await delay(Math.min(pause, left), undefined, { signal });
    try {
      return (await client.call(deviceRoutes.pollDeviceLogin, { body: { deviceCode } })).token;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'auth.device_expired') throw tooLong(userCode);
      // A network that is away for a moment is no answer of the person's.
      const goOn = error.code === 'auth.device_pending' || error.status === 429 || error.status === 0 || error.status >= 500;
      if (!goOn) throw error;
    }
  }
}

function invitation({
  userCode,
  link,
  address,
  out,
  env,
}: Pick<DeviceLogin, 'address' | 'out' | 'env'> & { userCode: string; link: string | null }): string[] {
  if (link === null)
    return [
      `Open Clawmoor at ${address}, signed in, and approve the device with the code ${plain(userCode)}`,
      'For a local trial: clawmoor login --trial',
    ];
  return [
    ...(out.notesAreSeen ? ['', ...qrLines(link, env), ''] : []),
    `Open this link in Telegram: ${plain(link)}`,
    `Compare the code there: ${plain(userCode)}`,
    'Waiting for your approval …',
  ];
}

/** Black on white whatever the colours of the terminal are: not every camera reads the reverse. */
function qrLines(link: string, env: NodeJS.ProcessEnv): string[] {
  const lines = renderUnicodeCompact(link, { border: 2 }).split('\n');
  return env['NO_COLOR'] ? lines : lines.map((line) => `\x1b[97;40m${line}\x1b[0m`);
}

const tooLong = (userCode: string): CliError =>
  new CliError(EXIT.unreachable, 'cli.login_timeout', {
    message: `Nobody approved the code ${userCode} in time`,
    fix: 'Begin again: clawmoor login',
  });
