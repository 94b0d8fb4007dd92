import readSheets from 'read-excel-file/node';
import type { Block } from './blocks.ts';
import { rowBlock } from './text.ts';
import { checkSizes, type ZipEntry } from './zip.ts';

/** Every sheet row by row, under the names of its first row. */
export async function xlsxBlocks(bytes: Buffer, entries: readonly ZipEntry[]): Promise<Block[]> {
  checkSizes(entries);
  const sheets = (await readSheets(bytes)) as unknown as { sheet: string; data: unknown[][] }[];
  return sheets.flatMap(({ sheet, data }) => {
    const [header = [], ...rows] = data.map((cells) => cells.map(cellText));
    if (rows.length === 0) return header.join('') === '' ? [] : [{ text: header.join(' | '), at: 1, part: sheet }];
    return rows.map((cells, index) => rowBlock({ header, cells, at: index + 2, part: sheet })).filter(({ text }) => text !== '');
  });
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  return cell instanceof Date ? cell.toISOString().replace(/T00:00:00\.000Z$/, '') : String(cell);
}
