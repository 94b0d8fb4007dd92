// npm run audit: asks the registry for known holes in the packages that a release carries. Some registries refuse the question:
// then nothing was checked, and it says so instead of "no holes".
import { npm, refuseOldNode } from './toolbox.mjs';

const LIMIT_MS = 60_000;

refuseOldNode();
const { stdout } = npm(['audit', '--json', '--omit=dev', '--audit-level=high'], { timeout: LIMIT_MS, maxBuffer: 16 * 1024 * 1024 });
const report = parse(stdout);
const counts = report?.metadata?.vulnerabilities;
if (!counts) {
  const reason = report?.message ?? report?.error?.summary ?? 'no answer';
  process.stdout.write(`not checked: the registry does not answer this question (${String(reason).split('\n')[0]})\n`);
} else {
  const grave = counts.high + counts.critical;
  process.stdout.write(`${counts.total} known holes, ${grave} of them high or critical\n`);
  for (const [name, { severity, via = [] }] of Object.entries(report.vulnerabilities ?? {}))
    process.stdout.write(`  ${severity}: ${name}: ${via.map((each) => each.title ?? `through ${each}`).join(', ')}\n`);
  process.exitCode = grave === 0 ? 0 : 1;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
