import type { HealthTrouble } from '@clawmoor/shared/admin.ts';
import type { Sentence } from '../problems.ts';

const again = 'Создайте копию сейчас: «Эта установка», «Резервные копии».';

/** What can be the matter with a part of the installation. */
export const healthTroubles: Record<HealthTrouble, Sentence> = {
  'health.not_looked_at': { message: 'Эту часть не удалось проверить', fix: 'Причина в журнале; если не пройдёт, перезапустите Clawmoor.' },
  'health.database_readonly': {
    message: 'В базу данных нельзя писать',
    fix: 'Проверьте диск и права на папку DATA_DIR или то, что названо в DATABASE_URL.',
  },
  'health.log_grown': {
    message: 'Журнал упреждающей записи базы слишком вырос',
    fix: 'Кто-то читает базу без конца: закройте другие программы, которые её открыли, или перезапустите Clawmoor.',
  },
  'health.memory_full': {
    message: 'Память процесса почти занята',
    fix: 'Перезапустите Clawmoor в спокойное время; если рост повторится, сообщите об этом.',
  },
  'health.answers_slow': { message: 'Запросы подолгу ждут', fix: 'Дайте процессу больше CPU или посмотрите в журнале, чем он занят.' },
  'health.disk_full': {
    message: 'Диск полон: ничего нового не начинается, сохранённое можно читать',
    fix: 'Освободите место на диске с данными или увеличьте его.',
  },
  'health.disk_low': { message: 'На диске мало места', fix: 'Освободите место, пока его больше 5 %: потом задачи не начнутся.' },
  'health.job_failed': { message: 'Работа по расписанию не удалась', fix: 'Подробности в журнале; в своё время она повторится.' },
  'health.job_late': { message: 'Работа по расписанию не началась вовремя', fix: 'Перезапустите Clawmoor.' },
  'health.backup_none': { message: 'Резервной копии ещё нет', fix: again },
  'health.backup_old': { message: 'Последняя хорошая резервная копия устарела', fix: again },
  'health.backup_failed': { message: 'Последняя резервная копия не удалась', fix: again },
  'health.backup_files_gone': { message: 'Файлы некоторых копий пропали или обрезаны', fix: 'Выясните, кто удаляет файлы из папки копий.' },
  'health.rehearsal_failed': { message: 'Последнее пробное восстановление не удалось', fix: again },
  'health.offsite_missing': { message: 'Внешней копии нет', fix: 'Проверьте настройки BACKUP_S3; следующая копия попробует снова.' },
  'health.audit_broken': {
    message: 'Журнал аудита не сходится: его изменили в обход Clawmoor',
    fix: 'Сохраните копию базы, узнайте, у кого был к ней доступ, и сравните с резервной копией: npm run audit:verify',
  },
  'health.monitor_silent': { message: 'Наблюдение за серверами остановилось', fix: 'Перезапустите Clawmoor.' },
  'health.monitor_late': {
    message: 'Серверы слишком долго ждут проверки',
    fix: 'Многие серверы не отвечают сразу, или эта машина слишком медленная: посмотрите её нагрузку и сеть.',
  },
  'health.webhooks_off': { message: 'Некоторые вебхуки отключены', fix: 'Посмотрите их отправки, затем включите снова.' },
  'health.bot_conflict': {
    message: 'Обновления этого бота забирает другая программа',
    fix: 'Остановите её или сделайте для Clawmoor отдельного бота в @BotFather.',
  },
  'health.bot_unreachable': {
    message: 'У бота нет связи с Telegram',
    fix: 'Откройте этой машине доступ к api.telegram.org, порт 443; проверьте токен.',
  },
  'health.bot_slow': { message: 'Сообщения бота ждут отправки слишком долго', fix: 'Telegram сдерживает отправку; это пройдёт само.' },
};
