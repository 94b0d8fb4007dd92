import type { DiagnosisCode } from '@clawmoor/shared/openclaw-diagnosis.ts';
import type { Sentence } from '../problems.ts';

/** What can be the matter with a gateway. */
export const diagnoses: Record<DiagnosisCode, Sentence> = {
  'diagnosis.port_taken': {
    message: 'Порт шлюза занят другой программой.',
    fix: 'Остановите её или дайте шлюзу другой порт.',
  },
  'diagnosis.config_invalid': {
    message: 'Шлюз не запускается со своей конфигурацией.',
    fix: 'Отмените последнее изменение в истории конфигурации или исправьте то, что названо в журнале.',
  },
  'diagnosis.files_missing': { message: 'Не хватает файлов OpenClaw.', fix: 'Установите OpenClaw снова из настройки сервера.' },
  'diagnosis.node_unsuitable': {
    message: 'Node на сервере не подходит этой версии OpenClaw.',
    fix: 'Выполните «Установить Node» из настройки сервера.',
  },
  'diagnosis.disk_full': { message: 'Диск сервера полон.', fix: 'Освободите место, затем перезапустите шлюз.' },
  'diagnosis.out_of_memory': {
    message: 'Шлюзу не хватило памяти.',
    fix: 'Дайте серверу 2 ГБ памяти или подкачки либо запускайте меньше агентов; затем перезапустите шлюз.',
  },
  'diagnosis.crash_loop': { message: 'Шлюз завершается вскоре после каждого запуска.', fix: 'Посмотрите последние строки его журнала.' },
  'diagnosis.no_service': { message: 'На этом сервере ничто не держит шлюз запущенным.', fix: 'Выполните настройку сервера.' },
  'diagnosis.stopped': { message: 'Шлюз остановлен.', fix: 'Перезапустите его.' },
  'diagnosis.starting': {
    message: 'Шлюз работает, но ещё не отвечает.',
    fix: 'Возможно, он запускается: посмотрите снова через минуту, затем перезапустите его.',
  },
};
