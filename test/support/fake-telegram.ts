/** What a person's Telegram looks like to the Mini App. */
export interface FakeTelegramOptions {
  initData: string;
  /** The version of the Mini App protocol that this client speaks. */
  version?: string;
  platform?: string;
  startParam?: string;
  theme?: Record<string, string>;
  safeArea?: Record<'top' | 'right' | 'bottom' | 'left', number>;
  contentSafeArea?: Record<'top' | 'right' | 'bottom' | 'left', number>;
  /** What the person presses in a popup; `nothing` leaves it open. */
  popup?: 'ok' | 'cancel' | 'nothing';
  /** What this person's cloud storage holds. */
  cloud?: Record<string, string>;
}

export interface FakeTelegram {
  /** Everything that the app has asked of the client, oldest first. */
  log: { name: string; params: Record<string, unknown> }[];
  emit: (event: string, payload?: Record<string, unknown>) => void;
}

export const THEMES = {
  light: {
    bg_color: '#ffffff',
    text_color: '#000000',
    hint_color: '#707579',
    link_color: '#2678b6',
    button_color: '#2678b6',
    button_text_color: '#ffffff',
    secondary_bg_color: '#f4f4f5',
    section_bg_color: '#ffffff',
    subtitle_text_color: '#63686d',
    destructive_text_color: '#d32f2f',
  },
  dark: {
    bg_color: '#17212b',
    text_color: '#f5f5f5',
    hint_color: '#8b9aa8',
    link_color: '#6ab3f3',
    button_color: '#2f6ea5',
    button_text_color: '#ffffff',
    secondary_bg_color: '#0f1822',
    section_bg_color: '#17212b',
    subtitle_text_color: '#93a3b1',
    destructive_text_color: '#ff6b63',
  },
  /** As people make them: everything of one hue. */
  tinted: {
    bg_color: '#f3ecff',
    text_color: '#2b1055',
    hint_color: '#8d74b5',
    link_color: '#8a4fff',
    button_color: '#8a4fff',
    button_text_color: '#ffffff',
    secondary_bg_color: '#e6daff',
    section_bg_color: '#f3ecff',
    subtitle_text_color: '#9a86c0',
    destructive_text_color: '#ff5a7a',
  },
  /** Hints that can hardly be told from what they lie on. */
  faint: {
    bg_color: '#ffffff',
    text_color: '#222222',
    hint_color: '#e4e4e4',
    link_color: '#7fc4ff',
    button_color: '#9fd8ff',
    button_text_color: '#ffffff',
    secondary_bg_color: '#f0f0f0',
    section_bg_color: '#ffffff',
    subtitle_text_color: '#dedede',
    destructive_text_color: '#ffb3b3',
  },
} as const;

/**
 * Plays the native side of the Mini App protocol in the page: runs there before the app (`context.addInitScript`), so it may
 * use nothing of this module. Answers come a moment later, as a real client's do.
 */
export function installFakeTelegram({
  initData,
  version = '9.6',
  platform = 'android',
  startParam,
  theme = {},
  safeArea,
  contentSafeArea,
  popup = 'ok',
  cloud = {},
}: FakeTelegramOptions): void {
  interface Page extends Window {
    Telegram?: { WebView?: { receiveEvent?: (event: string, payload: unknown) => void } };
    TelegramWebviewProxy?: { postEvent: (name: string, json?: string) => void };
    fakeTelegram?: FakeTelegram;
  }
  const page: Page = window;
  if (page.fakeTelegram || window.parent !== window) return;
  const log: FakeTelegram['log'] = [];
  const emit: FakeTelegram['emit'] = (event, payload = {}) =>
    void setTimeout(() => page.Telegram?.WebView?.receiveEvent?.(event, payload), 0);
  const none = { top: 0, right: 0, bottom: 0, left: 0 };
  const viewport = (): void =>
    emit('viewport_changed', { height: window.innerHeight, width: window.innerWidth, is_state_stable: true, is_expanded: true });
  const answers: Record<string, () => void> = {
    web_app_request_theme: () => emit('theme_changed', { theme_params: theme }),
    web_app_request_viewport: viewport,
    web_app_request_safe_area: () => emit('safe_area_changed', safeArea ?? none),
    web_app_request_content_safe_area: () => emit('content_safe_area_changed', contentSafeArea ?? none),
    web_app_open_popup: () => {
      if (popup !== 'nothing') emit('popup_closed', popup === 'ok' ? { button_id: 'ok' } : {});
    },
  };
  page.TelegramWebviewProxy = {
    postEvent(name, json) {
      const params: Record<string, unknown> = json ? JSON.parse(json) : {};
      log.push({ name, params });
      answers[name]?.();
      if (name === 'web_app_invoke_custom_method') emit('custom_method_invoked', { req_id: params['req_id'], result: cloud });
    },
  };
  page.fakeTelegram = { log, emit };
  // A launch puts its parameters in the hash, once; a reload comes without them.
  if (sessionStorage.getItem('fake-launched') === 'yes') return;
  sessionStorage.setItem('fake-launched', 'yes');
  const launch = new URLSearchParams({
    tgWebAppData: initData,
    tgWebAppVersion: version,
    tgWebAppPlatform: platform,
    tgWebAppThemeParams: JSON.stringify(theme),
  });
  const query = startParam === undefined ? '' : `?${new URLSearchParams({ tgWebAppStartParam: startParam })}`;
  history.replaceState(history.state, '', `${location.pathname}${query}#${launch}`);
}
