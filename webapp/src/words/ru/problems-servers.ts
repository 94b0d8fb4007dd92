import type { ProblemCode } from '@clawmoor/shared/problem.ts';
import type { Sentence } from '../problems.ts';

export const serverProblems: Partial<Record<ProblemCode, Sentence>> = {
  'request.invalid': { message: 'Что-то введено неверно', fix: 'Исправьте отмеченное и попробуйте снова.' },
  'request.malformed_json': { message: 'Запрос не удалось прочитать' },
  'request.too_large': { message: 'Это больше, чем можно отправить', fix: 'Отправьте меньше за один раз.' },
  'request.unsupported_type': { message: 'Такой вид данных здесь не принимается' },
  'request.too_many': { message: 'Слишком много попыток подряд', fix: 'Подождите немного и попробуйте снова.' },
  'route.not_found': { message: 'Здесь такого нет', fix: 'Возможно, приложение старше сервера: закройте его и откройте снова.' },
  'route.method_not_allowed': { message: 'Такое действие здесь невозможно' },
  'internal.unexpected': {
    message: 'Что-то пошло не так на нашей стороне',
    fix: 'Попробуйте снова; если не проходит, отправьте номер запроса администратору.',
  },
  'internal.busy': { message: 'Clawmoor сейчас занят', fix: 'Попробуйте через несколько секунд.' },
  'internal.stopping': { message: 'Clawmoor перезапускается', fix: 'Попробуйте через минуту; работа на серверах продолжается.' },

  'auth.required': { message: 'Нужно войти', fix: 'Закройте приложение и откройте его снова из бота.' },
  'auth.token_invalid': { message: 'Этот вход больше не действует', fix: 'Войдите снова.' },
  'auth.session_ended': { message: 'Сеанс завершён', fix: 'Закройте приложение и откройте его снова из бота.' },
  'auth.init_data_invalid': { message: 'Telegram открыл приложение с неверной подписью', fix: 'Закройте его и откройте снова из бота.' },
  'auth.init_data_expired': { message: 'Приложение открыто слишком давно', fix: 'Закройте его и откройте снова из бота.' },
  'auth.not_registered': {
    message: 'Сюда входят по приглашению',
    fix: 'Попросите владельца сервера или того, кто держит эту установку, пригласить вас.',
  },
  'auth.role_too_low': { message: 'Вашей роли для этого недостаточно', fix: 'Роль может повысить владелец сервера.' },
  'auth.super_admin_only': { message: 'Это может только суперадминистратор' },
  'auth.step_up_required': { message: 'Это нужно подтвердить ещё раз', fix: 'Подтвердите действие в Telegram.' },

  'server.not_found': { message: 'Такого сервера нет, или он вам не открыт' },
  'server.host_not_allowed': { message: 'К этому адресу подключаться не разрешено', fix: 'Укажите внешний адрес сервера.' },
  'server.host_unresolvable': { message: 'Такого имени узла не существует', fix: 'Проверьте, как оно написано.' },
  'server.secret_required': { message: 'Не хватает пароля или ключа', fix: 'Введите его и попробуйте снова.' },
  'server.key_unreadable': {
    message: 'Этот закрытый ключ не читается',
    fix: 'Вставьте файл целиком, вместе с первой и последней строкой.',
  },
  'server.passphrase_required': { message: 'Ключ защищён фразой-паролем', fix: 'Введите её.' },
  'server.passphrase_wrong': { message: 'Фраза-пароль не подходит к ключу', fix: 'Введите её ещё раз.' },
  'server.key_kind_unsupported': { message: 'Ключ такого вида не поддерживается', fix: 'Создайте новый: ssh-keygen -t ed25519' },
  'server.host_key_not_seen': {
    message: 'Это не тот ключ, который показала последняя проверка',
    fix: 'Проверьте сервер снова и подтвердите отпечаток, который он покажет.',
  },
  'server.host_key_pinned': { message: 'Для этого сервера уже подтверждён другой ключ' },
  'server.limit_reached': { message: 'Больше серверов добавить нельзя', fix: 'Удалите ненужный.' },
  'server.changed_meanwhile': { message: 'Сервер только что изменил кто-то другой', fix: 'Посмотрите на него снова и повторите.' },
  'server.built_in': {
    message: 'Этот компьютер — часть пробной версии, изменить его нельзя',
    fix: 'npm run trial:remove уберёт всё, что она создала.',
  },

  'ssh.unreachable': { message: 'Сервер не отвечает', fix: 'Проверьте адрес, включён ли он и пропускает ли его сеть.' },
  'ssh.refused': { message: 'Сервер отклоняет соединение на этом порту', fix: 'Проверьте порт и запущен ли на сервере SSH.' },
  'ssh.timeout': {
    message: 'Сервер отвечает слишком долго',
    fix: 'Возможно, он перегружен или мешает межсетевой экран. Попробуйте снова.',
  },
  'ssh.no_banner': { message: 'Порт открыт, но SSH не представляется', fix: 'Проверьте порт или попробуйте через минуту.' },
  'ssh.not_ssh': { message: 'На этом порту отвечает не SSH', fix: 'Проверьте порт: обычно это 22.' },
  'ssh.algorithms': { message: 'Сервер предлагает только устаревшее шифрование', fix: 'Обновите на нём OpenSSH (7.4 или новее).' },
  'ssh.host_key_unconfirmed': {
    message: 'Отпечаток этого сервера ещё не подтверждён',
    fix: 'Проверьте соединение, сравните отпечаток и подтвердите.',
  },
  'ssh.host_key_changed': {
    message: 'Сервер показывает не тот ключ, который вы подтвердили',
    fix: 'Если систему не переустанавливали, между вами может кто-то быть: не продолжайте. Иначе сравните новый отпечаток на самой машине.',
  },
  'ssh.auth_failed': {
    message: 'Сервер отклонил вход',
    fix: 'Проверьте имя пользователя и пароль или ключ. Многие серверы пускают root только по ключу.',
  },
  'ssh.session_failed': {
    message: 'Сервер впускает, но не открывает сеанс',
    fix: 'Возможно, кончились процессы или память, либо этому пользователю запрещены команды.',
  },
  'ssh.connection_lost': { message: 'Связь с сервером прервалась', fix: 'Попробуйте снова; начатое на сервере продолжается.' },
  'ssh.command_failed': { message: 'Команда на сервере завершилась с ошибкой', fix: 'Что она сказала, видно в журнале.' },
  'ssh.command_silent': {
    message: 'Команда на сервере долго молчала и была остановлена',
    fix: 'Возможно, сервер перегружен. Попробуйте снова.',
  },
  'ssh.sftp_failed': { message: 'Файл не удалось передать', fix: 'Проверьте место на диске и права, затем повторите.' },
  'ssh.forwarding_denied': {
    message: 'Сервер запрещает проброс портов, и нет bash, nc или node взамен',
    fix: 'Включите AllowTcpForwarding yes в /etc/ssh/sshd_config или установите bash.',
  },
  'ssh.sudo_missing': { message: 'Пользователь не root, а sudo на сервере нет', fix: 'Войдите как root или установите sudo.' },
  'ssh.sudo_password_required': { message: 'sudo на этом сервере спрашивает пароль', fix: 'Введите пароль sudo в настройках сервера.' },
  'ssh.sudo_password_wrong': { message: 'sudo не принимает пароль', fix: 'Введите пароль sudo этого пользователя ещё раз.' },
  'ssh.sudo_not_allowed': { message: 'Этому пользователю sudo не разрешён', fix: 'Добавьте его в группу sudo: usermod -aG sudo USER' },
  'ssh.sudo_needs_terminal': { message: 'sudo на этом сервере требует терминал', fix: 'Уберите «Defaults requiretty» из /etc/sudoers.' },
  'ssh.disk_full': { message: 'Диск сервера заполнен', fix: 'Освободите место и повторите: где занято, покажет df -h.' },
};
