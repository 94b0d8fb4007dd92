import { Diff } from '../ui/diff.tsx';
import { LogView } from '../ui/log-view.tsx';
import { Markdown } from '../ui/markdown.tsx';
import { CopyLine } from '../ui/parts.tsx';
import { Qr } from '../ui/qr.tsx';

const AT = '2026-11-24T12:00:00.000Z';
const ROWS = Array.from({ length: 200 }, (_, at) => ({
  key: at,
  at: AT,
  text: at % 9 === 8 ? `npm error network, try ${at}` : `npm http fetch GET 200 package-${at}`,
}));

/** What is read. */
export const Texts = () => (
  <>
    <h2>A line to copy</h2>
    <CopyLine text="npx clawmoor servers list" />
    <h2>A log</h2>
    <LogView label="Log" rows={ROWS} />
    <h2>What differs</h2>
    <Diff label="Change" before={'port: 18789\nbind: loopback\n'} after={'port: 18790\nbind: loopback\n'} />
    <h2>What an agent says</h2>
    <section className="card">
      <Markdown text={'**Hello.** I can `grep`, and:\n\n- list\n- things\n\n```sh\nuptime\n```\n\n| one | two |\n|---|---|\n| 1 | 2 |'} />
    </section>
    <h2>A code for another phone</h2>
    <Qr text="https://t.me/example_bot?startapp=inv_0123456789abcdef" />
  </>
);
