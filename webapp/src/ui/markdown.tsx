import { Fragment, memo, useState, type MouseEvent, type ReactNode } from 'react';
import { haptic, openLink } from '../telegram/controls.ts';
import { words } from '../words/words.ts';
import { copyText } from './copy-text.ts';
import './markdown.css';
import { blocksOf, chunksOf, type Block, type Inline } from './markdown-text.ts';

/** A text in Markdown, of whatever origin: elements of ours, never HTML of its own; pictures are links, since they would tell on the reader. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="prose" dir="auto">
      {chunksOf(text).map((chunk, at) => (
        <Chunk key={at} chunk={chunk} />
      ))}
    </div>
  );
}

/** Drawn once: while an answer grows, only its last piece is drawn anew. */
const Chunk = memo(function Chunk({ chunk }: { chunk: string }) {
  return <Blocks blocks={blocksOf(chunk)} />;
});

const Blocks = ({ blocks }: { blocks: readonly Block[] }): ReactNode => blocks.map((block, at) => <BlockView key={at} block={block} />);

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case 'code':
      return <Code language={block.language} text={block.text} />;
    case 'heading':
      // Not a heading of the page: those are the screen's own.
      return (
        <p>
          <strong>{inline(block.parts)}</strong>
        </p>
      );
    case 'paragraph':
      return <p>{inline(block.parts)}</p>;
    case 'quote':
      return (
        <blockquote>
          <Blocks blocks={block.blocks} />
        </blockquote>
      );
    case 'rule':
      return <hr />;
    case 'list': {
      const items = block.items.map((item, at) => (
        <li key={at}>
          <Blocks blocks={item} />
        </li>
      ));
      return block.first === undefined ? <ul>{items}</ul> : <ol start={block.first}>{items}</ol>;
    }
    case 'table':
      return <Table head={block.head} rows={block.rows} />;
  }
}

function Table({ head, rows }: { head: Inline[][]; rows: Inline[][][] }) {
  return (
    <div className="table" tabIndex={0} role="group" aria-label={words.app.details}>
      <table>
        <thead>
          <tr>
            {head.map((cell, at) => (
              <th key={at}>{inline(cell)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column}>{inline(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Code({ language, text }: { language: string; text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    if (!(await copyText(text))) return;
    setCopied(true);
    haptic('success');
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <div className="code" dir="ltr">
      <div className="code-bar">
        <small>{language}</small>
        <button type="button" className="link" onClick={() => void copy()}>
          <span aria-live="polite">{copied ? words.app.copied : words.app.copy}</span>
        </button>
      </div>
      <pre>
        <code>{text}</code>
      </pre>
    </div>
  );
}

const inline = (parts: readonly Inline[]): ReactNode => parts.map((part, at) => <Fragment key={at}>{inlineOf(part)}</Fragment>);

function inlineOf(part: Inline): ReactNode {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'code':
      return <code dir="ltr">{part.text}</code>;
    case 'strong':
      return <strong>{inline(part.parts)}</strong>;
    case 'em':
      return <em>{inline(part.parts)}</em>;
    case 'del':
      return <del>{inline(part.parts)}</del>;
    case 'link':
      return (
        <a href={part.href} target="_blank" rel="noopener noreferrer" onClick={(event) => follow(event, part.href)}>
          {inline(part.parts)}
        </a>
      );
  }
}

/** Inside Telegram a link opens in its own browser: the app stays where it is. */
function follow(event: MouseEvent, href: string): void {
  if (/^https?:/i.test(href) && openLink(href)) event.preventDefault();
}
