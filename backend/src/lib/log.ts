import { pino, type DestinationStream, type Logger } from 'pino';
import { currentRequestId } from './request-scope.ts';

// Names under which a secret could travel. Values never belong in a log line in the first place; this is the net below.
const SECRET_NAMES = [
  'password',
  'privateKey',
  'passphrase',
  'sudoPassword',
  'apiKey',
  'token',
  'initData',
  'authorization',
  'secrets',
  'secret',
  'jwt',
  'botToken',
  'envelope',
  'stdin',
];

/** JSON lines on stdout, each with the id of the request that it is written for. Objects under names of secrets are replaced, three levels deep. */
export function createLog({ level, destination }: { level: string; destination?: DestinationStream }): Logger {
  const paths = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  const options = { level, redact: { paths, censor: '[secret]' }, base: null, mixin };
  return destination ? pino(options, destination) : pino(options);
}

function mixin(): object {
  const requestId = currentRequestId();
  return requestId === undefined ? {} : { requestId };
}
