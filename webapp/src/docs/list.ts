import { element } from './element.ts';
import type { ApiDocument } from './document.ts';
import { operationItem, type Place } from './operation.ts';

/** Every operation by its noun, with a search over path, summary, name and error codes. */
export function operationList({ info, paths }: ApiDocument): Node[] {
  const places = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Place => ({ method, path: `/api${path}`, operation })),
  );
  const groups = new Map<string, { heading: HTMLElement; items: { item: HTMLDetailsElement; words: string }[] }>();
  for (const place of places) {
    const [tag = ''] = place.operation.tags;
    const group = groups.get(tag) ?? { heading: element('h2', { id: `tag-${tag.replaceAll(' ', '-')}` }, tag), items: [] };
    group.items.push({ item: operationItem(place), words: wordsOf(place) });
    groups.set(tag, group);
  }
  const count = element('p', { class: 'hint', role: 'status' });
  const search = element('input', {
    type: 'search',
    id: 'search',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: 'backup, server.not_found, POST …',
  });
  const look = (): void => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { heading, items } of groups.values()) {
      const left = items.filter(({ item, words }) => !(item.hidden = !wanted.every((word) => words.includes(word))));
      heading.hidden = left.length === 0;
      shown += left.length;
    }
    count.textContent = shown === 0 ? 'Nothing fits. Try fewer words.' : `${shown} of ${places.length} operations`;
  };
  search.addEventListener('input', look);
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    search.focus();
  });
  look();
  return [
    element('p', {}, `Version ${info.version}. Send each request with the header `, element('code', {}, 'Authorization: Bearer …'), '.'),
    element('label', { for: 'search' }, 'Search'),
    search,
    count,
    ...[...groups.values()].flatMap(({ heading, items }) => [heading, ...items.map(({ item }) => item)]),
  ];
}

const wordsOf = ({ method, path, operation }: Place): string =>
  [method, path, operation.summary, operation.operationId, ...Object.values(operation.responses).flatMap((one) => one['x-codes'] ?? [])]
    .join(' ')
    .toLowerCase();

/** Opens the operation that the address names, and keeps it in the address when one is opened. */
export function followAddress(main: HTMLElement): void {
  const open = (): void => {
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!(named instanceof HTMLDetailsElement)) return;
    named.open = true;
    named.scrollIntoView();
  };
  main.addEventListener(
    'toggle',
    ({ target }) => {
      if (target instanceof HTMLDetailsElement && target.open && target.id !== '') history.replaceState(null, '', `#${target.id}`);
    },
    true,
  );
  addEventListener('hashchange', open);
  open();
}
