import type { LaterWords } from '../en-later.ts';

export const devices: LaterWords['devices'] = {
  title: 'Устройства',
  empty: 'Устройств пока нет',
  emptyHelp: 'Приложения OpenClaw на телефонах и компьютерах просятся сюда при первом подключении.',
  asking: 'Просят впустить',
  paired: 'Могут подключаться',
  askedAt: 'запрос {time}',
  pairedAt: 'впущено {time}',
  repair: 'Оно уже было впущено и просит больше прежнего.',
  letIn: 'Впустить',
  turnAway: 'Отказать',
  letInAsk: 'Впустить устройство «{name}» к этому шлюзу? Только если вы подключаете его сейчас.',
  rename: 'Переименовать',
  name: 'Название',
  save: 'Сохранить',
  remove: 'Выгнать',
  removeAsk: 'Выгнать устройство «{name}»? Ему придётся проситься заново.',
};
