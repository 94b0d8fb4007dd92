import type { Draft, Parsed } from './blocks.ts';
import { chunk } from './chunk.ts';
import { htmlBlocks, xmlBlocks } from './html.ts';
import { limitText } from './limit-text.ts';
import { Problem } from '../problem.ts';
import { sniff, textKind } from './sniff.ts';
import { codeBlocks, csvBlocks, decode, jsonBlocks, jsonlBlocks, textBlocks } from './text.ts';
import { findOrders } from './orders.ts';

export interface ParseResult {
  type: string;
  drafts: Draft[];
  /** Phrases that read like orders to an agent. */
  flags: string[];
}

/** A document as passages. It runs in a process of its own: what comes in is not to be trusted. */
export async function parse(bytes: Buffer, { size, overlap }: { size: number; overlap: number }): Promise<ParseResult> {
  const { type, unit, blocks } = await recognised(bytes);
  const drafts = await chunk({ blocks: limitText(blocks), unit, size, overlap });
  if (drafts.length === 0) throw new Problem('file.no_text', 'There is no text in this file', { fix: 'Check that it is the right file.' });
  return { type, drafts, flags: findOrders(drafts) };
}

async function recognised(bytes: Buffer): Promise<Parsed> {
  const found = sniff(bytes);
  switch (found.kind) {
    case 'pdf':
      return { type: 'pdf', unit: 'page', blocks: (await import('./pdf.ts')).pdfBlocks(bytes) };
    case 'docx':
      return { type: 'docx', unit: 'paragraph', blocks: await (await import('./docx.ts')).docxBlocks(bytes, found.entries) };
    case 'xlsx':
      return { type: 'xlsx', unit: 'row', blocks: await (await import('./xlsx.ts')).xlsxBlocks(bytes, found.entries) };
    case 'epub':
      return { type: 'epub', unit: 'paragraph', blocks: (await import('./epub.ts')).epubBlocks(found.entries) };
    case 'textual':
      return ofText(decode(bytes));
  }
}

function ofText(text: string): Parsed {
  const type = textKind(text);
  switch (type) {
    case 'html':
      return { type, unit: 'paragraph', blocks: htmlBlocks(text) };
    case 'xml':
      return { type, unit: 'paragraph', blocks: xmlBlocks(text) };
    case 'json':
      return { type, unit: 'row', blocks: jsonBlocks(JSON.parse(text)) };
    case 'jsonl':
      return { type, unit: 'line', blocks: jsonlBlocks(text) };
    case 'csv':
      return { type, unit: 'row', blocks: csvBlocks(text) };
    case 'code':
      return { type, unit: 'line', blocks: codeBlocks(text) };
    default:
      return { type, unit: 'line', blocks: textBlocks(text, { headings: type === 'markdown' }) };
  }
}
