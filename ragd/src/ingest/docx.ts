import mammoth from 'mammoth';
import type { Block } from './blocks.ts';
import { htmlBlocks } from './html.ts';
import { checkSizes, type ZipEntry } from './zip.ts';

/** A Word document by way of HTML, so that its heading styles count; pictures are left out and nothing outside the file is opened. */
export async function docxBlocks(bytes: Buffer, entries: readonly ZipEntry[]): Promise<Block[]> {
  checkSizes(entries);
  const { value } = await mammoth.convertToHtml(
    { buffer: bytes },
    { convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: '' })) },
  );
  return htmlBlocks(value);
}
