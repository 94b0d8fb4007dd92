import { useEffect, useRef, useState } from 'react';
import type { LogLine } from '@clawmoor/shared/tasks.ts';
import { words } from '../../words/words.ts';
import { plainText } from './plain-text.ts';

const text = words.task;
// What one element holds without the phone growing slow.
const SHOWN = 2_000;
const NEAR_END_PX = 40;

/** Follows the end until a person scrolls up; then a pill says that there is more. */
export function TaskLog({ lines, startOpen }: { lines: readonly LogLine[]; startOpen: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(startOpen);
  const [following, setFollowing] = useState(true);
  const [wrap, setWrap] = useState(true);
  useEffect(() => setOpen((before) => before || startOpen), [startOpen]);
  const toEnd = (): void => {
    const element = box.current;
    if (element) element.scrollTop = element.scrollHeight;
  };
  useEffect(() => {
    if (open && following) toEnd();
  }, [lines, open, following]);
  const shown = lines
    .slice(-SHOWN)
    .map((line) => plainText(line.text))
    .join('\n');
  return (
    <details open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        {text.log} ({lines.length})
      </summary>
      {open && (
        <>
          <div
            ref={box}
            className={wrap ? 'log wrap' : 'log'}
            role="log"
            aria-label={text.log}
            tabIndex={0}
            dir="ltr"
            onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) =>
              setFollowing(scrollHeight - scrollTop - clientHeight < NEAR_END_PX)
            }
          >
            {shown || text.logEmpty}
            {!following && (
              <button type="button" className="pill" onClick={() => setFollowing(true)}>
                ↓ {text.newLines}
              </button>
            )}
          </div>
          <div className="actions">
            <button type="button" className="button plain" onClick={() => void navigator.clipboard?.writeText(shown)}>
              {words.app.copy}
            </button>
            <button type="button" className="button plain" aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
              {text.wrap}
            </button>
          </div>
        </>
      )}
    </details>
  );
}
