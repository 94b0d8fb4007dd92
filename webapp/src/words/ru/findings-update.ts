import type { UpdateCode } from '@clawmoor/shared/setup.ts';
import type { Sentence } from '../problems.ts';

const enough: Sentence = { message: 'Достаточно' };
const space = 'Освободите место: df -h покажет где.';
const swap = 'Добавьте подкачку: fallocate -l 2G /swapfile; chmod 600 /swapfile; mkswap /swapfile; swapon /swapfile';
const node = 'Выполните шаг установки «Установить Node.js».';

/** What the look before an update of OpenClaw finds. */
export const updates: Record<UpdateCode, Sentence> = {
  'update.not_installed': { message: 'OpenClaw здесь не установлен', fix: 'Сначала выполните установку.' },
  'update.newer': { message: 'Версия новее' },
  'update.same': { message: 'Эта версия уже установлена' },
  'update.older': { message: 'Это старее установленной: старая версия не прочтёт написанное новой', fix: 'Выберите версию новее.' },
  'update.untested_new': {
    message: 'С этой версией Clawmoor ещё не проверяли',
    fix: 'Возможно, она подойдёт; если нет, вернётся прежняя.',
  },
  'update.untested_old': { message: 'С такой старой версией Clawmoor не проверяли' },
  'update.tested': { message: 'С этой версией Clawmoor проверен' },
  'update.node_none': { message: 'Нет Node.js с npm', fix: node },
  'update.node_fine': { message: 'Подходит этой версии' },
  'update.node_old': { message: 'Новой версии нужен другой Node.js', fix: `${node} Затем обновите.` },
  'update.disk_unknown': {
    message: 'Не удалось измерить, сколько занимают данные OpenClaw',
    fix: 'Перенесите большие рабочие папки из ~/.openclaw.',
  },
  'update.disk_short': { message: 'Не хватит на новую версию, резервную копию и копию данных', fix: space },
  'update.disk_tight': { message: 'Хватит на это обновление и ненамного больше', fix: space },
  'update.disk_fine': enough,
  'update.memory_short': { message: 'Мало для установки рядом с работающим шлюзом', fix: swap },
  'update.memory_tight': { message: 'Установке может не хватить памяти; тогда ничего не изменится', fix: swap },
  'update.memory_fine': enough,
  'update.package_none': { message: 'За командой openclaw нет пакета npm', fix: 'Обновите OpenClaw тем же способом, каким ставили.' },
  'update.package_other_user': {
    message: 'OpenClaw принадлежит другому пользователю',
    fix: 'Обновите от его имени: npm install -g openclaw@latest',
  },
  'update.package_other_disk': {
    message: 'OpenClaw лежит не на том диске, где домашняя папка, поэтому его не заменить разом',
    fix: 'Обновите вручную.',
  },
  'update.data_unmovable': {
    message: 'Данные OpenClaw нельзя вернуть одним движением: папки нет, или это отдельный диск',
    fix: 'Сделайте ~/.openclaw папкой на диске домашней папки.',
  },
  'update.package_fine': { message: 'Можно заменить' },
  'update.service_none': { message: 'Ничто не держит шлюз запущенным', fix: 'Выполните шаг установки «Держать шлюз запущенным».' },
  'update.service_other': {
    message: 'Служба запускает не тот OpenClaw, что команда openclaw',
    fix: 'На сервере: openclaw gateway install --force',
  },
  'update.service_fine': { message: 'Запускает шлюз' },
  'update.gateway_down': { message: 'Шлюз сейчас не работает', fix: 'Сначала верните его: обновлению нужно с чем сравнить.' },
  'update.gateway_other': { message: 'Шлюз работает на другой версии, чем установлена', fix: 'Сначала перезапустите шлюз.' },
  'update.gateway_fine': { message: 'Отвечает' },
  'update.registry_silent': {
    message: 'Реестр npm не отвечает, поэтому о новой версии ничего не известно',
    fix: 'Проверьте сеть Clawmoor и посмотрите снова.',
  },
  'update.no_such_version': { message: 'Такой версии в реестре npm нет', fix: 'Выберите другую.' },
  'update.breaking': {
    message: 'OpenClaw называет изменения, из-за которых может понадобиться ваша работа',
    fix: 'Прочтите их до обновления.',
  },
  'update.changelog_fine': { message: 'В списках изменений нет несовместимых' },
  'update.changelog_unread': {
    message: 'Списки изменений этих версий не прочитаны',
    fix: 'Посмотрите снова через минуту или прочтите на их странице.',
  },
};
