import { statfs } from 'node:fs/promises';
import type { Clock } from '../../lib/clock.ts';
import type { CheckResult } from '../../lib/check.ts';
import { diskFull } from './admin.problems.ts';

const WARN_BELOW = 0.15;
const STOP_BELOW = 0.05;
const LOOK_EVERY_MS = 30_000;
// After the database itself said that it is full; then what the disk says counts again.
const FULL_FOR_MS = 60_000;

export interface DiskParts {
  folder: string;
  clock: Clock;
  /** Free and whole bytes of the disk that holds a folder. */
  measure?: (folder: string) => Promise<{ free: number; total: number }>;
}

export type Disk = ReturnType<typeof createDisk>;

/** Watches the disk that holds the data. Nearly full, nothing new is begun; what is stored can still be read. */
export function createDisk({ folder, clock, measure = measureDisk }: DiskParts) {
  let seen: { free: number; total: number } | undefined;
  let fullUntil = 0;

  async function look(): Promise<void> {
    seen = await measure(folder).catch(() => seen);
  }
  const share = (): number => (seen && seen.total > 0 ? seen.free / seen.total : 1);
  const isFull = (): boolean => share() < STOP_BELOW || clock.monotonic() < fullUntil;
  const timer = setInterval(() => void look(), LOOK_EVERY_MS).unref();

  return {
    look,
    /** The database could not grow. */
    noteFull(): void {
      fullUntil = clock.monotonic() + FULL_FOR_MS;
    },
    /** Throws `storage.full` while nothing new may be begun. */
    demandRoom(): void {
      if (isFull()) throw diskFull(share());
    },
    check(): CheckResult {
      const values = {
        freeBytes: seen?.free ?? null,
        totalBytes: seen?.total ?? null,
        freeShare: seen ? Number(share().toFixed(4)) : null,
      };
      const percent = `${Math.floor(share() * 100)} %`;
      if (isFull()) {
        return {
          status: 'failing',
          code: 'health.disk_full',
          message: `The disk is full (${percent} free): nothing new is begun, what is stored can be read`,
          fix: `Free space on the disk that holds ${folder}, or make it larger.`,
          values,
        };
      }
      if (share() < WARN_BELOW) {
        return {
          status: 'warn',
          code: 'health.disk_low',
          message: `${percent} of the disk is free`,
          fix: 'Free space before it falls below 5 %: then tasks no longer start.',
          values,
        };
      }
      return { status: 'ok', message: `${percent} of the disk is free`, values };
    },
    stop: (): void => clearInterval(timer),
  };
}

async function measureDisk(folder: string): Promise<{ free: number; total: number }> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, total: blocks * bsize };
}
