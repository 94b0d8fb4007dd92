import type { PrereqCode } from '@clawmoor/shared/setup.ts';
import type { Sentence } from '../problems.ts';

const enough: Sentence = { message: 'Достаточно' };
const fine: Sentence = { message: 'Подходит' };
const swap = 'Добавьте подкачку: fallocate -l 2G /swapfile; chmod 600 /swapfile; mkswap /swapfile; swapon /swapfile';
const space = 'Освободите место: df -h покажет где; часто помогают apt-get clean и journalctl --vacuum-size=100M.';

/** What the checks of a server find before a setup. */
export const prereqs: Record<PrereqCode, Sentence> = {
  'prereq.os_fine': fine,
  'prereq.os_other': { message: 'OpenClaw устанавливается только на Linux', fix: 'Возьмите сервер с Debian или Ubuntu.' },
  'prereq.arch_fine': fine,
  'prereq.arch_other': { message: 'Для этого процессора нет Node.js', fix: 'Возьмите сервер с 64-разрядным x86 или ARM.' },
  'prereq.libc_fine': fine,
  'prereq.libc_musl': {
    message: 'На систему с musl нельзя принести Node.js',
    fix: 'Установите Node.js 24 её менеджером пакетов (apk add nodejs npm) или возьмите Debian или Ubuntu.',
  },
  'prereq.memory_fine': enough,
  'prereq.memory_short': { message: 'OpenClaw нужен хотя бы 1 ГиБ памяти и подкачки вместе', fix: swap },
  'prereq.memory_tight': { message: 'Работать будет, но памяти может не хватить; удобно с 2 ГиБ', fix: swap },
  'prereq.disk_fine': enough,
  'prereq.disk_short': { message: 'OpenClaw и Node.js нужно 2 ГиБ свободного места', fix: space },
  'prereq.disk_tight': { message: 'Для установки хватит; обновлениям и агентам понадобится больше', fix: space },
  'prereq.node_fine': fine,
  'prereq.node_old': { message: 'Слишком стар для OpenClaw; установка принесёт свой, а этот не тронет' },
  'prereq.node_none': { message: 'Его принесёт установка' },
  'prereq.openclaw_there': { message: 'Установлен' },
  'prereq.openclaw_none': { message: 'Будет установлен' },
  'prereq.port_free': { message: 'Свободен' },
  'prereq.port_ours': { message: 'Занят, по-видимому, самим OpenClaw' },
  'prereq.port_taken': { message: 'Порт занят другой программой', fix: 'Выберите другой порт в установке.' },
  'prereq.registry_answers': { message: 'Реестр npm отвечает' },
  'prereq.registry_silent': {
    message: 'Сервер не может связаться с реестром npm',
    fix: 'OpenClaw берётся оттуда: проверьте сеть, DNS и прокси сервера.',
  },
  'prereq.registry_later': { message: 'Проверится, когда появится npm' },
  'prereq.forwarding_fine': { message: 'Шлюз доступен через SSH' },
  'prereq.forwarding_off': { message: 'Проброс TCP выключен; Clawmoor пойдёт мостом через команду' },
  'prereq.tmp_fine': fine,
  'prereq.tmp_noexec': { message: 'Из /tmp нельзя запускать программы; установке это и не нужно' },
  'prereq.shell_fine': { message: 'Подойдёт любая' },
  'prereq.tar_there': { message: 'Есть' },
  'prereq.tar_none': { message: 'Нет tar, Node.js не распаковать', fix: 'Установите: apt-get install tar gzip' },
  'prereq.sudo_root': { message: 'Вход под root' },
  'prereq.sudo_free': { message: 'Работает без пароля' },
  'prereq.sudo_none': {
    message: 'sudo нет: всё ставится только для этого пользователя',
    fix: 'Чтобы установить для всей машины, войдите под root или установите sudo.',
  },
  'prereq.sudo_terminal': {
    message: 'sudo требует терминала: всё ставится только для этого пользователя',
    fix: 'Уберите «Defaults requiretty» из /etc/sudoers.',
  },
  'prereq.sudo_not_allowed': {
    message: 'Этому пользователю sudo не разрешён: всё ставится только для него',
    fix: 'Если это не нарочно, выполните под root: usermod -aG sudo USER',
  },
  'prereq.sudo_stored': { message: 'Используется сохранённый пароль sudo' },
  'prereq.sudo_asks': {
    message: 'sudo спрашивает пароль: без него всё ставится только для этого пользователя',
    fix: 'Введите пароль sudo в настройках сервера.',
  },
  'prereq.systemd_none': {
    message: 'systemd нет: работу шлюза поддержит небольшой сторож Clawmoor',
    fix: 'После перезагрузки он запустится сам, только если есть cron.',
  },
  'prereq.systemd_user': { message: 'Шлюз станет службой этого пользователя' },
  'prereq.systemd_machine': { message: 'Шлюз станет службой машины' },
  'prereq.systemd_no_bus': {
    message: 'У пользователя нет своего systemd: работу шлюза поддержит небольшой сторож Clawmoor',
    fix: 'Установите libpam-systemd и dbus-user-session, затем войдите снова.',
  },
  'prereq.linger_on': { message: 'Службы остаются после выхода' },
  'prereq.linger_set': { message: 'Установка включит это, где нужно' },
  'prereq.linger_tried': { message: 'Установка попробует это включить; если сервер запретит, поможет администратор' },
  'prereq.clock_right': { message: 'Верны' },
  'prereq.clock_wrong': {
    message: 'Часы сервера врут: сертификаты и токены могут быть отклонены',
    fix: 'Включите синхронизацию времени: timedatectl set-ntp true',
  },
};
