import type { ProblemCode } from '@clawmoor/shared/problem.ts';
import type { Sentence } from '../problems.ts';

export const ollamaProblems: Partial<Record<ProblemCode, Sentence>> = {
  'ollama.unsupported': {
    message: 'Для этой машины нет Ollama',
    fix: 'Нужен 64-битный Linux с glibc на x86 или ARM — или служба эмбеддингов с собственным адресом.',
  },
  'ollama.does_not_fit': {
    message: 'На этом сервере для этого не хватает памяти или места на диске',
    fix: 'Возьмите модель поменьше: список показывает, какие подойдут.',
  },
  'ollama.port_taken': {
    message: 'Порт Ollama на сервере занят другой программой',
    fix: 'Остановите её (её покажет ss -ltnp) и повторите.',
  },
  'ollama.not_installed': { message: 'На этом сервере нет Ollama', fix: 'Сначала установите её: это займёт несколько минут.' },
  'ollama.not_ours': {
    message: 'Эту Ollama установил не Clawmoor, поэтому её файлы он не трогает',
    fix: 'Обновите её так же, как устанавливали, или удалите и установите здесь.',
  },
  'ollama.cloud_model': {
    message: 'Эта модель работает на чужих компьютерах: ваши документы покинули бы сервер',
    fix: 'Возьмите модель без «cloud» в названии.',
  },
  'ollama.down': { message: 'Ollama на этом сервере не отвечает', fix: 'Установите её ещё раз: это запустит её или скажет, что не так.' },
  'ollama.bad_answer': { message: 'Ответ на порту Ollama не похож на Ollama', fix: 'Посмотрите, какая программа занимает этот порт.' },
  'ollama.release_unavailable': {
    message: 'Ollama неоткуда скачать',
    fix: 'Проверьте сеть и DNS: github.com или то, что названо в OLLAMA_DOWNLOAD_BASE, должны быть доступны.',
  },
  'ollama.version_not_found': { message: 'Такой версии Ollama нет', fix: 'Не указывайте версию или выберите другую.' },
  'ollama.checksum': {
    message: 'Скачано не то, чем должен быть этот выпуск Ollama; ничего не сохранено',
    fix: 'Повторите. Если не пройдёт, кто-то по пути меняет передаваемое.',
  },
  'ollama.disk_full': { message: 'Диск сервера заполнен', fix: 'Освободите место (df -h) или удалите модель и повторите.' },
  'ollama.service_failed': { message: 'Ollama не удалось запустить', fix: 'Её ответ есть в журнале задачи.' },
  'ollama.model_not_found': { message: 'Такой модели нет', fix: 'Проверьте её название на ollama.com/library.' },
  'ollama.pull_failed': { message: 'Модель не удалось скачать', fix: 'Проверьте сеть сервера и повторите: скачанное сохранилось.' },
  'ollama.model_fails': { message: 'Эта модель на этом сервере не работает', fix: 'Возьмите другую, например поменьше.' },
};
