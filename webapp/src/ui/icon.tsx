// Drawn on a grid of 24 with a stroke of 1.8, in the colour of the text around them.
const PATHS = {
  add: 'M12 5v14M5 12h14',
  agents: 'M8 8h8a3 3 0 0 1 3 3v5a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3v-5a3 3 0 0 1 3-3ZM12 8V5M9.5 13v1.5M14.5 13v1.5',
  back: 'M15 5l-7 7 7 7',
  chevron: 'M9 5l7 7-7 7',
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M12 5v13M6 12.5l6 6 6-6',
  history: 'M4.5 12a7.5 7.5 0 1 0 2.4-5.5M4.5 4.5v3.4h3.4M12 8v4.2l2.8 1.7',
  key: 'M14.5 9.5a4 4 0 1 0-3.6 4l1.6 1.5h2v2h2v2h2.5v-2.8l-5-4.9M9 8.5h.01',
  plug: 'M9 4v4M15 4v4M7 8h10v3a5 5 0 0 1-10 0V8ZM12 16v4',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5L20 20',
  server: 'M5 5h14v6H5zM5 13h14v6H5zM8 8h.01M8 16h.01',
  settings:
    'M12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM12 3.5v2.2M12 18.3v2.2M4.6 7.8l1.9 1.1M17.5 15.1l1.9 1.1M4.6 16.2l1.9-1.1M17.5 8.9l1.9-1.1',
  trash: 'M5 7h14M9.5 7V5h5v2M7 7l.8 12h8.4L17 7',
  wrench: 'M19.5 7.5a4.5 4.5 0 0 1-6 5.4L7 19.4 4.6 17l6.5-6.5a4.5 4.5 0 0 1 5.4-6l-2.7 2.7 3 3 2.7-2.7Z',
} as const;

export type IconName = keyof typeof PATHS;
/** A picture that does not come with the app itself. */
export interface Shape {
  d: string;
}
export type IconLook = IconName | Shape;

/** A picture beside a word, never instead of one: screen readers skip it. Arrows turn round where the script does. */
export function Icon({ name }: { name: IconLook }) {
  return (
    <svg className={name === 'back' || name === 'chevron' ? 'icon turns' : 'icon'} viewBox="0 0 24 24" aria-hidden="true">
      <path d={typeof name === 'string' ? PATHS[name] : name.d} />
    </svg>
  );
}
