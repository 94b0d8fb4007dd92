import { useEffect, useRef } from 'react';
import { atLeast, isTelegram, on, post } from './bridge.ts';
import { createLayers, createSetting } from './layers.ts';

export const ready = (): void => {
  post('web_app_ready');
  post('web_app_expand');
};
export const close = (): void => post('web_app_close');

/** Opens an address of the web in Telegram's own browser; `false` outside Telegram. */
export function openLink(url: string): boolean {
  post('web_app_open_link', { url });
  return isTelegram;
}

export const hideKeyboard = (): void => {
  if (atLeast('9.1')) post('web_app_hide_keyboard');
};

export function haptic(kind: 'success' | 'error' | 'warning' | 'select'): void {
  if (!atLeast('6.1')) return;
  post(
    'web_app_trigger_haptic_feedback',
    kind === 'select' ? { type: 'selection_change' } : { type: 'notification', notification_type: kind },
  );
}

/** Whether Telegram draws the way back; else the screen draws one itself. */
export const hasBackButton = isTelegram && atLeast('6.1');

const setBackButton = createSetting('web_app_setup_back_button', { is_visible: false });
const backs = createLayers<{ current: (() => void) | undefined }>((top) => setBackButton({ is_visible: top?.current !== undefined }));
if (hasBackButton) on('back_button_pressed', () => backs.top()?.current?.());

/** Telegram's own back arrow; `undefined` hides it. The layer on top (a sheet over its screen) has it. */
export function useBackButton(goBack: (() => void) | undefined, depth = 0): void {
  const latest = useLatest(goBack);
  const visible = goBack !== undefined;
  useEffect(() => (hasBackButton ? backs.add(latest, depth) : undefined), [latest, depth]);
  useEffect(backs.changed, [visible]);
}

export interface MainAction {
  text: string;
  press: () => void;
  disabled?: boolean;
  busy?: boolean;
  /** Why it cannot be pressed now; shown beside the button. */
  reason?: string | undefined;
}

/** Whether the one main action of a screen is Telegram's native button; else the screen draws one itself. */
export const hasMainButton = isTelegram;

const setMainButton = createSetting('web_app_setup_main_button', { is_visible: false });
const mains = createLayers<{ current: MainAction | undefined }>((top) => {
  const { text, disabled = false, busy = false } = top?.current ?? {};
  setMainButton(
    text === undefined ? { is_visible: false } : { is_visible: true, is_active: !disabled && !busy, is_progress_visible: busy, text },
  );
});
if (hasMainButton)
  on('main_button_pressed', () => {
    const action = mains.top()?.current;
    if (action && action.disabled !== true && action.busy !== true) action.press();
  });

/** The native button at the bottom; `undefined` hides it. The layer on top has it. */
export function useMainButton(action: MainAction | undefined, depth = 0): void {
  const latest = useLatest(action);
  const { text, disabled = false, busy = false } = action ?? {};
  useEffect(() => (hasMainButton ? mains.add(latest, depth) : undefined), [latest, depth]);
  useEffect(mains.changed, [text, disabled, busy]);
}

const setClosing = createSetting('web_app_setup_closing_behavior', { need_confirmation: false });
const unsaved = createLayers<true>((top) => setClosing({ need_confirmation: top === true }));

/** Asks before the app closes, while something is unsaved or running. */
export function useClosingConfirmation(needed: boolean): void {
  useEffect(() => (needed && atLeast('6.2') ? unsaved.add(true) : undefined), [needed]);
}

const setSwipes = createSetting('web_app_setup_swipe_behavior', { allow_vertical_swipe: true });
const gestures = createLayers<true>((top) => setSwipes({ allow_vertical_swipe: top !== true }));

/** While something on the screen scrolls or is drawn over by itself, a swipe down must not close the app. */
export function useOwnGestures(): void {
  useEffect(() => (isTelegram && atLeast('7.7') ? gestures.add(true) : undefined), []);
}

/** "Settings" in Telegram's own menu. */
export function useSettingsButton(open: () => void): void {
  const latest = useLatest(open);
  useEffect(() => {
    if (!isTelegram || !atLeast('6.10')) return;
    post('web_app_setup_settings_button', { is_visible: true });
    return on('settings_button_pressed', () => latest.current());
  }, [latest]);
}

/** What an effect reads: always the newest value, with no need to run again for it. */
export function useLatest<T>(value: T): { readonly current: T } {
  const ref = useRef(value);
  // Before the effects that hand the ref on.
  ref.current = value;
  return ref;
}
