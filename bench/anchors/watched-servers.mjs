// Many SSH servers in one process, each with an OpenClaw gateway behind it, that answer what a look asks. Prints their ports, their key and
// its process id. With each SIGUSR2 the gateway of the next server dies.
import { createServer as createTcp, connect } from 'node:net';
import ssh2 from 'ssh2';
import { WebSocketServer } from 'ws';

const count = Number(process.argv[2]);
const hostKey = ssh2.utils.generateKeyPairSync('ed25519');
const gateway = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
await new Promise((resolve) => gateway.once('listening', resolve));
const gatewayPort = gateway.address().port;

const ANSWERS = {
  connect: { protocol: 4, server: { version: '2026.9.6', bootId: 'boot' }, policy: { tickIntervalMs: 30_000 } },
  'agents.list': { agents: [{ id: 'main' }] },
  'channels.status': { channelOrder: [], channelAccounts: {} },
  'models.authStatus': { providers: [] },
  'cron.list': { jobs: [] },
  'cron.status': { enabled: true },
  'sessions.list': { sessions: [] },
};
gateway.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', (text) => {
    const { id, method } = JSON.parse(String(text));
    socket.send(JSON.stringify({ type: 'res', id, ok: true, payload: ANSWERS[method] ?? {} }));
  });
  socket.send(JSON.stringify({ type: 'event', event: 'connect.challenge', payload: { nonce: 'n', ts: 1 } }));
});

const look = (ticks) =>
  JSON.stringify({
    boot: '2f0c5f3e-8f0e-4f0f-9d3a-5a0f3b1f2c4d',
    uptime: '1000.00 900.00;',
    load: '0.10 0.20 0.30 1/100 1234;',
    cpu: `cpu  ${ticks} 0 ${ticks} ${ticks * 9} 0 0 0 0 0 0;`,
    memory: 'MemTotal:2000000;MemAvailable:1200000;SwapTotal:0;SwapFree:0;',
    oom: '0;',
    disks: '20000000 8000000 11000000 /;',
    inodes: '1000000 100000 900000 /;',
    service: 'user;',
    unit: 'ActiveState=active;NRestarts=0;Result=success;',
  });
const config = JSON.stringify({ gateway: { port: gatewayPort, auth: { mode: 'none' } } });

function onSession(accept) {
  accept().on('exec', (acceptExec) => {
    const channel = acceptExec();
    let script = '';
    channel.on('data', (chunk) => (script += chunk));
    channel.on('end', () => {
      // The mark stands in the first line; what the real loader prints comes after it.
      const [mark] = script.split('\n');
      const answer = script.includes('openclaw.json') ? config : look(Math.floor(performance.now()));
      channel.write(`${mark} 1\n${answer}\n`);
      channel.exit(0);
      channel.end();
    });
  });
}

const servers = [];
let dead = 0;
/** What is open to it ends, nothing is taken any more. */
process.on('SIGUSR2', () => {
  for (const socket of servers[dead]?.tunnels ?? []) socket.destroy();
  dead += 1;
});

function serve(client, server) {
  client.on('error', () => {});
  client.on('authentication', (context) => (context.method === 'publickey' ? context.accept() : context.reject(['publickey'])));
  client.on('ready', () => {
    client.on('session', onSession);
    client.on('tcpip', (accept, reject) => {
      if (servers.indexOf(server) < dead) return void reject();
      const channel = accept();
      const socket = connect(gatewayPort, '127.0.0.1');
      server.tunnels.add(socket);
      socket.on('close', () => server.tunnels.delete(socket));
      socket.on('error', () => channel.destroy());
      channel.on('error', () => socket.destroy());
      channel.pipe(socket).pipe(channel);
    });
  });
}

const ports = [];
for (let index = 0; index < count; index++) {
  const server = { tunnels: new Set() };
  servers.push(server);
  const ssh = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => serve(client, server));
  const tcp = createTcp({ noDelay: true }, (socket) => ssh.injectSocket(socket));
  await new Promise((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  ports.push(tcp.address().port);
}
process.stdout.write(`${JSON.stringify({ pid: process.pid, ports, hostKey: hostKey.public.split(' ')[1] })}\n`);
