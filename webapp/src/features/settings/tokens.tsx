import { useState } from 'react';
import type { NewPersonalToken, PersonalToken } from '@clawmoor/shared/tokens.ts';
import { useRevokeToken, useTokens } from '../../api/me-queries.ts';
import { haptic, useClosingConfirmation } from '../../telegram/controls.ts';
import { confirm } from '../../telegram/popup.ts';
import { List } from '../../ui/list.tsx';
import { CopyLine, EmptyState, Failed, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Sheet, useSheet } from '../../ui/sheet.tsx';
import { codes } from '../../words/en/codes.ts';
import { tokens as text } from '../../words/en/tokens.ts';
import { when } from '../../words/when.ts';
import { ago, fill } from '../../words/words.ts';
import { TokenForm } from './token-form.tsx';

/** Tokens for scripts: made, shown once, ended. */
export function Tokens() {
  const tokens = useTokens();
  const sheet = useSheet('token');
  const [made, setMade] = useState<NewPersonalToken>();
  useClosingConfirmation(made !== undefined);
  const main = made
    ? { text: text.copied, press: () => setMade(undefined) }
    : tokens.data
      ? { text: text.create, press: sheet.show }
      : undefined;
  return (
    <Screen title={text.title} main={main} leave={made && { question: text.leave, action: text.leaveAction }}>
      <p>{text.intro}</p>
      {made && (
        <section className="notice" role="status">
          <strong>{fill(text.made, { name: made.name })}</strong>
          <p>{text.once}</p>
          <CopyLine text={made.token} />
        </section>
      )}
      <Show query={tokens} empty={{ when: (all) => all.length === 0, face: <EmptyState title={text.empty}>{text.emptyHelp}</EmptyState> }}>
        {(all) => <TokenList tokens={all} />}
      </Show>
      <Sheet sheet={sheet} title={text.create}>
        <TokenForm
          close={() => void sheet.hide()}
          made={async (token) => {
            haptic('success');
            setMade(token);
            await sheet.hide();
            window.scrollTo(0, 0);
          }}
        />
      </Sheet>
    </Screen>
  );
}

function TokenList({ tokens }: { tokens: readonly PersonalToken[] }) {
  const revoke = useRevokeToken();
  const ask = async ({ id, name }: PersonalToken): Promise<void> => {
    if (await confirm(fill(text.revokeAsk, { name }), text.revoke)) revoke.mutate(id, { onSuccess: () => haptic('success') });
  };
  return (
    <>
      {revoke.isError && <Failed error={revoke.error} />}
      <List>
        {tokens.map((token) => (
          <li key={token.id} className="row">
            <span className="grow">
              <bdi>{token.name}</bdi>
              <small>{codes.scopes[token.scope]}</small>
              <small>
                {fill(Date.parse(token.expiresAt) > Date.now() ? text.until : text.over, { time: when(token.expiresAt) })},{' '}
                {token.lastUsedAt === null ? text.never : fill(text.used, { time: ago(token.lastUsedAt) })}
              </small>
            </span>
            <button type="button" className="button danger small" disabled={revoke.isPending} onClick={() => void ask(token)}>
              {text.revoke}
            </button>
          </li>
        ))}
      </List>
    </>
  );
}
