import { Problem, isProblemCode } from '../problem.ts';
import { parse } from './parse.ts';

/** The whole life of the child: bytes from stdin, one JSON line to stdout. */
export async function parseChild([size, overlap]: readonly string[]): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Buffer); // no encoding is set, so these are buffers
  process.stdout.write(JSON.stringify(await outcome(Buffer.concat(pieces), { size: Number(size), overlap: Number(overlap) })));
}

async function outcome(bytes: Buffer, chunk: { size: number; overlap: number }): Promise<object> {
  try {
    return await parse(bytes, chunk);
  } catch (error) {
    if (error instanceof Problem && isProblemCode(error.code))
      return { problem: { code: error.code, message: error.message, fix: error.fix } };
    const { name, message } = error as Error;
    if (name === 'RangeError') return { problem: { code: 'file.too_complex', message: 'This file is nested too deeply to be read' } };
    return { problem: { code: 'file.broken', message: `This file cannot be read: ${message.slice(0, 200)}` } };
  }
}
