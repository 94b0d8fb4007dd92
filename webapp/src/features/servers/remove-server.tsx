import { useLocation } from 'wouter';
import type { Server } from '@clawmoor/shared/servers.ts';
import { useRemoveServer } from '../../api/server-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { useSheet } from '../../ui/sheet.tsx';
import { TypeName } from '../../ui/type-name.tsx';
import { server as text } from '../../words/en/server.ts';

export function RemoveServer({ server }: { server: Server }) {
  const sheet = useSheet('remove');
  const remove = useRemoveServer(server.id);
  const [, go] = useLocation();
  const removed = async (): Promise<void> => {
    haptic('success');
    await sheet.hide();
    go('/', { replace: true });
  };
  return (
    <>
      <button type="button" className="button danger wide" onClick={sheet.show}>
        {text.remove}
      </button>
      <TypeName
        sheet={sheet}
        action={text.remove}
        help={text.removeHelp}
        name={server.name}
        busy={remove.isPending}
        error={remove.error}
        confirm={() => remove.mutate(undefined, { onSuccess: () => void removed() })}
      />
    </>
  );
}
