// clawmoorctl doctor: whether people can open the app from Telegram, and what to do where they cannot. Exit status 1 when a check fails.
//   --env-file FILE   settings; without it, the environment
//   --data FOLDER     the data folder; default: DATA_DIR
//   --unit NAME       look at that systemd unit, too
//   --connect H:P     reach the domain there
//   --ca FILE         trust this authority, too
//   --fix             set the bot's menu button where it is not right
//   --json
import { readFileSync } from 'node:fs';
import { parseArgs, parseEnv, stripVTControlCharacters } from 'node:util';
import type { Finding, Installation } from './check.ts';
import { checkMachine } from './machine.ts';
import { checkTelegram } from './telegram.ts';
import { checkWeb } from './web.ts';

const MARKS = { ok: '✓', warn: '!', fail: '✗', skipped: '-' };

const { values } = parseArgs({
  options: {
    'env-file': { type: 'string' },
    data: { type: 'string' },
    unit: { type: 'string' },
    connect: { type: 'string' },
    ca: { type: 'string' },
    fix: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const envFile = values['env-file'];
const settings = envFile === undefined ? process.env : parseEnv(readFileSync(envFile, 'utf8'));
const installation: Installation = {
  settings,
  envFile: envFile ?? '',
  data: values.data ?? settings['DATA_DIR'] ?? './data',
  unit: values.unit,
  connect: values.connect,
  authority: values.ca === undefined ? undefined : readFileSync(values.ca, 'utf8'),
  mayFix: values.fix,
};

const groups = await Promise.all([checkMachine(installation), checkTelegram(installation), checkWeb(installation)]);
const findings = groups.flat();
process.stdout.write(values.json ? `${JSON.stringify({ findings }, null, 2)}\n` : asText(findings));
process.exitCode = findings.some(({ verdict }) => verdict === 'fail') ? 1 : 0;

function asText(all: Finding[]): string {
  const lines = all.map(({ what, verdict, says, fix }) => {
    const line = `${MARKS[verdict]} ${what.padEnd(12)} ${plain(says)}\n`;
    return fix === undefined ? line : `${line}  ${''.padEnd(12)} → ${plain(fix)}\n`;
  });
  const failed = all.filter(({ verdict }) => verdict === 'fail').length;
  return `${lines.join('')}${failed === 0 ? 'Nothing stands in the way.' : `${failed} to put right.`}\n`;
}

/** What Telegram or a stranger's server said is text and never a command to the terminal. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}/gu, ' ');
}
