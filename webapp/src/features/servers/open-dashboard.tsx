import { useDashboardLink } from '../../api/control-queries.ts';
import { isTelegram, post } from '../../telegram/bridge.ts';
import { Failed } from '../../ui/parts.tsx';
import { control as text } from '../../words/en/control.ts';

/** OpenClaw's own page, in the browser of the phone: its link is good once, so it is made when it is asked for. */
export function OpenDashboard({ serverId }: { serverId: string }) {
  const link = useDashboardLink(serverId);
  const open = (): void => {
    // A browser opens a window for the press itself, not for the answer that comes after it.
    const window_ = isTelegram ? undefined : window.open('', '_blank');
    link.mutate(undefined, {
      onSuccess: ({ url }) => {
        if (isTelegram) return post('web_app_open_link', { url });
        if (!window_) return location.assign(url);
        window_.opener = null;
        window_.location.href = url;
      },
      onError: () => window_?.close(),
    });
  };
  return (
    <>
      <button type="button" className="button plain" disabled={link.isPending} aria-busy={link.isPending} onClick={open}>
        {link.isPending ? text.opening : text.dashboard}
      </button>
      {link.isError && <Failed error={link.error} />}
    </>
  );
}
