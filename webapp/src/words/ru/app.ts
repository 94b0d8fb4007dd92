import type { Words } from '../en.ts';

export const app: Words['app'] = {
  name: 'Clawmoor',
  back: 'Назад',
  retry: 'Повторить',
  cancel: 'Отмена',
  close: 'Закрыть',
  copy: 'Копировать',
  copied: 'Скопировано',
  details: 'Подробности',
  loading: 'Загрузка',
  optional: 'необязательно',
  none: 'нет',
  search: 'Поиск',
  clear: 'Очистить',
  more: 'Показать ещё',
  settings: 'Настройки',
  offline: 'Нет связи. Это данные на {time}.',
  offlineNew: 'Нет связи. Приложение само попробует ещё раз.',
  offlineAction: 'Для этого нужна связь с Clawmoor.',
  stale: 'Данные на {time}; обновить их не удалось.',
};

export const failed: Words['failed'] = {
  requestId: 'Запрос',
  original: 'Ответ сервера',
  network: 'Нет связи с Clawmoor',
  networkFix: 'Проверьте сеть на этом устройстве; приложение само попробует ещё раз.',
  unexpected: 'В приложении случилось непредвиденное',
  crashed: 'Приложение остановилось. То, что запущено на серверах, продолжается.',
  reload: 'Запустить заново',
};

export const signIn: Words['signIn'] = {
  title: 'Ваши серверы, ваши агенты',
  intro: 'Clawmoor превращает пустой сервер в работающего агента OpenClaw и присматривает за ним.',
  trial: 'Это пробный запуск на вашем компьютере. Ничто не покидает его.',
  trialButton: 'Войти в пробную версию',
  telegramOnly: 'Чтобы войти, откройте Clawmoor из его бота в Telegram.',
  openTelegram: 'Открыть Telegram',
  signingIn: 'Выполняется вход …',
  over: 'Сеанс завершён.',
  overHelp: 'Закройте приложение и откройте его снова из бота. То, что запущено на серверах, продолжается, а введённое ещё здесь.',
  overBrowser: 'Войдите снова: введённое ещё здесь.',
  close: 'Закрыть',
  again: 'Войти снова',
};

export const settings: Words['settings'] = {
  title: 'Настройки',
  language: 'Язык',
  languageHelp: 'Его задаёт ваш Telegram, пока вы не выберете здесь. Вывод серверов не переводится.',
  look: 'Цвета',
  lookTelegram: 'Как в вашем Telegram: сейчас {scheme}.',
  lookBrowser: 'Как на вашем устройстве: сейчас {scheme}.',
  schemes: { light: 'светлые', dark: 'тёмные' },
  account: 'Вы',
  superAdmin: 'суперадминистратор',
  signOut: 'Выйти',
  signOutHelp: 'Завершает этот сеанс. Задачи на серверах продолжаются.',
  signOutAsk: 'Выйти из Clawmoor на этом устройстве?',
  about: 'О приложении',
  version: 'Версия',
  trial: 'Локальная пробная версия',
  client: 'Клиент',
};

export const kit: Words['kit'] = {
  close: 'Закрыть',
  log: {
    empty: 'Пока ни строки.',
    noMatch: 'Нет подходящих строк.',
    newLines: 'Новые строки',
    toEnd: 'В конец',
    wrap: 'Перенос',
    times: 'Время',
    errors: 'Ошибки',
    search: 'Поиск в журнале',
    copy: 'Копировать',
    lines: { one: '# строка', few: '# строки', many: '# строк', other: '# строки' },
  },
  diff: {
    added: 'добавлено',
    removed: 'удалено',
    same: 'Различий нет.',
    unchanged: {
      one: '# строка без изменений',
      few: '# строки без изменений',
      many: '# строк без изменений',
      other: '# строки без изменений',
    },
  },
  chart: {
    noValues: 'Значений пока нет',
    summary: '{name}: сейчас {last}, минимум {low}, максимум {high}',
    failed: 'График не удалось построить.',
  },
  editor: { unsaved: 'Ещё не сохранено', leave: 'Выйти без сохранения? Изменения пропадут.', leaveAction: 'Выйти' },
  qr: { label: 'QR-код: {text}' },
  typeName: 'Введите {name} для подтверждения:',
  topology: { title: 'Как всё связано', you: 'Вы', panel: 'Clawmoor', gateway: 'Шлюз' },
};
