import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { haptic, useOwnGestures } from '../telegram/controls.ts';
import { kit } from '../words/en/kit.ts';
import { language } from '../words/language.ts';
import { plural } from '../words/words.ts';
import { copyText } from './copy-text.ts';
import { Icon } from './icon.tsx';
import { filterRows, isFailed, layRows, rowAt, type LogRow } from './log-rows.ts';

const text = kit.log;
// Of the style sheet: `.log` has lines of this height and letters of this share of 12 px.
const LINE_PX = 18;
const PADDING_PX = 10;
const NEAR_END_PX = 30;
// Rows beyond both edges, so that a fast finger meets no gap.
const SPARE_LINES = 30;
// What is drawn changes only every so many lines: most frames of a scroll then draw nothing anew.
const BLOCK_PX = 12 * LINE_PX;

/**
 * A log of any length: only what can be seen is drawn. It follows its end until a person scrolls away; a pill says that there
 * is more and leads back. `levels`: the screen around it filters by level already.
 */
export function LogView({ label, rows, levels = false }: { label: string; rows: readonly LogRow[]; levels?: boolean }) {
  const [wrap, setWrap] = useState(true);
  const [times, setTimes] = useState(false);
  const [errorsOnly, setErrorsOnly] = useState(false);
  const [query, setQuery] = useState('');
  const shown = useMemo(() => filterRows(rows, { query: query.trim(), errorsOnly }), [rows, query, errorsOnly]);
  const drawn = useMemo(() => (times ? shown.map((row) => ({ ...row, text: `${clock(row.at)} ${row.text}` })) : shown), [shown, times]);
  useOwnGestures();
  return (
    <section className="log-view" aria-label={label}>
      <div className="log-tools">
        <label className="search">
          <Icon name="search" />
          <input
            type="search"
            aria-label={text.search}
            placeholder={text.search}
            value={query}
            onChange={({ target }) => setQuery(target.value)}
          />
        </label>
        <div className="chips">
          {!levels && <Switch on={errorsOnly} flip={() => setErrorsOnly(!errorsOnly)} label={text.errors} />}
          <Switch on={wrap} flip={() => setWrap(!wrap)} label={text.wrap} />
          <Switch on={times} flip={() => setTimes(!times)} label={text.times} />
          <CopyChip content={() => drawn.map((row) => row.text).join('\n')} />
        </div>
      </div>
      <Rows rows={drawn} label={label} wrap={wrap} query={query.trim()} nothing={rows.length === 0 ? text.empty : text.noMatch} />
      <p className="hint" role="status">
        {query.trim() !== '' || errorsOnly ? `${plural(text.lines, shown.length)} / ${rows.length}` : ''}
      </p>
    </section>
  );
}

const clock = (at: string | undefined): string =>
  at === undefined ? '' : new Date(at).toLocaleTimeString(language(), { hour: '2-digit', minute: '2-digit', second: '2-digit' });

function Switch({ on, flip, label }: { on: boolean; flip: () => void; label: string }) {
  return (
    <button
      type="button"
      className="chip"
      aria-pressed={on}
      onClick={() => {
        haptic('select');
        flip();
      }}
    >
      {label}
    </button>
  );
}

function CopyChip({ content }: { content: () => string }) {
  const [copied, setCopied] = useState(false);
  const copy = (): void =>
    void copyText(content()).then((done) => {
      setCopied(done);
      setTimeout(() => setCopied(false), 2_000);
    });
  return (
    <button type="button" className="chip" onClick={copy}>
      <span aria-live="polite">{copied ? '✓' : text.copy}</span>
    </button>
  );
}

interface RowsProps {
  rows: readonly LogRow[];
  label: string;
  wrap: boolean;
  query: string;
  nothing: string;
}

function Rows({ rows, label, wrap, query, nothing }: RowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 400, columns: 40 });
  const [following, setFollowing] = useState(true);
  const [seen, setSeen] = useState(rows.length);
  const starts = useMemo(() => layRows(rows, wrap ? view.columns : Number.POSITIVE_INFINITY), [rows, wrap, view.columns]);
  const total = starts[rows.length] ?? 0;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void =>
      setView((before) => ({ ...before, height: element.clientHeight, columns: columnsOf(element, before.columns) }));
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const toEnd = (): void => void (box.current && (box.current.scrollTop = box.current.scrollHeight));
  useLayoutEffect(() => {
    if (following) toEnd();
  }, [rows, total, following, view.height]);
  useEffect(() => {
    if (following) setSeen(rows.length);
  }, [following, rows.length]);
  // A box that has become wider has fewer lines than it was scrolled to.
  const top = Math.min(view.top, Math.max(0, total * LINE_PX - view.height));
  const first = rowAt(starts, Math.max(0, Math.floor(top / LINE_PX) - SPARE_LINES));
  const last = Math.min(rows.length, rowAt(starts, Math.ceil((top + BLOCK_PX + view.height) / LINE_PX) + SPARE_LINES) + 1);
  const fresh = rows.length - seen;
  return (
    <div className="log-frame">
      <div
        ref={box}
        className={wrap ? 'log wrap' : 'log'}
        role="log"
        aria-live="off"
        aria-label={label}
        tabIndex={0}
        dir="ltr"
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          const top = Math.floor(scrollTop / BLOCK_PX) * BLOCK_PX;
          setView((before) => (before.top === top ? before : { ...before, top }));
          setFollowing(scrollHeight - scrollTop - clientHeight < NEAR_END_PX);
        }}
      >
        {rows.length === 0 && <p>{nothing}</p>}
        <div className="log-all" style={{ height: total * LINE_PX }}>
          {rows.slice(first, last).map((row, at) => (
            <Line key={row.key} row={row} top={(starts[first + at] ?? 0) * LINE_PX} query={query} />
          ))}
        </div>
      </div>
      {!following && rows.length > 0 && (
        <button type="button" className="pill" onClick={() => setFollowing(true)}>
          <Icon name="down" /> {fresh > 0 ? `${text.newLines} (${fresh})` : text.toEnd}
        </button>
      )}
    </div>
  );
}

const Line = memo(function Line({ row, top, query }: { row: LogRow; top: number; query: string }) {
  return (
    <div className={isFailed(row) ? 'log-line failed' : 'log-line'} style={{ insetBlockStart: top }}>
      <Marked text={row.text} query={query} />
    </div>
  );
});

/** How many letters of its font fit into a line of the box. */
function columnsOf(box: HTMLElement, before: number): number {
  const probe = document.createElement('span');
  probe.textContent = '0'.repeat(100);
  probe.className = 'log-probe';
  box.append(probe);
  const letter = probe.getBoundingClientRect().width / 100;
  probe.remove();
  return letter > 0 ? Math.max(10, Math.floor((box.clientWidth - 2 * PADDING_PX) / letter)) : before;
}

function Marked({ text: line, query }: { text: string; query: string }) {
  const at = query === '' ? -1 : line.toLowerCase().indexOf(query.toLowerCase());
  if (at === -1) return line || ' ';
  return (
    <>
      {line.slice(0, at)}
      <mark>{line.slice(at, at + query.length)}</mark>
      {line.slice(at + query.length)}
    </>
  );
}
