import { useState } from 'react';
import { NOTICE_KINDS, type NoticeKind } from '@clawmoor/shared/notice.ts';
import type { NewWebhook } from '@clawmoor/shared/webhooks.ts';
import { Chips } from '../../ui/chips.tsx';
import { Field } from '../../ui/field.tsx';
import { Failed } from '../../ui/parts.tsx';
import { incidents } from '../../words/en/incidents.ts';
import { webhooks as text } from '../../words/en/webhooks.ts';
import { words } from '../../words/words.ts';

export interface HookFormProps {
  /** What stands there now, of one that is changed. */
  from?: { url: string; kinds: readonly string[] };
  busy: boolean;
  error: unknown;
  save: (hook: NewWebhook) => void;
  close: () => void;
}

const OPTIONS = (): { key: NoticeKind; label: string }[] => NOTICE_KINDS.map((key) => ({ key, label: incidents.kinds[key] }));

/** The address of another program, and what it is told. */
export function HookForm({ from, busy, error, save, close }: HookFormProps) {
  const [url, setUrl] = useState(from?.url ?? '');
  const [kinds, setKinds] = useState<NoticeKind[]>(() => NOTICE_KINDS.filter((kind) => from?.kinds.includes(kind)));
  const isAddress = /^https?:\/\/[^\s/@]+/i.test(url.trim());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isAddress && !busy) save({ url: url.trim(), kinds });
      }}
    >
      <Field
        label={text.url}
        help={from && hostOf(url) !== hostOf(from.url) ? text.otherHost : text.urlHelp}
        problem={url.length > 8 && !isAddress ? text.urlWrong : undefined}
        inputMode="url"
        dir="ltr"
        autoComplete="off"
        maxLength={1_000}
        value={url}
        onChange={({ target }) => setUrl(target.value)}
      />
      <h3>{text.kinds}</h3>
      <p className="hint">{kinds.length === 0 ? text.allKinds : text.someKinds}</p>
      <Chips label={text.kinds} options={OPTIONS()} value={kinds} onChange={setKinds} />
      {error !== null && error !== undefined && <Failed error={error} />}
      <div className="actions even">
        <button type="button" className="button plain" onClick={close}>
          {words.app.cancel}
        </button>
        <button type="submit" className="button" disabled={!isAddress || busy} aria-busy={busy}>
          {from ? text.save : text.add}
        </button>
      </div>
    </form>
  );
}

export const hostOf = (url: string): string => /^https?:\/\/([^/?#]+)/i.exec(url.trim())?.[1]?.toLowerCase() ?? '';
