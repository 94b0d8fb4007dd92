import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { useBackButton, useMainButton } from '../telegram/controls.ts';
import { kit } from '../words/en/kit.ts';
import { Icon } from './icon.tsx';

export interface SheetHandle {
  open: boolean;
  show: () => void;
  /** Resolves once the sheet is gone and the address is the screen's own again. */
  hide: () => Promise<void>;
}

const openSheet = (): string | undefined => (history.state as { sheet?: string } | null)?.sheet;

/**
 * A sheet that is an entry of the history: Telegram's back, the phone's and the browser's all close it first, and a reload
 * finds it open.
 */
export function useSheet(name: string): SheetHandle {
  const [open, setOpen] = useState(() => openSheet() === name);
  useEffect(() => {
    const look = (): void => setOpen(openSheet() === name);
    window.addEventListener('popstate', look);
    return () => window.removeEventListener('popstate', look);
  }, [name]);
  const show = useCallback(() => {
    history.pushState({ ...(history.state as object | null), sheet: name }, '');
    setOpen(true);
  }, [name]);
  const hide = useCallback(
    () =>
      new Promise<void>((resolve) => {
        if (openSheet() !== name) return resolve();
        window.addEventListener('popstate', () => resolve(), { once: true });
        history.back();
      }),
    [name],
  );
  return { open, show, hide };
}

/** A dialog from the bottom edge, on a desktop in the middle. The browser keeps the focus inside and gives it back. */
export function Sheet({ sheet, title, children }: { sheet: SheetHandle; title: string; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { open, hide } = sheet;
  useEffect(() => {
    const element = dialog.current;
    if (open && element && !element.open) element.showModal();
    else if (!open) element?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      className="sheet"
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        void hide();
      }}
      onClick={({ target, currentTarget }) => target === currentTarget && void hide()}
    >
      {open && (
        <div className="sheet-body">
          <SheetLayer hide={hide} />
          <header className="bar">
            <h2>{title}</h2>
            <button type="button" className="icon-button" aria-label={kit.close} onClick={() => void hide()}>
              <Icon name="close" />
            </button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}

/** While the sheet is open, back is its own and the screen's main button is gone. */
function SheetLayer({ hide }: { hide: () => Promise<void> }) {
  useBackButton(() => void hide(), 1);
  useMainButton(undefined, 1);
  return null;
}
