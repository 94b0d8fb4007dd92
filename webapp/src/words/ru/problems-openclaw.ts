import type { ProblemCode } from '@clawmoor/shared/problem.ts';
import type { Sentence } from '../problems.ts';

export const openclawProblems: Partial<Record<ProblemCode, Sentence>> = {
  'task.not_found': { message: 'Такой задачи нет, или её сервер вам не открыт' },
  'task.lane_busy': { message: 'На этом сервере уже что-то выполняется', fix: 'Дождитесь конца или сначала остановите.' },
  'task.already_ended': { message: 'Эта задача уже завершилась' },
  'task.not_ended': { message: 'Повторить можно только то, что не удалось, было остановлено или прервано' },
  'task.secrets_needed': { message: 'Секреты нужны снова: они были стёрты по окончании задачи', fix: 'Введите их ещё раз.' },
  'task.idempotency_key_reused': { message: 'Этот ключ запроса уже использован для другого', fix: 'Попробуйте снова.' },
  'task.cancelled': { message: 'Задача остановлена' },
  'task.cancel_unconfirmed': {
    message: 'Здесь остановлено, но сервер не подтвердил, что команда завершилась',
    fix: 'Возможно, она ещё выполняется. Проверьте соединение с сервером.',
  },
  'task.interrupted': { message: 'Clawmoor несколько раз перезапускался на этом шаге', fix: 'Повторите; сделанное будет пропущено.' },
  'task.run_lost': {
    message: 'Команда на сервере исчезла без результата',
    fix: 'Возможно, сервер перезагрузился или не хватило памяти. Повторите.',
  },
  'task.step_ineffective': { message: 'Шаг дошёл до конца, но не подействовал', fix: 'Посмотрите журнал и повторите.' },
  'task.deadline': { message: 'Шаг длился слишком долго и был остановлен', fix: 'Посмотрите в журнале, где он застрял, и повторите.' },

  'setup.prereqs_blocked': { message: 'Этот сервер в таком виде не подходит для OpenClaw', fix: 'Исправьте названное и проверьте снова.' },
  'setup.node_unavailable': { message: 'Node.js сейчас неоткуда взять', fix: 'Проверьте доступ к реестру npm и повторите.' },
  'setup.node_integrity': { message: 'На сервер пришло не то, что отправлено', fix: 'Проверьте его диск (dmesg) и повторите.' },
  'setup.node_missing': { message: 'На сервере нет подходящего Node.js', fix: 'Сначала выполните шаг «Установить Node.js».' },
  'setup.arch_unsupported': {
    message: 'Для этой машины нет Node.js',
    fix: 'Нужен 64-битный Linux с glibc на x86 или ARM: Debian или Ubuntu.',
  },
  'setup.npm_failed': { message: 'npm завершился с ошибкой', fix: 'Что он сказал, видно в журнале.' },
  'setup.engine_unsupported': {
    message: 'Этой версии OpenClaw нужен другой Node.js',
    fix: 'Выполните шаг «Установить Node.js» и повторите.',
  },
  'setup.disk_full': {
    message: 'Диск сервера заполнен',
    fix: 'OpenClaw нужен примерно 1 ГБ. Освободите место (df -h, apt-get clean) и повторите.',
  },
  'setup.permission_denied': {
    message: 'Пользователю нельзя писать туда, куда ставится OpenClaw',
    fix: 'Проверьте владельца ~/.npm-global и ~/.npm: chown -R USER ~/.npm-global ~/.npm',
  },
  'setup.out_of_memory': {
    message: 'При установке серверу не хватило памяти',
    fix: 'Добавьте подкачку (fallocate -l 2G /swapfile; chmod 600 /swapfile; mkswap /swapfile; swapon /swapfile) или возьмите 2 ГБ памяти и повторите.',
  },
  'setup.no_network': {
    message: 'Сервер не достаёт до реестра npm',
    fix: 'Проверьте его сеть и DNS: на сервере должен отвечать npm ping.',
  },
  'setup.version_not_found': { message: 'Такой версии OpenClaw нет', fix: 'Выберите другую или оставьте поле пустым.' },
  'setup.openclaw_missing': { message: 'OpenClaw не установлен на сервере', fix: 'Сначала выполните шаг «Установить OpenClaw».' },
  'setup.onboard_failed': { message: 'OpenClaw не принял настройки', fix: 'Проверьте настройки модели и повторите.' },
  'setup.config_invalid': { message: 'Конфигурация OpenClaw неверна', fix: 'На сервере её исправит openclaw doctor --fix.' },
  'setup.exposed_bind': {
    message: 'С такой настройкой шлюз станет доступен другим машинам, а кто знает токен — владеет сервером',
    fix: 'Оставьте loopback: Clawmoor ходит через SSH. Если так и нужно, подтвердите.',
  },
  'setup.port_taken': { message: 'Этот порт на сервере занят', fix: 'Выберите другой порт шлюза или остановите ту программу.' },
  'setup.service_failed': { message: 'Шлюз не удалось запустить службой', fix: 'Что сказал сервер, видно в журнале.' },
  'setup.linger_denied': {
    message: 'Сервер не позволяет держать службы этого пользователя после выхода',
    fix: 'От root выполните loginctl enable-linger USER или введите здесь пароль sudo.',
  },
  'setup.gateway_not_ready': {
    message: 'Шлюз пока не готов',
    fix: 'Небольшой машине нужно больше времени: проверьте через минуту или посмотрите журнал на сервере.',
  },

  'gateway.down': {
    message: 'Шлюз не отвечает',
    fix: 'Перезапустите его; если не помогло, посмотрите журнал или запустите установку снова.',
  },
  'gateway.timeout': { message: 'Шлюз не ответил вовремя', fix: 'Возможно, он ещё запускается. Попробуйте через минуту.' },
  'gateway.token_mismatch': { message: 'Шлюз не принимает токен', fix: 'Перезапустите шлюз, чтобы он перечитал конфигурацию.' },
  'gateway.not_set_up': { message: 'OpenClaw на этом сервере ещё не установлен', fix: 'Запустите установку.' },
  'gateway.incompatible': { message: 'Эта версия OpenClaw говорит на другом протоколе', fix: 'Обновите OpenClaw на сервере или Clawmoor.' },
  'gateway.method_unknown': { message: 'Эта версия OpenClaw такого не умеет', fix: 'Обновите OpenClaw на сервере.' },
  'gateway.refused': { message: 'Шлюз отказал', fix: 'Исправьте то, что его не устраивает, и попробуйте снова.' },
  'gateway.busy': { message: 'Шлюз занят', fix: 'Попробуйте чуть позже.' },
  'gateway.scope_missing': { message: 'Шлюз не разрешает это вашей роли', fix: 'Попросите того, у кого роль на этом сервере выше.' },
  'gateway.bad_answer': {
    message: 'Ответ шлюза не удалось понять',
    fix: 'Проверьте, что порт принадлежит OpenClaw, и перезапустите шлюз.',
  },
  'agent.exists': { message: 'Агент с таким идентификатором уже есть', fix: 'Выберите другой.' },
  'agent.not_found': { message: 'Такого агента нет' },
};
