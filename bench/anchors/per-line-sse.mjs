// A feed that sends each line as an event of its own to each of its readers: `node per-line-sse.mjs <seconds>`. 5,000 lines a second, from the
// first line on stdin on; prints its address as JSON.
import { once } from 'node:events';
import { createServer } from 'node:http';

const readers = new Set();
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  readers.add(response);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}/`, token: '' })}\n`);
await once(process.stdin, 'data');
let line = 0;
const end = Date.now() + Number(process.argv[2]) * 1_000;
const timer = setInterval(() => {
  if (Date.now() > end) {
    clearInterval(timer);
    for (const reader of readers) reader.end('event: end\ndata: {}\n\n');
    return;
  }
  for (let i = 0; i < 50; i++) {
    const data = JSON.stringify({ seq: line, text: `${Date.now()} line ${line++} of a log that somebody watches from a phone on a train` });
    for (const reader of readers) reader.write(`id: ${line}\nevent: log\ndata: ${data}\n\n`);
  }
}, 10);
await once(process.stdin, 'data');
process.exit(0);
