import { useEffect } from 'react';
import { useConfig } from '../../../api/config-queries.ts';
import { Diff } from '../../../ui/diff.tsx';
import { Show } from '../../../ui/parts.tsx';
import { config as text } from '../../../words/en/config.ts';
import { words } from '../../../words/words.ts';

export interface ChangedMeanwhileProps {
  id: string;
  /** What the person looked at. */
  before: Record<string, unknown>;
  goOn: () => void;
  giveUp: () => void;
}

/** Somebody else was quicker: what they changed is shown before ours is laid upon it. */
export function ChangedMeanwhile({ id, before, goOn, giveUp }: ChangedMeanwhileProps) {
  const config = useConfig(id);
  const { refetch } = config;
  useEffect(() => void refetch(), [refetch]);
  return (
    <>
      <p className="notice warn" role="alert">
        <strong>{text.stale}</strong>
        {text.staleHelp}
      </p>
      <Show query={config}>
        {(now) => (
          <Diff before={JSON.stringify(before, undefined, 2)} after={JSON.stringify(now.config, undefined, 2)} label={text.staleDiff} />
        )}
      </Show>
      <div className="actions even">
        <button type="button" className="button plain" onClick={giveUp}>
          {words.app.cancel}
        </button>
        <button type="button" className="button" disabled={config.isFetching} aria-busy={config.isFetching} onClick={goOn}>
          {text.goOn}
        </button>
      </div>
    </>
  );
}
