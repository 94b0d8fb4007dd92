import '../ui/style.css';
import './docs.css';
import type { ApiDocument } from './document.ts';
import { element } from './element.ts';
import { followAddress, operationList } from './list.ts';
import { isTrial, NotRead, readInTrial, readWith, readWithLaunch } from './sign-in.ts';

const main = document.getElementById('docs');
if (main) void begin(main);

async function begin(page: HTMLElement): Promise<void> {
  try {
    const read = await readWithLaunch();
    if (read) return show(page, read);
    askToSignIn(page, { trial: await isTrial() });
  } catch (error) {
    askToSignIn(page, { trial: false, said: sentence(error) });
  }
}

const head = (): Node[] => [element('p', {}, element('a', { href: '/' }, '‹ Clawmoor')), element('h1', {}, 'The API of Clawmoor')];

function show(page: HTMLElement, read: ApiDocument): void {
  page.replaceChildren(...head(), ...operationList(read));
  page.setAttribute('aria-busy', 'false');
  followAddress(page);
}

/** The token stays in this field and in memory: a reload asks again. */
function askToSignIn(page: HTMLElement, { trial, said }: { trial: boolean; said?: string }): void {
  const problem = element('p', { class: 'notice bad', role: 'alert', hidden: said === undefined }, said ?? '');
  const token = element('input', { id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true });
  const button = element('button', { type: 'submit', class: 'button' }, trial ? 'Sign in to this trial' : 'Show the API');
  const form = element(
    'form',
    {},
    ...(trial
      ? []
      : [
          element('label', { for: 'token' }, 'Personal token'),
          token,
          element(
            'p',
            { class: 'hint' },
            'In Telegram: open the app, then Settings. A token is made in the app and is not kept by this page.',
          ),
        ]),
    button,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.hidden = true;
    (trial ? readInTrial() : readWith(token.value.trim()))
      .then((read) => show(page, read))
      .catch((error: unknown) => {
        problem.textContent = sentence(error);
        problem.hidden = false;
      })
      .finally(() => (button.disabled = false));
  });
  page.replaceChildren(...head(), element('p', {}, 'Only people who are signed in may read it.'), problem, form);
  page.setAttribute('aria-busy', 'false');
}

const sentence = (error: unknown): string => (error instanceof NotRead ? error.message : 'Something went wrong here. Reload the page.');
