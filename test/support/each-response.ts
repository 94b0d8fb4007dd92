import { afterAll, afterEach } from 'vitest';
import { demandDeclared, wantNoBugs } from './response-tap.ts';

// A response that the route table does not promise fails the test that caused it, also where the test never looked at it.
afterEach(() => {
  wantNoBugs();
  demandDeclared();
});
afterAll(demandDeclared);
