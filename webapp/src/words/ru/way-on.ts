import type { LaterWords } from '../en-later.ts';

export const wayOn: LaterWords['wayOn'] = {
  task: 'Посмотреть, что выполняется',
  setup: 'Установить OpenClaw',
  diagnosis: 'Посмотреть, что не так',
  fingerprint: 'Сверить отпечаток',
  connection: 'Проверить соединение',
  back: 'Назад к списку',
  servers: 'К вашим серверам',
};
