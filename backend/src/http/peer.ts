import { createHmac, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { RequestHandler } from 'express';

/** The client's address as the process that stands by saw it, signed; the connection itself only tells that process's own. */
export const PEER_HEADER = 'x-clawmoor-peer';
const VALID_MS = 60_000;

export interface PeerMarks {
  sign: (ip: string) => string;
  /** The address, where another process of ours has signed it within the last minute. */
  read: (mark: string) => string | undefined;
}

export function createPeerMarks(jwtKey: KeyObject, now: () => number = Date.now): PeerMarks {
  const key = Buffer.from(hkdfSync('sha256', jwtKey.export(), '', 'clawmoor peer', 32));
  const macOf = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  return {
    sign(ip) {
      const text = `${now()} ${ip}`;
      return `${text} ${macOf(text).toString('base64url')}`;
    },
    read(mark) {
      const [, text = '', at, ip, mac = ''] = /^((\d{1,15}) ([0-9a-fA-F:.%]{1,64})) ([\w-]{43})$/.exec(mark) ?? [];
      const given = Buffer.from(mac, 'base64url');
      const wanted = macOf(text);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
      return Math.abs(now() - Number(at)) <= VALID_MS ? ip : undefined;
    },
  };
}

/** Takes a request that was passed on for one that came from the client itself. */
export const peerAddress =
  ({ read }: PeerMarks): RequestHandler =>
  (request, _response, next) => {
    const mark = request.get(PEER_HEADER);
    const ip = mark === undefined ? undefined : read(mark);
    // Express computes it from the connection when it is asked; a property of the request itself comes first.
    if (ip !== undefined) Object.defineProperty(request, 'ip', { value: ip });
    next();
  };
