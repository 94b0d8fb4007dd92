// Runs before anything is painted. Inside web.telegram.org third-party storage may be blocked, and then the mere mention of
// sessionStorage throws: a storage in memory takes its place. Then the launch theme and the language, so that the first paint has them.
for (const name of ['sessionStorage', 'localStorage']) {
  try {
    void window[name].length;
  } catch {
    const kept = new Map();
    const memory = {
      get length() {
        return kept.size;
      },
      key: (index) => [...kept.keys()][index] ?? null,
      getItem: (key) => kept.get(String(key)) ?? null,
      setItem: (key, value) => void kept.set(String(key), String(value)),
      removeItem: (key) => void kept.delete(String(key)),
      clear: () => kept.clear(),
    };
    Object.defineProperty(window, name, { configurable: true, value: memory });
  }
}
// A reload comes without a hash; the bridge has kept the launch then.
let launch = new URLSearchParams(location.hash.slice(1));
if (!launch.has('tgWebAppVersion')) launch = new URLSearchParams(sessionStorage.getItem('launch') ?? '');

// Colours. The bridge calls this again when the theme changes.
window.applyTheme = (theme) => {
  const root = document.documentElement;
  const valid = Object.entries(theme ?? {}).filter(([, value]) => /^#[0-9a-f]{6}$/i.test(value));
  for (const [key, value] of valid) root.style.setProperty('--tg-theme-' + key.replaceAll('_', '-'), value);
  const of = Object.fromEntries(valid);
  const parts = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  let dark = matchMedia('(prefers-color-scheme: dark)').matches;
  if (of.bg_color) {
    const [r, g, b] = parts(of.bg_color);
    dark = Math.sqrt(0.299 * r * r + 0.587 * g * g + 0.114 * b * b) < 120;
  }
  root.dataset.scheme = dark ? 'dark' : 'light';
  if (!of.bg_color || !of.text_color) return;
  // Themes are made by people, and some are hard to read: a colour of text is moved towards the text's own until it stands out
  // enough (WCAG 4.5, and a little for tinted grounds) from both of the grounds it may lie on.
  const light = (rgb) => {
    const [r, g, b] = rgb.map((value) => (value <= 10 ? value / 3295 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const surface = parts(of.section_bg_color ?? of.bg_color);
  const grounds = [surface, parts(of.secondary_bg_color ?? of.bg_color)];
  const end =
    Math.min(...grounds.map((ground) => contrast(parts(of.text_color), ground))) >= 5.5
      ? parts(of.text_color)
      : dark
        ? [255, 255, 255]
        : [0, 0, 0];
  const readable = (hex) => {
    const from = parts(hex);
    for (let share = 0; share <= 1; share += 0.05) {
      const mixed = from.map((value, at) => Math.round(value + (end[at] - value) * share));
      if (grounds.every((ground) => contrast(mixed, ground) >= 5.4)) return 'rgb(' + mixed.join(' ') + ')';
    }
    return 'rgb(' + end.join(' ') + ')';
  };
  root.style.setProperty('--text', 'rgb(' + end.join(' ') + ')');
  root.style.setProperty('--hint', readable(of.subtitle_text_color ?? of.hint_color ?? of.text_color));
  root.style.setProperty('--link', readable(of.link_color ?? of.text_color));
  root.style.setProperty('--danger', readable(of.destructive_text_color ?? (dark ? '#ff7a72' : '#c62828')));
  root.style.setProperty('--good', readable(dark ? '#5fce82' : '#1a7539'));
  root.style.setProperty('--warn', readable(dark ? '#f0b849' : '#7d5100'));
  if (of.button_color) {
    const button = parts(of.button_color);
    const wanted = of.button_text_color ?? '#ffffff';
    const best = contrast(button, [255, 255, 255]) >= contrast(button, [0, 0, 0]) ? '#fff' : '#000';
    root.style.setProperty('--accent-text', contrast(parts(wanted), button) >= 4.5 ? wanted : best);
  }
};
try {
  window.applyTheme(JSON.parse(sessionStorage.getItem('theme') ?? launch.get('tgWebAppThemeParams') ?? '{}'));
} catch {
  // A theme that cannot be read: the colours of the style sheet stay.
}
// The language: what the person chose here, else that of their Telegram, else the browser's; English for one we do not speak.
try {
  const user = JSON.parse(new URLSearchParams(launch.get('tgWebAppData') ?? '').get('user') ?? '{}');
  const wanted = localStorage.getItem('language') ?? user.language_code ?? (launch.has('tgWebAppVersion') ? 'en' : navigator.language);
  const { language } = new Intl.Locale(wanted);
  if (['en', 'ru'].includes(language)) document.documentElement.lang = language;
} catch {
  // A code that is none.
}
// The first two questions to the server go out while the app itself is still on its way; see api/early.ts. The page of the API
// signs in by itself, and out again.
if (launch.has('tgWebAppData') && location.pathname !== '/api/docs') {
  const ask = (path, options) => fetch('/api' + path, options).then((response) => (response.ok ? response.json() : undefined));
  const signIn = ask('/auth/telegram', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ initData: launch.get('tgWebAppData') }),
  });
  const list = ({ token }) => ask('/servers', { headers: { authorization: 'Bearer ' + token } });
  window.early = { signIn, servers: location.pathname === '/' ? signIn.then((session) => session && list(session)) : undefined };
  // Nobody may be there yet to hear of a failure; the app asks again itself.
  for (const answer of Object.values(window.early)) answer?.catch(() => undefined);
}
