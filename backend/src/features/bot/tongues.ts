import { en } from './words-en.ts';
import { ru } from './words-ru.ts';
import { COMMANDS, type BotWords } from './words.ts';

export const botWords = { en, ru } as const satisfies Record<string, BotWords>;

/** What people see of the bot before they have written to it. */
export const FACE = {
  menuText: en.menu,
  commands: (['en', 'ru'] as const).map((language) => ({
    language,
    list: COMMANDS.map((command) => ({ command, description: botWords[language].commands[command] })),
  })),
};

export const fill = (template: string, values: Record<string, string | number>): string =>
  template.replaceAll(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
