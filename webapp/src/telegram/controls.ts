import { useEffect, useRef } from 'react';
import { atLeast, isTelegram, on, post } from './bridge.ts';

export const ready = (): void => {
  post('web_app_ready');
  post('web_app_expand');
};
export const close = (): void => post('web_app_close');

export function haptic(kind: 'success' | 'error' | 'warning' | 'select'): void {
  if (!atLeast('6.1')) return;
  post(
    'web_app_trigger_haptic_feedback',
    kind === 'select' ? { type: 'selection_change' } : { type: 'notification', notification_type: kind },
  );
}

/** Whether Telegram draws the way back; else the screen draws one itself. */
export const hasBackButton = isTelegram && atLeast('6.1');

/** Telegram's own back arrow; `undefined` hides it. */
export function useBackButton(goBack: (() => void) | undefined): void {
  const latest = useLatest(goBack);
  const visible = goBack !== undefined;
  useEffect(() => {
    if (!atLeast('6.1')) return;
    post('web_app_setup_back_button', { is_visible: visible });
    return on('back_button_pressed', () => latest.current?.());
  }, [visible, latest]);
}

export interface MainAction {
  text: string;
  press: () => void;
  disabled?: boolean;
  busy?: boolean;
}

/** Whether the one main action of a screen is Telegram's native button; else the screen draws one itself. */
export const hasMainButton = isTelegram;

export function useMainButton(action: MainAction | undefined): void {
  const latest = useLatest(action);
  const { text, disabled = false, busy = false } = action ?? {};
  useEffect(() => {
    if (!hasMainButton) return;
    post(
      'web_app_setup_main_button',
      text === undefined ? { is_visible: false } : { is_visible: true, is_active: !disabled && !busy, is_progress_visible: busy, text },
    );
    return on('main_button_pressed', () => latest.current && !latest.current.disabled && !latest.current.busy && latest.current.press());
  }, [text, disabled, busy, latest]);
  useEffect(() => () => post('web_app_setup_main_button', { is_visible: false }), []);
}

const ANSWER_WITHIN_MS = 600_000;
let asking = false;

/** Asks whether something that cannot be taken back is meant, in Telegram's own window where it has one; one question at a time. */
export function confirm(message: string, action: string): Promise<boolean> {
  if (!isTelegram || !atLeast('6.2')) return Promise.resolve(window.confirm(message));
  if (asking) return Promise.resolve(false);
  asking = true;
  return new Promise((resolve) => {
    const answer = (yes: boolean): void => {
      asking = false;
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

/** Asks before the app closes, while something is unsaved. */
export function useClosingConfirmation(needed: boolean): void {
  useEffect(() => {
    if (!atLeast('6.2')) return;
    post('web_app_setup_closing_behavior', { need_confirmation: needed });
    return () => post('web_app_setup_closing_behavior', { need_confirmation: false });
  }, [needed]);
}

function useLatest<T>(value: T): { readonly current: T } {
  const ref = useRef(value);
  useEffect(() => {
    ref.current = value;
  });
  return ref;
}
