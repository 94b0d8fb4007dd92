import { Problem } from '../problem.ts';
import { openZip, type ZipEntry } from './zip.ts';

export type Kind = 'pdf' | 'docx' | 'xlsx' | 'epub' | 'html' | 'xml' | 'json' | 'jsonl' | 'csv' | 'markdown' | 'code' | 'text';

const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
const ENCRYPTED_PACKAGE = Buffer.from('EncryptedPackage', 'utf16le');

/** What the bytes are, whatever the file is called. A container is opened on the way; text is told apart by `textKind`. */
export function sniff(bytes: Buffer): { kind: 'pdf' } | { kind: 'docx' | 'xlsx' | 'epub'; entries: ZipEntry[] } | { kind: 'textual' } {
  if (bytes.length === 0)
    throw new Problem('file.empty', 'This file is empty', { fix: 'Choose the file again; the upload may have been cut off.' });
  if (bytes.subarray(0, 1024).includes('%PDF-')) return { kind: 'pdf' };
  if (bytes.subarray(0, 4).equals(Buffer.from([0x50, 0x4b, 3, 4]))) return container(bytes);
  if (bytes.subarray(0, 8).equals(OLE)) {
    if (bytes.includes(ENCRYPTED_PACKAGE))
      throw new Problem('file.encrypted', 'This file is protected by a password', {
        fix: 'Save it without a password and upload it again.',
      });
    throw new Problem('file.old_office', 'This is a document of Office 2003 or older', {
      fix: 'Save it as .docx, .xlsx or PDF and upload that.',
    });
  }
  if (bytes.subarray(0, 5).toString() === '{\\rtf') throw unsupported('an RTF document', 'Save it as .docx or PDF and upload that.');
  return { kind: 'textual' };
}

function container(bytes: Buffer): { kind: 'docx' | 'xlsx' | 'epub'; entries: ZipEntry[] } {
  const entries = openZip(bytes);
  const names = new Set(entries.map(({ name }) => name));
  if (names.has('word/document.xml')) return { kind: 'docx', entries };
  if (names.has('xl/workbook.xml')) return { kind: 'xlsx', entries };
  if (names.has('META-INF/container.xml')) return { kind: 'epub', entries };
  if (names.has('ppt/presentation.xml')) throw unsupported('a presentation', 'Export it as PDF and upload that.');
  if (names.has('content.xml')) throw unsupported('an OpenDocument file', 'Save it as .docx, .xlsx or PDF and upload that.');
  throw unsupported('a zip archive', 'Unpack it and upload the documents inside.');
}

export const unsupported = (what: string, fix = 'Upload a PDF, DOCX, XLSX, EPUB, HTML, CSV, JSON, Markdown or text file.'): Problem =>
  new Problem('file.unsupported', `This is ${what}, which cannot be read here`, { fix });

const CODE_LINE =
  /[;{}]\s*$|^\s*(import|from|export|const|let|var|def|class|func|fn|pub|package|using|#include|return|if|for|while|public|private|@\w+)\b.*[({:;=]|^\s*(\/\/|\/\*|\*\/)/;
const CODE_SHARE = 0.3;
const SAMPLE_LINES = 400;

/** Which kind of text it is, by its content alone. */
export function textKind(text: string): Exclude<Kind, 'pdf' | 'docx' | 'xlsx' | 'epub'> {
  const start = text.slice(0, 2_048).trimStart();
  if (/^<!doctype html|^<html[\s>]|^<(head|body|article|main|div|p|h1|table)[\s>]/i.test(start)) return 'html';
  if (start.startsWith('<?xml')) return /<html[\s>]/i.test(start) ? 'html' : 'xml';
  if (/^[[{]/.test(start)) {
    if (parses(text)) return 'json';
    if (text.trim().split('\n', 20).every(parses)) return 'jsonl';
  }
  const lines = text.split('\n', SAMPLE_LINES).filter((line) => line.trim() !== '');
  if (text.startsWith('#!')) return 'code';
  if (delimiterOf(lines)) return 'csv';
  if (lines.length > 2 && lines.filter((line) => CODE_LINE.test(line)).length / lines.length > CODE_SHARE) return 'code';
  return /^#{1,6} \S|^(```|~~~)|^\S.*\n(=+|-+)$/m.test(text) ? 'markdown' : 'text';
}

/** The character that cuts every line into the same number of cells, three lines at least. */
export function delimiterOf(lines: readonly string[]): string | undefined {
  if (lines.length < 3) return undefined;
  return ['\t', ';', ',', '|'].find((delimiter) => {
    // A quoted cell may hold delimiters and line ends: such lines are looked through, not counted exactly.
    const counts = lines.slice(0, 50).map((line) => line.replaceAll(/"([^"]|"")*"/g, '').split(delimiter).length);
    const first = counts[0] ?? 0;
    return first > 1 && counts.filter((n) => n === first).length / counts.length >= 0.9;
  });
}

function parses(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}
