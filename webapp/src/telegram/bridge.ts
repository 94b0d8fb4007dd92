/** The wire protocol of Telegram's Mini Apps, spoken directly: no SDK, no third-party request, 2 kB. Outside Telegram every call is a no-op. */
type Payload = Record<string, unknown>;
type Listener = (payload: Payload) => void;

interface Native extends Window {
  TelegramWebviewProxy?: { postEvent?: (name: string, json: string) => void };
  Telegram?: { WebView?: { receiveEvent?: (name: string, payload: Payload) => void } };
  TelegramGameProxy?: { receiveEvent?: (name: string, payload: Payload) => void };
  TelegramGameProxy_receiveEvent?: (name: string, payload: Payload) => void;
}

const native: Native = window;
const WEB_CLIENT = 'https://web.telegram.org';
const LAUNCH_KEY = 'launch';
const listeners = new Map<string, Set<Listener>>();

const inFrame = window.parent !== window;
let launched = false;
const launch = readLaunch();

/** Signed by Telegram; sent to the server byte for byte, and never trusted here. Empty outside Telegram. */
export const initData = launch.get('tgWebAppData') ?? '';
export const isTelegram = launch.has('tgWebAppVersion');
export const platform = launch.get('tgWebAppPlatform') ?? 'browser';
/** Of the Mini App protocol that the client speaks. */
export const version = launch.get('tgWebAppVersion') ?? '';
/** `srv_…` or `task_…`: names a screen, and never does more than open it. Only at a launch: a reload keeps its screen. */
export const startParam = launched
  ? (new URLSearchParams(initData).get('start_param') ?? new URLSearchParams(location.search).get('tgWebAppStartParam') ?? undefined)
  : undefined;
/** The language of the person's Telegram, for words only; `undefined` outside Telegram. */
export const languageCode = readLanguage();

function readLanguage(): string | undefined {
  const user = parse(new URLSearchParams(initData).get('user') ?? '');
  return typeof user?.['language_code'] === 'string' ? user['language_code'] : undefined;
}

function readLaunch(): URLSearchParams {
  const fromHash = new URLSearchParams(location.hash.slice(1));
  if (fromHash.has('tgWebAppVersion')) {
    launched = true;
    sessionStorage.setItem(LAUNCH_KEY, fromHash.toString());
    // It is a credential: it must not stay in the address, from where it would be shared or reported.
    history.replaceState(history.state, '', location.pathname + location.search);
    return fromHash;
  }
  return new URLSearchParams(sessionStorage.getItem(LAUNCH_KEY) ?? '');
}

export function atLeast(wanted: string): boolean {
  const numbers = (text: string): number[] => text.split('.').map(Number);
  const [have = 0, haveMinor = 0] = numbers(launch.get('tgWebAppVersion') ?? '0');
  const [want = 0, wantMinor = 0] = numbers(wanted);
  return have !== want ? have > want : haveMinor >= wantMinor;
}

export function post(name: string, params: Payload = {}): void {
  if (!isTelegram) return;
  if (native.TelegramWebviewProxy?.postEvent) native.TelegramWebviewProxy.postEvent(name, JSON.stringify(params));
  else if (inFrame) window.parent.postMessage(JSON.stringify({ eventType: name, eventData: params }), WEB_CLIENT);
}

export function on(name: string, listener: Listener): () => void {
  const all = listeners.get(name) ?? new Set();
  listeners.set(name, all.add(listener));
  return () => void all.delete(listener);
}

const receive = (name: string, payload: Payload | undefined): void => listeners.get(name)?.forEach((listener) => listener(payload ?? {}));

/** Connects to the client and asks for what the layout needs; call once, before the first render. */
export function start(): void {
  if (inFrame) {
    window.addEventListener('message', ({ source, origin, data }) => {
      if (source !== window.parent || origin !== WEB_CLIENT || typeof data !== 'string') return;
      const message = parse(data);
      if (typeof message?.['eventType'] === 'string') receive(message['eventType'], message['eventData'] as Payload | undefined);
    });
  }
  native.Telegram = { ...native.Telegram, WebView: { ...native.Telegram?.WebView, receiveEvent: receive } };
  // Older clients know only these two.
  native.TelegramGameProxy = { ...native.TelegramGameProxy, receiveEvent: receive };
  native.TelegramGameProxy_receiveEvent = receive;
  on('theme_changed', ({ theme_params }) => setTheme((theme_params ?? {}) as Record<string, string>));
  on('viewport_changed', ({ height, is_state_stable }) => {
    // iOS now and then reports a height of 1.
    if (is_state_stable && Number(height) > 100) setVariable('--tg-viewport-stable-height', `${Number(height)}px`);
  });
  on('safe_area_changed', (inset) => setInset('safe-area', inset));
  on('content_safe_area_changed', (inset) => setInset('content-safe-area', inset));
  if (!isTelegram) {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches }) => setScheme(matches));
    return;
  }
  if (inFrame) {
    post('iframe_ready', { reload_supported: true });
    on('reload_iframe', () => {
      post('iframe_will_reload');
      location.reload();
    });
  }
  // The theme of the launch is painted at once: one client never answers the request for it.
  paintClient((parse(launch.get('tgWebAppThemeParams') ?? '') as Record<string, string> | undefined) ?? {});
  post('web_app_request_theme');
  post('web_app_request_viewport');
  if (atLeast('8.0')) {
    post('web_app_request_safe_area');
    post('web_app_request_content_safe_area');
  }
  const performance = /Telegram-Android\/[\d.]+ \(.*; (LOW|AVERAGE|HIGH)\)/.exec(navigator.userAgent)?.[1];
  document.documentElement.dataset['performance'] = (performance ?? 'HIGH').toLowerCase();
}

function parse(text: string): Payload | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Payload) : undefined;
  } catch {
    return undefined;
  }
}

const setVariable = (name: string, value: string): void => document.documentElement.style.setProperty(name, value);

/** Defined by early.js, which needs it before this module is there. */
const { applyTheme } = window as Window & { applyTheme?: (theme: Record<string, string>) => void };

function setTheme(theme: Record<string, string>): void {
  applyTheme?.(theme);
  if (!theme['bg_color']) return;
  sessionStorage.setItem('theme', JSON.stringify(theme));
  paintClient(theme);
}

/** What the client draws around the page gets the page's colour. */
function paintClient(theme: Record<string, string>): void {
  if (atLeast('6.1')) post('web_app_set_header_color', { color_key: 'secondary_bg_color' });
  const page = theme['secondary_bg_color'];
  if (page && atLeast('6.1')) post('web_app_set_background_color', { color: page });
  if (page && atLeast('7.10')) post('web_app_set_bottom_bar_color', { color: page });
}

const setScheme = (dark: boolean): void => void (document.documentElement.dataset['scheme'] = dark ? 'dark' : 'light');

function setInset(name: string, inset: Payload): void {
  for (const side of ['top', 'right', 'bottom', 'left'])
    setVariable(`--tg-${name}-inset-${side}`, `${Math.max(0, Number(inset[side] ?? 0))}px`);
}
