import { atLeast, isTelegram, on, post } from './bridge.ts';
import { words } from '../words/words.ts';

const ANSWER_WITHIN_MS = 600_000;
let asking = false;

/**
 * Asks whether something that cannot be taken back is meant: Telegram's own window with a red button, a dialog of ours where
 * it has none. One question at a time; a second one meanwhile is answered with "no".
 */
export async function confirm(message: string, action: string): Promise<boolean> {
  if (asking) return false;
  asking = true;
  try {
    return await (isTelegram && atLeast('6.2') ? askTelegram(message, action) : askHere(message, action));
  } finally {
    asking = false;
  }
}

function askTelegram(message: string, action: string): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = (yes: boolean): void => {
      clearTimeout(timer);
      stop();
      resolve(yes);
    };
    const timer = setTimeout(() => answer(false), ANSWER_WITHIN_MS);
    const stop = on('popup_closed', ({ button_id }) => answer(button_id === 'ok'));
    const buttons = [
      { id: 'ok', type: 'destructive', text: action },
      { id: '', type: 'cancel' },
    ];
    post('web_app_open_popup', { title: '', message, buttons });
  });
}

function askHere(message: string, action: string): Promise<boolean> {
  const dialog = document.createElement('dialog');
  dialog.className = 'ask';
  dialog.ariaLabel = message;
  const text = document.createElement('p');
  text.textContent = message;
  const buttons = document.createElement('div');
  buttons.className = 'actions';
  buttons.append(button(words.app.cancel, 'button plain', () => dialog.close()));
  buttons.append(button(action, 'button danger', () => dialog.close('yes')));
  dialog.append(text, buttons);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    }),
  );
}

function button(text: string, className: string, press: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = className;
  element.textContent = text;
  element.addEventListener('click', press);
  return element;
}
