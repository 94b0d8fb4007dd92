import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/queries.ts';
import { App } from './app/app.tsx';
import { Crash } from './app/crash.tsx';
import { on, start } from './telegram/bridge.ts';
import { loadWords } from './words/language.ts';
import './ui/style.css';

start();
// The phone was unlocked, the app brought back from its minimised form, the network is there again: what is on the screen may be old.
const refresh = (): void => void queryClient.invalidateQueries({ refetchType: 'active' });
on('activated', refresh);
on('visibility_changed', ({ is_visible }) => is_visible === true && refresh());
window.addEventListener('online', refresh);

const root = document.getElementById('root');
// Not a top-level await: the entry would have to be cut in two, which costs 5 kB.
void loadWords().then(() => {
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <Crash>
        <QueryClientProvider client={queryClient}>
          <App />
        </QueryClientProvider>
      </Crash>
    </StrictMode>,
  );
});
