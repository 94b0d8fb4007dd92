import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { signIn, signInToTrial } from '../../api/session.ts';
import { useHealth } from '../../api/queries.ts';
import { initData, isTelegram } from '../../telegram/bridge.ts';
import { close } from '../../telegram/controls.ts';
import { Failed } from '../../ui/parts.tsx';
import { words } from '../../words/words.ts';

const text = words.signIn;

/** Over the screen, which stays as it was: the session has ended, and one tap goes on. */
export function SessionOver() {
  const dialog = useRef<HTMLDialogElement>(null);
  const trial = useHealth().data?.trial === true;
  const client = useQueryClient();
  const enter = useMutation({
    mutationFn: () => (initData === '' ? signInToTrial() : signIn()),
    onSuccess: () => client.invalidateQueries(),
  });
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  return (
    <dialog ref={dialog} className="sheet" aria-labelledby="session-over" onCancel={(event) => event.preventDefault()}>
      <div className="sheet-body" role="alert">
        <h2 id="session-over">{text.over}</h2>
        <p>{isTelegram ? text.overHelp : trial ? text.overBrowser : text.telegramOnly}</p>
        {enter.isError && <Failed error={enter.error} />}
        <div className="actions">
          {isTelegram && (
            <button type="button" className="button" onClick={close}>
              {text.close}
            </button>
          )}
          {(isTelegram || trial) && (
            <button
              type="button"
              className={isTelegram ? 'button plain' : 'button'}
              disabled={enter.isPending}
              onClick={() => enter.mutate()}
            >
              {text.again}
            </button>
          )}
        </div>
      </div>
    </dialog>
  );
}
