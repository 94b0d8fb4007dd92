/** A phrase that depends on a number; `#` stands for it. Which form a number takes is the language's matter. */
export interface Forms {
  one?: string;
  few?: string;
  many?: string;
  other: string;
}

export type Tree = { [key: string]: string | readonly string[] | Forms | Tree };

/** A part as translations see it: any sentence, not this one. */
export type Part<Words> = {
  [Key in keyof Words]: Words[Key] extends string
    ? string
    : Words[Key] extends readonly string[]
      ? readonly string[]
      : Words[Key] extends Forms
        ? Forms
        : Part<Words[Key]>;
};

const sections = new Map<string, { english: Tree; live: Tree }>();
let translation: Record<string, Tree> | undefined;

/**
 * A part of the app's words. English travels with the screen that imports the part; another language is one file that writes
 * itself over all parts, those that come later included. So read a word when it is drawn, not when a module is loaded.
 */
export function section<Words extends Tree>(name: string, english: Words): Part<Words> {
  const live = structuredClone<Tree>(english);
  sections.set(name, { english, live });
  if (translation?.[name]) overwrite(live, translation[name]);
  return live as Part<Words>; // the same keys, with sentences that change
}

/** Writes a language over all parts; `undefined` is English. */
export function translate(dictionary: Record<string, Tree> | undefined): void {
  translation = dictionary;
  for (const [name, { english, live }] of sections) {
    // Over English, so that nothing of the language before stays.
    overwrite(live, english);
    if (dictionary?.[name]) overwrite(live, dictionary[name]);
  }
}

/** Adds parts to the language that is spoken: those of screens that come later. */
export function translateMore(dictionary: Record<string, Tree>): void {
  translation = { ...translation, ...dictionary };
  for (const [name, { live }] of sections) if (dictionary[name]) overwrite(live, dictionary[name]);
}

function overwrite(target: Tree, source: Tree): void {
  for (const [key, value] of Object.entries(source)) {
    const old = target[key];
    if (isTree(value) && isTree(old)) overwrite(old, value);
    else target[key] = value;
  }
}

const isTree = (value: Tree[string] | undefined): value is Tree => typeof value === 'object' && !Array.isArray(value);
