import type { Plugin, PluginDetail } from '@clawmoor/shared/openclaw-plugins.ts';
import { ApiError } from '../../api/client.ts';
import { useInstallPlugin, usePlugin, useRemovePlugin, useSetPlugin, useUpdatePlugin } from '../../api/plugin-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { confirm } from '../../telegram/popup.ts';
import { Failed, Show } from '../../ui/parts.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { plugins as text } from '../../words/en/plugins.ts';
import { fill } from '../../words/words.ts';
import { askTwice } from '../skills/twice.ts';
import { Brings } from './brings.tsx';
import { PluginState } from './plugins.tsx';

export interface OnePluginProps {
  serverId: string;
  plugin: Plugin;
  mayChange: boolean;
  hide: () => Promise<void>;
}

/** One plugin: what it may do, and what may be done with it. Stands in a sheet. */
export function OnePlugin({ serverId, plugin, mayChange, hide }: OnePluginProps) {
  const detail = usePlugin(serverId, plugin.id);
  return (
    <>
      <p className="line-between">
        <PluginState plugin={plugin} />
        {plugin.version !== null && <bdi dir="ltr">{fill(text.version, { version: plugin.version })}</bdi>}
      </p>
      {plugin.description !== null && (
        <p>
          <bdi>{plugin.description}</bdi>
        </p>
      )}
      {plugin.installed ? (
        <Show query={detail} rows={2}>
          {(known) => (
            <>
              <Brings brought={known} />
              {known.dangerousFlags.length > 0 && (
                <p className="notice warn">
                  <strong>{text.danger}</strong>
                  <bdi dir="ltr">{known.dangerousFlags.join(', ')}</bdi>
                </p>
              )}
              {mayChange && <OnOff serverId={serverId} plugin={known} />}
            </>
          )}
        </Show>
      ) : (
        mayChange && plugin.installable && <InstallOfficial serverId={serverId} plugin={plugin} />
      )}
      {mayChange && plugin.updatable && <UpdatePlugin serverId={serverId} plugin={plugin} />}
      {mayChange && plugin.removable && <RemovePlugin serverId={serverId} plugin={plugin} hide={hide} />}
    </>
  );
}

function OnOff({ serverId, plugin }: { serverId: string; plugin: PluginDetail }) {
  const set = useSetPlugin(serverId, plugin.id);
  const change = async (enabled: boolean): Promise<void> => {
    const dangerous = enabled && plugin.dangerousFlags.length > 0;
    if (dangerous && !(await confirm(fill(text.dangerAsk, { name: plugin.name }), text.dangerAction))) return;
    set.mutate({ enabled, reviewToken: plugin.reviewToken }, { onSuccess: () => haptic('success') });
  };
  return (
    <>
      <Toggle
        label={text.onFor}
        help={text.onHelp}
        checked={set.isPending ? set.variables.enabled : plugin.enabled}
        disabled={set.isPending}
        onChange={(enabled) => void change(enabled)}
      />
      {set.data?.restartRequired === true && (
        <p className="notice" role="status">
          {text.restart}
        </p>
      )}
      {set.isError && <Failed error={set.error} />}
    </>
  );
}

function InstallOfficial({ serverId, plugin }: { serverId: string; plugin: Plugin }) {
  const install = useInstallPlugin(serverId);
  return (
    <>
      <p className="hint">{text.official}</p>
      {install.isError && <Failed error={install.error} />}
      <button
        type="button"
        className="button wide"
        disabled={install.isPending}
        aria-busy={install.isPending}
        onClick={() => install.mutate({ source: 'official', id: plugin.id, confirm: false }, { onSuccess: () => haptic('success') })}
      >
        {install.isPending ? text.installing : text.install}
      </button>
    </>
  );
}

function UpdatePlugin({ serverId, plugin: { id, name } }: { serverId: string; plugin: Plugin }) {
  const update = useUpdatePlugin(serverId, id);
  const unchecked = isUnchecked(update.error);
  const run = (confirmed: boolean): void =>
    update.mutate(confirmed, {
      onSuccess: () => haptic('success'),
      onError: (error) => void (isUnchecked(error) && askTwice(name).then((meant) => meant && run(true))),
    });
  return (
    <>
      {update.isError && !unchecked && <Failed error={update.error} />}
      {update.data && (
        <p className="hint" role="status">
          {fill(text.updated, { version: update.data.plugin.version ?? '?' })}
        </p>
      )}
      <button
        type="button"
        className="button plain wide"
        disabled={update.isPending}
        aria-busy={update.isPending}
        onClick={() => run(false)}
      >
        {update.isPending ? text.updating : text.update}
      </button>
    </>
  );
}

const isUnchecked = (error: unknown): boolean => error instanceof ApiError && error.code === 'plugin.unchecked';

function RemovePlugin({ serverId, plugin: { id, name }, hide }: Omit<OnePluginProps, 'mayChange'>) {
  const remove = useRemovePlugin(serverId, id);
  const ask = async (): Promise<void> => {
    if (!(await confirm(fill(text.removeAsk, { name }), text.remove))) return;
    // Not `onSuccess`: by then the list is without it, and this part of the sheet is gone.
    await remove.mutateAsync(undefined).then(
      () => (haptic('success'), hide()),
      () => undefined,
    );
  };
  return (
    <>
      {remove.isError && <Failed error={remove.error} />}
      <button
        type="button"
        className="button danger wide"
        disabled={remove.isPending}
        aria-busy={remove.isPending}
        onClick={() => void ask()}
      >
        {text.remove}
      </button>
    </>
  );
}
