import type { Sentence } from '../problems.ts';

/** Why a document could not be read, or its meaning not be made: the codes of the document search. */
export const documents: Record<string, Sentence> = {
  'file.empty': { message: 'Файл пуст', fix: 'Выберите его ещё раз: загрузка могла прерваться.' },
  'file.encrypted': { message: 'Файл защищён паролем', fix: 'Сохраните его без пароля и загрузите снова.' },
  'file.no_text': { message: 'В файле нет текста — возможно, это скан', fix: 'Распознайте текст и загрузите файл снова.' },
  'file.broken': { message: 'Файл повреждён', fix: 'Откройте его у себя, сохраните заново и загрузите копию.' },
  'file.unsupported': { message: 'Такие файлы здесь не читаются', fix: 'Сохраните его как PDF, DOCX или текст.' },
  'file.old_office': { message: 'Это документ Office 2003 или старше', fix: 'Сохраните его в новом формате.' },
  'file.zip_bomb': { message: 'Файл распаковывается во что-то слишком большое', fix: 'Разделите его на части.' },
  'file.too_many_pages': { message: 'В файле слишком много страниц', fix: 'Разделите его на части.' },
  'file.too_much_text': { message: 'В файле слишком много текста', fix: 'Разделите его на части.' },
  'file.too_complex': { message: 'Файл слишком сложен, чтобы его прочитать', fix: 'Разделите его на части или упростите.' },
  'file.too_slow': { message: 'Файл читается дольше минуты', fix: 'Разделите его на части.' },
  'job.cancelled': { message: 'Чтение остановлено', fix: 'Прочитайте документ снова, когда захотите.' },
  'disk.full': { message: 'Диск сервера заполнен', fix: 'Освободите место: дальше всё пойдёт само.' },
  'embedding.unavailable': { message: 'Модель для поиска по смыслу не отвечает', fix: 'Проверьте, что она запущена и что адрес верен.' },
  'embedding.model_missing': { message: 'У сервера моделей нет этой модели', fix: 'Сначала скачайте её.' },
  'embedding.refused': { message: 'Служба эмбеддингов отказала', fix: 'Проверьте ключ и модель.' },
  'embedding.bad_answer': { message: 'Ответ службы эмбеддингов не годится', fix: 'Выберите модель, сделанную для эмбеддингов.' },
  'embedding.none_yet': { message: 'Ни один отрывок ещё не прочитан по смыслу', fix: 'Подождите, пока закончится чтение.' },
  'embedding.not_configured': { message: 'Модель для поиска по смыслу не выбрана', fix: 'Выберите её в настройках документов.' },
  'embedding.wrong_dimensions': {
    message: 'Модель отвечает векторами другой длины',
    fix: 'Верните прежнюю модель или прочитайте документы заново.',
  },
  'embedding.just_changed': { message: 'Векторы другой модели только что вступили в силу', fix: 'Спросите ещё раз.' },
  'embedding.too_long': { message: 'Отрывок слишком длинен для модели', fix: 'Делите документы мельче или выберите другую модель.' },
};
