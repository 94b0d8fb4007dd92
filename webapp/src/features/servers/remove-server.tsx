import { useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { Server } from '@clawmoor/shared/servers.ts';
import { useRemoveServer } from '../../api/server-queries.ts';
import { Field } from '../../ui/field.tsx';
import { Failed } from '../../ui/parts.tsx';
import { words } from '../../words/words.ts';

const text = words.server;

export function RemoveServer({ server }: { server: Server }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const remove = useRemoveServer(server.id);
  const [, go] = useLocation();
  return (
    <div className="actions">
      <button type="button" className="button danger" onClick={() => dialog.current?.showModal()}>
        {text.remove}
      </button>
      <dialog ref={dialog} aria-label={text.remove}>
        <form
          method="dialog"
          onSubmit={(event) => {
            event.preventDefault();
            remove.mutate(undefined, { onSuccess: () => go('/') });
          }}
        >
          <p>{text.removeHelp}</p>
          <Field
            label={text.removeType}
            help={server.name}
            value={typed}
            autoComplete="off"
            onChange={({ target }) => setTyped(target.value)}
          />
          {remove.isError && <Failed error={remove.error} />}
          <div className="actions">
            <button type="button" className="button plain" onClick={() => dialog.current?.close()}>
              {words.app.cancel}
            </button>
            <button type="submit" className="button danger" disabled={typed !== server.name || remove.isPending}>
              {text.remove}
            </button>
          </div>
        </form>
      </dialog>
    </div>
  );
}
