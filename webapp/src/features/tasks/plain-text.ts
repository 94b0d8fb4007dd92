const COLOURS = /\x1b\[[0-9;]*m/g;

/** A line of a server's output as text: it is never markup, and its colours are left out. */
export const plainText = (line: string): string => line.replace(COLOURS, '');
