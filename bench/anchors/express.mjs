// The anchor of P2: Express with one route and nothing else.
import express from 'express';

const server = express()
  .get('/', (_request, response) => response.json({ hello: 'world' }))
  .listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
