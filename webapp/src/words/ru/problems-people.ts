import type { ProblemCode } from '@clawmoor/shared/problem.ts';
import type { Sentence } from '../problems.ts';

/** Sign-in, tokens, access, invitations, backups of Clawmoor itself. */
export const peopleProblems: Partial<Record<ProblemCode, Sentence>> = {
  'storage.full': {
    message: 'Сделано, но не удалось записать в журнал аудита',
    fix: 'Проверьте диск с DATA_DIR, затем посмотрите, на месте ли изменение, прежде чем повторять.',
  },
  'auth.step_up_failed': { message: 'Подтверждение не подошло', fix: 'Подтвердите тем же аккаунтом Telegram, которым вошли сюда.' },
  'auth.scope_too_low': { message: 'Прав этого токена недостаточно', fix: 'Создайте в приложении токен с бо́льшими правами.' },
  'auth.session_only': { message: 'Личному токену это не разрешено', fix: 'Сделайте это в приложении.' },
  'auth.device_pending': { message: 'Пока никто не ответил', fix: 'Откройте ссылку и подтвердите там.' },
  'auth.device_denied': { message: 'Во входе отказано в приложении' },
  'auth.device_expired': { message: 'Этот вход уже использован или занял слишком много времени', fix: 'Начните заново.' },
  'auth.session_not_found': { message: 'Такого сеанса у вас нет, или он завершён' },
  'device.not_found': {
    message: 'С этим кодом не ждёт ни одно устройство',
    fix: 'Сравните код с тем, что на устройстве; он действует 10 минут.',
  },
  'device.answered': { message: 'На этот вход уже ответили' },
  'token.not_found': { message: 'Такого токена у вас нет' },
  'token.limit_reached': { message: 'Токенов уже слишком много', fix: 'Отзовите ненужный.' },

  'access.not_found': { message: 'У этого человека нет доступа к серверу' },
  'access.already_member': { message: 'У этого человека уже есть доступ', fix: 'Измените его роль в списке участников.' },
  'access.owner_fixed': {
    message: 'Владельца нельзя изменить или убрать как участника',
    fix: 'Предложите сервер участнику: когда он согласится, владельцем станет он, а вы — администратором.',
  },
  'access.role_not_yours_to_give': { message: 'Можно давать только роли ниже своей', fix: 'Попросите владельца сервера.' },
  'access.limit_reached': { message: 'На этом сервере их уже слишком много', fix: 'Уберите ненужные.' },
  'ownership.not_a_member': {
    message: 'Передать сервер можно участнику, который уже входил сюда',
    fix: 'Сначала дайте доступ и попросите один раз открыть приложение.',
  },
  'ownership.offer_not_found': { message: 'Такого предложения нет, или оно закончилось' },
  'invitation.not_found': { message: 'Такого приглашения нет', fix: 'Проверьте ссылку или попросите новую.' },
  'invitation.used': { message: 'Это приглашение уже использовано', fix: 'Попросите новое у того, кто вас пригласил.' },
  'invitation.expired': { message: 'Срок приглашения истёк', fix: 'Попросите новое у того, кто вас пригласил.' },
  'invitation.void': { message: 'Это приглашение больше не действует', fix: 'Попросите новое у того, кто вас пригласил.' },
  'invitation.for_another_person': { message: 'Это приглашение для другого человека', fix: 'Попросите новое у того, кто вас пригласил.' },

  'backup.not_found': { message: 'Такой резервной копии нет', fix: 'Посмотрите список снова.' },
  'backup.running': { message: 'Резервная копия уже делается', fix: 'Подождите, пока она появится в списке.' },
  'backup.last_good': { message: 'Это единственная исправная копия', fix: 'Сначала сделайте другую.' },
  'backup.tool_failed': {
    message: 'Программа PostgreSQL не справилась с копией',
    fix: 'Установите postgresql-client той же версии, что и сервер, и проверьте DATABASE_URL.',
  },
  'backup.damaged': { message: 'Копия повреждена', fix: 'Возьмите другую: более раннюю или внешнюю.' },
  'backup.not_ours': { message: 'Это база данных, но не Clawmoor', fix: 'Проверьте, тот ли это файл.' },
  'backup.not_a_file': { message: 'Это ссылка или папка, а не файл', fix: 'Укажите сам файл.' },
  'backup.too_large': {
    message: 'В распакованном виде копия слишком велика',
    fix: 'Проверьте, откуда файл. Свободное место на диске повышает предел.',
  },
  'backup.newer': { message: 'Копия сделана более новой версией Clawmoor', fix: 'Сначала обновите Clawmoor.' },
  'backup.wrong_key': {
    message: 'ENCRYPTION_KEY не открывает содержимое копии',
    fix: 'Добавьте в ENCRYPTION_KEY через запятую ключ, который был при её создании.',
  },
  'backup.identity_needed': { message: 'Копия зашифрована для получателя age', fix: 'Укажите файл с его ключом: --identity FILE' },
  'backup.identity_wrong': {
    message: 'Этот ключ age не открывает копию',
    fix: 'Возьмите ключ того получателя, что был в BACKUP_RECIPIENT.',
  },
  'backup.in_use': { message: 'Эти данные сейчас использует работающий Clawmoor', fix: 'Сначала остановите его.' },
  'backup.upload_failed': {
    message: 'Копию не удалось отправить во внешнее хранилище',
    fix: 'Проверьте настройки BACKUP_S3; следующая копия попробует снова.',
  },
};
