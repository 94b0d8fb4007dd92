// Runs before anything is painted. Inside web.telegram.org third-party storage may be blocked, and then the mere mention of
// sessionStorage throws: a storage in memory takes its place. Then the launch theme, so that the first paint has its colours.
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
try {
  const theme = JSON.parse(sessionStorage.getItem('theme') ?? launch.get('tgWebAppThemeParams') ?? '{}');
  const { style } = document.documentElement;
  for (const [key, value] of Object.entries(theme)) {
    if (/^#[0-9a-f]{6}$/i.test(value)) style.setProperty('--tg-theme-' + key.replaceAll('_', '-'), value);
  }
  let dark = matchMedia('(prefers-color-scheme: dark)').matches;
  if (/^#[0-9a-f]{6}$/i.test(theme.bg_color)) {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(theme.bg_color.slice(at, at + 2), 16));
    dark = Math.sqrt(0.299 * r * r + 0.587 * g * g + 0.114 * b * b) < 120;
  }
  document.documentElement.dataset.scheme = dark ? 'dark' : 'light';
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
