import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type * as z from 'zod/mini';
import type { AuditEntry, auditRoutes } from '@clawmoor/shared/audit.ts';
import type { AuditFilter } from '../../api/audit-queries.ts';
import { EmptyState, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Sheet, useSheet } from '../../ui/sheet.tsx';
import { audit as text } from '../../words/en/audit.ts';
import { when } from '../../words/when.ts';
import { dateTime, fill, words } from '../../words/words.ts';
import { ActiveFilter } from './active-filter.tsx';
import { EntryDetails } from './entry-details.tsx';
import { EntryRow } from './entry-row.tsx';
import { actionWord } from './entry-words.ts';
import { ExportPart } from './export-part.tsx';
import { FilterForm, type Person } from './filter.tsx';
import { useNearEnd } from './near-end.ts';

type Page = z.output<(typeof auditRoutes.listAudit)['returns']>;

export interface AuditLogProps {
  pages: UseInfiniteQueryResult<InfiniteData<Page>>;
  filter: AuditFilter;
  setFilter: (filter: AuditFilter) => void;
  /** Who can be asked for, besides those whose entries are on the screen. */
  people: readonly Person[];
  /** The log of the whole installation: with servers, addresses and export. */
  whole?: boolean;
}

/** Who did what, and when: by day, a page after the other as it is scrolled. */
export function AuditLog({ pages, filter, setFilter, people, whole = false }: AuditLogProps) {
  const filterSheet = useSheet('filter');
  const entrySheet = useSheet('entry');
  const [chosen, setChosen] = useState<AuditEntry>();
  const { open, hide } = entrySheet;
  // After a reload the sheet would be open without an entry.
  useEffect(() => {
    if (open && !chosen) void hide();
  }, [open, chosen, hide]);
  const narrow = async (next: AuditFilter): Promise<void> => {
    await filterSheet.hide();
    await hide();
    setFilter(next);
    window.scrollTo(0, 0);
  };
  const narrowed = Object.keys(filter).length > 0;
  const entries = pages.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <Screen title={text.title} main={{ text: text.filter, press: filterSheet.show }}>
      <ActiveFilter filter={filter} people={[...people, ...peopleIn(entries)]} setFilter={setFilter} />
      {whole && entries.length > 0 && <ExportPart filter={filter} />}
      <Show query={pages} rows={5}>
        {({ pages: all }) =>
          entries.length === 0 && !pages.hasNextPage ? (
            <EmptyState title={narrowed ? text.noMatch : text.empty}>{narrowed ? text.noMatchHelp : text.emptyHelp}</EmptyState>
          ) : (
            <>
              {daysOf(entries).map(({ day, rows }) => (
                <section key={day}>
                  <h2>{day}</h2>
                  <ul className="list long">
                    {rows.map((entry) => (
                      <EntryRow
                        key={entry.id}
                        entry={entry}
                        whole={whole}
                        open={() => {
                          setChosen(entry);
                          entrySheet.show();
                        }}
                      />
                    ))}
                  </ul>
                </section>
              ))}
              <End pages={pages} floor={all[0]?.floor?.at} />
            </>
          )
        }
      </Show>
      <Sheet sheet={filterSheet} title={text.filter}>
        <FilterForm filter={filter} people={[...people, ...peopleIn(entries)]} apply={(next) => void narrow(next)} />
      </Sheet>
      <Sheet sheet={entrySheet} title={chosen ? actionWord(chosen.action) : text.title}>
        {chosen && <EntryDetails entry={chosen} whole={whole} narrow={(more) => void narrow({ ...filter, ...more })} />}
      </Sheet>
    </Screen>
  );
}

/** The next page comes by itself when the end comes near; the button is there for who does not scroll. */
function End({ pages, floor }: Pick<AuditLogProps, 'pages'> & { floor: string | undefined }) {
  const { hasNextPage, isFetchingNextPage, fetchNextPage, data } = pages;
  const near = useNearEnd(() => void fetchNextPage(), hasNextPage && !isFetchingNextPage, data?.pages.length);
  if (!hasNextPage) return <p className="hint under">{floor === undefined ? text.end : fill(text.floor, { time: when(floor) })}</p>;
  return (
    <button
      ref={near}
      type="button"
      className="button plain wide"
      disabled={isFetchingNextPage}
      aria-busy={isFetchingNextPage}
      onClick={() => void fetchNextPage()}
    >
      {isFetchingNextPage ? words.app.loading : text.older}
    </button>
  );
}

function daysOf(entries: readonly AuditEntry[]): { day: string; rows: AuditEntry[] }[] {
  const days = new Map<string, AuditEntry[]>();
  for (const entry of entries) {
    const day = dateTime(entry.at, { dateStyle: 'full' });
    const rows = days.get(day);
    if (rows) rows.push(entry);
    else days.set(day, [entry]);
  }
  return [...days].map(([day, rows]) => ({ day, rows }));
}

const peopleIn = (entries: readonly AuditEntry[]): Person[] =>
  entries.flatMap(({ actor }) => (actor?.id == null ? [] : [{ id: actor.id, name: actor.name ?? actor.id }]));
