import type { LaterWords } from '../en-later.ts';

export const logs: LaterWords['logs'] = {
  title: 'Журнал',
  level: 'Начиная с какого уровня',
  levels: { all: 'Все', info: 'Инфо', warn: 'Важное', error: 'Ошибки' },
  sources: {
    journal: 'Шлюз не отвечает: последние строки его службы, прочитанные по SSH',
    file: 'Шлюз не отвечает: последние строки его журнала, прочитанные по SSH',
  },
  gap: 'Он писал быстрее, чем удавалось читать: часть строк пропущена.',
};
