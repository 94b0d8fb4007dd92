import type { LaterWords } from '../en-later.ts';

export const serverGroups: LaterWords['serverGroups'] = {
  daily: 'Каждый день',
  openclaw: 'Настройка OpenClaw',
  trouble: 'Если что-то не так',
  people: 'Люди',
  machine: 'Этот сервер',
};
