import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useSheet } from '../../../ui/sheet.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { config as text } from '../../../words/en/config.ts';
import { plural } from '../../../words/words.ts';
import { Review } from './review.tsx';
import { useApplied } from './applied.ts';
import { useWishes } from './wishes.ts';

/** Every screen of the configuration: its main action looks at what was changed on any of them. */
export function ConfigScreen({ id, title, back, children }: { id: string; title: string; back?: string; children: ReactNode }) {
  const sheet = useSheet('review');
  const { wishes } = useWishes(id);
  const applied = useApplied(id);
  return (
    <Screen
      title={title}
      {...(back !== undefined && { back })}
      main={wishes.length > 0 ? { text: plural(text.review, wishes.length), press: sheet.show } : undefined}
    >
      {applied && wishes.length === 0 && (
        <p className="notice" role="status">
          <strong>{text.applied}</strong>
          <Link href={`/servers/${id}/config-history`}>{text.history}</Link>
        </p>
      )}
      {children}
      <Review id={id} sheet={sheet} />
    </Screen>
  );
}
