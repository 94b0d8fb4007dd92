import { openAsBlob } from 'node:fs';
import { AwsV4Signer } from 'aws4fetch';
import { Problem } from '../../lib/problem.ts';

export interface S3Place {
  endpoint: string;
  bucket: string;
  region: string;
  accessKey: string;
  secretKey: string;
  prefix: string;
}

/** Puts a file under its name and proves that it arrived whole. Throws `backup.upload_failed`. */
export type Upload = (file: { path: string; name: string; size: number; sha256: string }, signal?: AbortSignal) => Promise<void>;

// One request takes at most this much (S3's own limit).
const LARGEST = 5 * 1024 ** 3;
const WITHIN_MS = 30 * 60_000;

/** An uploader to any S3-compatible storage, by path-style addresses, which all of them understand. */
export function createUploader(place: S3Place): Upload {
  const { endpoint, bucket, prefix, region, accessKey, secretKey } = place;

  async function ask(method: 'PUT' | 'HEAD', name: string, more: { sha256: string; body?: Blob; signal: AbortSignal }): Promise<Response> {
    const url = `${endpoint}/${bucket}/${prefix}${name}`;
    // The storage compares the hash with what it has received: a changed byte is refused.
    const headers = { 'x-amz-content-sha256': method === 'PUT' ? more.sha256 : 'UNSIGNED-PAYLOAD' };
    const signed = await signS3({ method, url, headers, region, accessKey, secretKey });
    return fetch(signed.url, {
      method,
      headers: signed.headers,
      ...(more.body && { body: more.body }),
      signal: more.signal,
      redirect: 'manual',
    });
  }

  return async ({ path, name, size, sha256 }, given) => {
    if (size > LARGEST) throw failed(`the file is larger than the 5 GiB that one upload takes`);
    const signal = AbortSignal.any([AbortSignal.timeout(WITHIN_MS), ...(given ? [given] : [])]);
    try {
      const put = await ask('PUT', name, { sha256, body: await openAsBlob(path), signal });
      if (!put.ok) throw failed(await reasonOf(put));
      const head = await ask('HEAD', name, { sha256, signal });
      const arrived = Number(head.headers.get('content-length'));
      if (!head.ok || arrived !== size) throw failed(`${arrived} of ${size} bytes are there`);
    } catch (error) {
      if (error instanceof Problem) throw error;
      given?.throwIfAborted();
      throw failed(error instanceof Error ? causeOf(error) : String(error), error);
    }
  };
}

interface S3Request extends Pick<S3Place, 'region' | 'accessKey' | 'secretKey'> {
  method: string;
  url: string;
  headers: Record<string, string>;
  /** `20130524T000000Z`; now, where it is not given. */
  datetime?: string;
}

/** A request with the Authorization header of AWS Signature Version 4. */
export const signS3 = ({ accessKey: accessKeyId, secretKey: secretAccessKey, ...request }: S3Request) =>
  new AwsV4Signer({ ...request, accessKeyId, secretAccessKey, service: 's3' }).sign();

const failed = (why: string, cause?: unknown): Problem =>
  new Problem('backup.upload_failed', `The copy could not be uploaded: ${why}`, {
    fix: 'Check the BACKUP_S3 settings and that the storage can be reached. The next backup tries again.',
    cause,
  });

/** `NoSuchBucket: The specified bucket does not exist`, from the XML of the answer. */
async function reasonOf(response: Response): Promise<string> {
  const xml = (await response.text()).slice(0, 4096);
  const part = (name: string): string | undefined => new RegExp(`<${name}>([^<]{1,300})</${name}>`).exec(xml)?.[1];
  return [`the storage answered ${response.status}`, part('Code'), part('Message')].filter((text) => text !== undefined).join(', ');
}

const causeOf = (error: Error): string =>
  error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
