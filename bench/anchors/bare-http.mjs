// The anchor of P15: the least that a Node process does to answer.
import { createServer } from 'node:http';

const server = createServer((_request, response) => response.writeHead(200, { 'content-length': 2 }).end('ok'));
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
