// oxlint-disable-next-line no-control-regex -- colours of a terminal, the one escape that the server lets through
const COLOURS = /\x1b\[[0-9;]*m/g;

/** A line of a server's output as text: it is never markup, and its colours are left out. */
export const plainText = (line: string): string => line.replace(COLOURS, '');
