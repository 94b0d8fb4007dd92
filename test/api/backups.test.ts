import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { expired } from '../../backend/src/features/backups/keep.ts';
import { startS3 } from '../support/s3.ts';
import { itOnSqlite, onPostgres } from '../support/store.ts';
import { startWorld, SUPER_ADMIN, type TestWorld } from '../support/world.ts';

const folderOf = (test: TestWorld): string => join(test.dataDir, 'backups');
const checkOf = async (test: TestWorld, key: string) =>
  (await (await test.person(SUPER_ADMIN)).get('/admin/health/detailed')).body.checks.find((check: { key: string }) => check.key === key);

describe('A backup', () => {
  it('is a whole copy of a database in use, checked, packed, hashed, listed and sent (S37 R19 R20)', async () => {
    await using test = await startWorld();
    const superAdmin = await test.person(SUPER_ADMIN);
    let writing = true;
    const writer = (async () => {
      for (let index = 0; writing; index++) await test.person(10_000 + (index % 50));
    })();
    const made = await superAdmin.post('/admin/backups/run');
    writing = false;
    await writer;
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({ verified: true, encrypted: false, reason: 'person', offsite: null });
    expect(made.body.filename).toMatch(/^clawmoor-\d{4}-\d\d-\d\dT\d{6}-\d{3}Z\.(db|dump)\.gz$/);
    expect((await superAdmin.get('/admin/backups')).body.backups).toEqual([made.body]);
    const response = await fetch(`${test.url}/api/admin/backups/download/${made.body.filename}`, {
      headers: { authorization: `Bearer ${superAdmin.token}` },
    });
    const packed = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-disposition')).toContain(`filename="${made.body.filename}"`);
    expect([packed.length, createHash('sha256').update(packed).digest('hex')]).toEqual([made.body.size, made.body.sha256]);
    expect(gunzipSync(packed).includes('Person 900')).toBe(true);
    if (!onPostgres) {
      const copy = join(test.dataDir, 'opened.db');
      writeFileSync(copy, gunzipSync(packed));
      const db = new Database(copy, { readonly: true });
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(db.prepare("SELECT first_name FROM user WHERE id = '900'").pluck().get()).toBe('Person 900');
      db.close();
    }
    expect(readdirSync(folderOf(test))).toEqual([made.body.filename]);
  });

  it('is had by a one-use link, by name alone, and by super-admins alone (S37)', async () => {
    await using test = await startWorld();
    const superAdmin = await test.person(SUPER_ADMIN);
    const { filename } = (await superAdmin.post('/admin/backups/run')).body;
    const path = `/admin/backups/download/${filename}`;
    const ticket = (await superAdmin.post('/tickets', { path })).body.url;
    expect((await fetch(test.url + ticket.replace(/^https?:\/\/[^/]+/, ''))).status).toBe(200);
    expect((await fetch(test.url + ticket.replace(/^https?:\/\/[^/]+/, ''))).status).toBe(401);
    for (const name of [
      '..%2f..%2fclawmoor.db',
      '%2e%2e%2fclawmoor.db',
      '..%5cclawmoor.db',
      'clawmoor.db',
      `${filename}%00`,
      'x'.repeat(400),
    ]) {
      const answer = await superAdmin.get(`/admin/backups/download/${name}`);
      // PostgreSQL has no NUL in a text, not even in a question.
      const strange = onPostgres && name.endsWith('%00');
      expect([answer.status, answer.body.code], name).toEqual(strange ? [400, 'request.invalid'] : [404, 'backup.not_found']);
    }
    writeFileSync(join(folderOf(test), 'planted.gz'), 'not in the list');
    expect((await superAdmin.get('/admin/backups/download/planted.gz')).status).toBe(404);
    const owner = await test.person(1);
    for (const answer of [await owner.get(path), await owner.get('/admin/backups'), await owner.post('/admin/backups/run')]) {
      expect([answer.status, answer.body.code]).toEqual([403, 'auth.super_admin_only']);
    }
    const { entries } = (await superAdmin.get('/admin/audit?action=backup.download&result=ok')).body;
    expect(entries.map(({ target }: { target: string }) => target)).toEqual([filename]);
  });

  it('is encrypted for its recipient, so that we cannot open it and the recipient can (S37)', async () => {
    const identity = await generateIdentity();
    await using test = await startWorld({ env: { BACKUP_RECIPIENT: await identityToRecipient(identity) } });
    const superAdmin = await test.person(SUPER_ADMIN);
    const { body } = await superAdmin.post('/admin/backups/run');
    expect(body).toMatchObject({ encrypted: true, verified: true, filename: expect.stringMatching(/\.(db|dump)\.gz\.age$/) });
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const opened = gunzipSync(await decrypter.decrypt(readFileSync(join(folderOf(test), body.filename))));
    expect(opened.toString('latin1')).toMatch(onPostgres ? /^PGDMP/ : /^SQLite format 3/);
    const rehearsal = await superAdmin.post('/admin/backups/rehearse');
    expect(rehearsal.body).toMatchObject({ ok: true, message: expect.stringContaining('Only the age identity can open it') });
  });

  itOnSqlite('fails aloud when the database is damaged, and leaves nothing half-made (R20)', async () => {
    await using test = await startWorld();
    const superAdmin = await test.person(SUPER_ADMIN);
    await superAdmin.post('/admin/backups/run');
    await test.world.db.schema.dropTable('rehearsal').execute();
    await test.world.db.schema.createTable('member_of_nobody').addColumn('x', 'text').execute();
    const raw = new Database(join(test.dataDir, 'clawmoor.db'));
    raw.pragma('foreign_keys = OFF');
    raw.exec("INSERT INTO member (server_id, user_id, role, granted_at) VALUES ('srv_none', 'nobody', 'viewer', 1)");
    raw.exec(
      'CREATE TABLE rehearsal (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER, filename TEXT, ok INTEGER, message TEXT, took_ms INTEGER)',
    );
    raw.close();
    const failed = await superAdmin.post('/admin/backups/run');
    expect([failed.status, failed.body.code]).toEqual([422, 'backup.damaged']);
    expect(await checkOf(test, 'backups')).toMatchObject({
      status: 'failing',
      message: expect.stringContaining('2 rows point at rows that are not there'),
    });
    expect(readdirSync(folderOf(test))).toHaveLength(1);
    expect((await superAdmin.get('/admin/backups')).body.backups).toHaveLength(1);
  });

  it('that was changed on disk is found by the rehearsal, and the alarm goes on (R20)', async () => {
    await using test = await startWorld();
    const superAdmin = await test.person(SUPER_ADMIN);
    const { filename } = (await superAdmin.post('/admin/backups/run')).body;
    expect((await superAdmin.post('/admin/backups/rehearse')).body).toMatchObject({
      ok: true,
      filename,
      message: expect.stringMatching(/^\d+ rows of \d+ tables were restored and checked$/),
    });
    expect(await checkOf(test, 'backups')).toMatchObject({ status: 'ok', values: { rehearsalOk: true } });
    const bytes = readFileSync(join(folderOf(test), filename));
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0xff;
    writeFileSync(join(folderOf(test), filename), bytes);
    expect((await superAdmin.post('/admin/backups/rehearse')).body).toMatchObject({ ok: false });
    expect(await checkOf(test, 'backups')).toMatchObject({ status: 'failing', values: { rehearsalOk: false } });
    truncateSync(join(folderOf(test), filename), 100);
    expect((await superAdmin.get('/admin/backups')).body.backups[0].verified).toBe(false);
    expect((await superAdmin.get(`/admin/backups/download/${filename}`)).status).toBe(404);
  });

  it('is made one at a time, and what a killed process left goes at the next start (R19)', async () => {
    await using test = await startWorld({ begin: false });
    await mkdir(folderOf(test), { recursive: true });
    for (const name of ['a.db.copying', 'a.db.copying-wal', 'b.db.gz.part', 'restore.scratch'])
      writeFileSync(join(folderOf(test), name), 'x');
    await test.world.begin();
    expect(readdirSync(folderOf(test))).toEqual([]);
    const superAdmin = await test.person(SUPER_ADMIN);
    const answers = await Promise.all([superAdmin.post('/admin/backups/run'), superAdmin.post('/admin/backups/run')]);
    expect(answers.map(({ status, body }) => body.code ?? status).toSorted()).toEqual([201, 'backup.running']);
  });
});

describe('Keeping backups', () => {
  const row = (created_at: number, whole = true) => ({ created_at, whole });
  it('goes by number and by age, and never takes the last good one (R19)', () => {
    const rows = [row(50), row(40), row(30), row(20)];
    expect(expired(rows, { keep: 2, keptFrom: 0 })).toEqual([row(30), row(20)]);
    expect(expired(rows, { keep: 9, keptFrom: 35 })).toEqual([row(30), row(20)]);
    expect(expired(rows, { keep: 9, keptFrom: 99 })).toEqual([row(40), row(30), row(20)]);
    expect(expired([row(50, false), row(40, false), row(30)], { keep: 1, keptFrom: 99 })).toEqual([row(50, false), row(40, false)]);
    expect(expired([], { keep: 1, keptFrom: 0 })).toEqual([]);
  });

  it('removes the oldest file when there is one too many, and refuses to delete the only good one (R19)', async () => {
    await using test = await startWorld({ env: { BACKUP_KEEP: '2' } });
    const superAdmin = await test.person(SUPER_ADMIN);
    const names: string[] = [];
    for (let times = 0; times < 3; times++) names.push((await superAdmin.post('/admin/backups/run')).body.filename);
    expect(readdirSync(folderOf(test)).toSorted()).toEqual(names.slice(1));
    await rm(join(folderOf(test), names[1] ?? ''));
    expect((await superAdmin.remove(`/admin/backups/${names[2]}`)).body.code).toBe('backup.last_good');
    expect((await superAdmin.remove(`/admin/backups/${names[1]}`)).status).toBe(204);
    expect(existsSync(join(folderOf(test), names[2] ?? ''))).toBe(true);
    expect(await checkOf(test, 'backups')).toMatchObject({ status: 'ok', values: { count: 1, missing: 0 } });
  });
});

describe('The off-site copy', () => {
  it('arrives whole in S3-compatible storage; one that failed is reported and sent with the next backup (S37)', async () => {
    const s3 = await startS3();
    const port = Number(new URL(s3.env['BACKUP_S3_ENDPOINT'] ?? '').port);
    await using test = await startWorld({ env: s3.env });
    const superAdmin = await test.person(SUPER_ADMIN);
    const first = (await superAdmin.post('/admin/backups/run')).body;
    expect(first.offsite).toEqual({ at: expect.any(String), error: null });
    const { sha256, filename } = first;
    const stored = readdirSync(join(s3.folder, 'clawmoor')).find((name) => name.startsWith(filename) && name.endsWith('_object')) ?? '';
    expect(
      createHash('sha256')
        .update(readFileSync(join(s3.folder, 'clawmoor', stored)))
        .digest('hex'),
    ).toBe(sha256);
    await s3[Symbol.asyncDispose]();
    const second = (await superAdmin.post('/admin/backups/run')).body;
    expect(second).toMatchObject({ verified: true, offsite: { at: null, error: expect.stringContaining('could not be uploaded') } });
    expect(await checkOf(test, 'backups')).toMatchObject({ status: 'warn', message: expect.stringContaining('off-site copy is missing') });
    await using again = await startS3({ port });
    const third = (await superAdmin.post('/admin/backups/run')).body;
    expect(third.offsite.error).toBeNull();
    const { backups } = (await superAdmin.get('/admin/backups')).body;
    expect(backups.map(({ offsite }: { offsite: { error: string | null } }) => offsite.error)).toEqual([null, null, null]);
    expect(readdirSync(join(again.folder, 'clawmoor')).filter((name) => name.endsWith('_object'))).toHaveLength(2);
    expect(await checkOf(test, 'backups')).toMatchObject({ status: 'ok' });
  });

  it('says what the storage said: a bucket that is not there, a key that is wrong', async () => {
    await using s3 = await startS3();
    for (const [change, said] of [
      [{ BACKUP_S3_BUCKET: 'elsewhere' }, 'NoSuchBucket'],
      [{ BACKUP_S3_ACCESS_KEY: 'SOMEBODY', BACKUP_S3_SECRET_KEY: 'canary-wrong-secret' }, 'InvalidAccessKeyId'],
    ] as const) {
      await using test = await startWorld({ env: { ...s3.env, ...change } });
      const { body, text } = await (await test.person(SUPER_ADMIN)).post('/admin/backups/run');
      expect(body.offsite.error, said).toContain(said);
      expect(text + test.logged()).not.toContain('canary-wrong-secret');
    }
  });
});
