// One question to ragd on this machine.
import { request } from 'node:http';

const WITHIN_MS = 15_000;
const ANSWER_BYTES = 4 * 1024 * 1024;

/** The answer of one operation; a failure is an error whose message says what to do. */
export function call({ socket, port, token }, { method = 'POST', path, body, signal, withinMs = WITHIN_MS }) {
  const limits = AbortSignal.any([AbortSignal.timeout(withinMs), ...(signal ? [signal] : [])]);
  return new Promise((resolve, reject) => {
    const where = socket ? { socketPath: socket } : { host: '127.0.0.1', port };
    const headers = { host: 'localhost', authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request({ ...where, method, path, headers, signal: limits }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', reject);
      response.on('data', (piece) => (text += piece).length > ANSWER_BYTES && sent.destroy(new Error('The answer is too long')));
      response.on('end', () => {
        try {
          const answer = JSON.parse(text);
          if (response.statusCode === 200) return resolve(answer);
          return reject(new Error([answer.error, answer.fix].filter(Boolean).join('. ')));
        } catch {
          return reject(new Error('Something else than the document search answers there'));
        }
      });
    });
    sent.on('error', (error) =>
      reject(limits.aborted && !signal?.aborted ? new Error('The document search did not answer in time') : reachable(error)),
    );
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function reachable(error) {
  const away = ['ECONNREFUSED', 'ENOENT', 'EACCES'].includes(error.code);
  return away ? new Error('The document search does not run on this server now. Tell the user to look at it in Clawmoor') : error;
}
