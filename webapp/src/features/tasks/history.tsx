import { useTaskPages } from '../../api/task-queries.ts';
import { List } from '../../ui/list.tsx';
import { EmptyState, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { TaskRow } from '../../ui/task-row.tsx';
import { task as text } from '../../words/en/task.ts';
import { words } from '../../words/words.ts';

/** Everything that was run on a server, newest first. */
export function History({ id }: { id: string }) {
  const pages = useTaskPages(id);
  return (
    <Screen title={text.historyTitle}>
      <Show
        query={pages}
        empty={{
          when: ({ pages: all }) => all[0]?.tasks.length === 0,
          face: <EmptyState title={text.historyEmpty}>{text.historyEmptyHelp}</EmptyState>,
        }}
      >
        {({ pages: all }) => (
          <>
            <List>
              {all
                .flatMap(({ tasks }) => tasks)
                .map((task) => (
                  <TaskRow key={task.id} task={task} />
                ))}
            </List>
            {pages.hasNextPage && (
              <button
                type="button"
                className="button plain wide"
                disabled={pages.isFetchingNextPage}
                aria-busy={pages.isFetchingNextPage}
                onClick={() => void pages.fetchNextPage()}
              >
                {pages.isFetchingNextPage ? words.app.loading : text.older}
              </button>
            )}
          </>
        )}
      </Show>
    </Screen>
  );
}
