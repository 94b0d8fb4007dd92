import { setTimeout as wait } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import express from 'express';
import type { Config } from '../config.ts';
import { createPassOn } from '../http/pass-on.ts';
import { createPeerMarks } from '../http/peer.ts';
import { DatabaseTaken } from '../lib/open-database.ts';

const TRY_AGAIN_MS = 250;

/** Where the others reach this process, which listens on `port`. */
export const addressOf = (peerAddress: string, port: number): string =>
  `http://${peerAddress.includes(':') ? `[${peerAddress}]` : peerAddress}:${port}`;

/** Whether a failed start means that this process is to wait for its turn. */
export const mayStandBy = ({ peerAddress }: Config, error: unknown): boolean => peerAddress !== undefined && error instanceof DatabaseTaken;

/** What a process does while another one works with the database: passes every request on, and takes over when the other has ended. */
export async function createStandby(config: Config) {
  const { createWorkerFinder } = await import('../adapters/postgres/worker-address.ts');
  const finder = createWorkerFinder(config.databaseUrl ?? '');
  const ipOf = ipBehind(config);
  const passOn = createPassOn({ findWorker: finder.find, marks: createPeerMarks(config.jwtKey), ipOf });
  return {
    request: passOn.request,
    upgrade: passOn.upgrade,
    /** Tries until the database is free, then answers what `start` made of it. What else goes wrong is thrown. */
    async takeOver<World>(start: () => Promise<World>): Promise<World> {
      for (;;) {
        try {
          return await start();
        } catch (error) {
          if (!mayStandBy(config, error) && !isAway(error)) throw error;
          await wait(TRY_AGAIN_MS);
        }
      }
    },
    answerHere: passOn.answerHere,
    async close(): Promise<void> {
      passOn.close();
      await finder.close();
    },
  };
}

/** PostgreSQL itself has gone for a moment: a process that stands by waits for that, too. */
const isAway = (error: unknown): boolean => error instanceof Error && error.message.startsWith('PostgreSQL cannot be reached');

/** As Express computes it for our own requests: from the connection, or from the proxies that are trusted. */
function ipBehind(config: Config): (request: IncomingMessage) => string {
  const app = express();
  app.set('trust proxy', config.trustProxy);
  return (request) => {
    const asked = Object.create(app.request, {
      headers: { value: request.headers },
      socket: { value: request.socket },
      app: { value: app },
    });
    return (asked as { ip?: string }).ip ?? request.socket.remoteAddress ?? '';
  };
}
