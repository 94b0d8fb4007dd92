import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from '../api/queries.ts';
import { Screen } from '../ui/screen.tsx';
import { Actions } from './actions.tsx';
import { Fields } from './fields.tsx';
import { Figures } from './figures.tsx';
import { Lists } from './lists.tsx';
import { States } from './states.tsx';
import { Texts } from './texts.tsx';
import { THEMES } from './themes.ts';
import '../ui/style.css';
import './kit.css';

type Theme = keyof typeof THEMES;

const isTheme = (name: string | null): name is Theme => name !== null && name in THEMES;

/** Every element of the kit in one theme; without a theme in the address, in all of them side by side. `npm run ui` serves it. */
function Kit({ theme }: { theme: Theme }) {
  return (
    <Screen title={`The kit, ${theme}`} main={{ text: 'The one main action', press: () => undefined }}>
      <States />
      <Actions />
      <Lists />
      <Fields />
      <Texts />
      <Figures />
    </Screen>
  );
}

const AllThemes = () => (
  <main className="themes">
    {Object.keys(THEMES).map((theme) => (
      <iframe key={theme} title={theme} src={`/ui.html?theme=${theme}`} />
    ))}
  </main>
);

const root = document.getElementById('root');
const wanted = new URLSearchParams(location.search).get('theme');
if (isTheme(wanted)) (window as Window & { applyTheme?: (theme: object) => void }).applyTheme?.(THEMES[wanted]);
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>{isTheme(wanted) ? <Kit theme={wanted} /> : <AllThemes />}</QueryClientProvider>
    </StrictMode>,
  );
