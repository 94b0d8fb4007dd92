// The floor of P1: what an authenticated list of 20 rows costs with nothing but node:http, an HMAC, the SQL and JSON.
// Reads the very database file that the measured server made. Usage: node floor.mjs DATABASE USER_ID SECRET
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import Database from 'better-sqlite3';

const [file, userId, secret] = process.argv.slice(2);
const db = new Database(file, { readonly: true });
const list = db.prepare(`
  SELECT server.*, member.role FROM server JOIN member ON member.server_id = server.id
  WHERE member.user_id = ? ORDER BY server.name LIMIT 100`);

const signedBy = (token) => {
  const [head, body, signature = ''] = token.split('.');
  const expected = createHmac('sha256', secret).update(`${head}.${body}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  return claims.exp * 1000 > Date.now() ? claims.sub : undefined;
};

const iso = (ms) => new Date(ms).toISOString();
const view = (row) => ({
  id: row.id,
  name: row.name,
  role: row.role,
  tags: JSON.parse(row.tags),
  kind: row.kind,
  state: row.state,
  stateAt: row.state_at === null ? null : iso(row.state_at),
  openTaskId: null,
  createdAt: iso(row.created_at),
  updatedAt: iso(row.updated_at),
  host: row.host,
  port: row.port,
  username: row.username,
  authMethod: row.auth_method,
  hasPassword: true,
  hasKey: false,
  hasPassphrase: false,
  hasSudoPassword: false,
  hostKey: null,
  jump: null,
});

const server = createServer((request, response) => {
  const user = signedBy((request.headers.authorization ?? '').slice(7));
  if (user !== userId) return response.writeHead(401).end();
  const body = Buffer.from(JSON.stringify({ servers: list.all(user).map(view) }));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
