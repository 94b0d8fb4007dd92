import type { Task } from '@clawmoor/shared/tasks.ts';
import { task as text } from '../words/en/task.ts';

/** A step in the person's language; the server's own words where the app does not know it. */
export const stepTitle = ({ type }: Pick<Task, 'type'>, { key, title }: Pick<Task['steps'][number], 'key' | 'title'>): string =>
  text.steps[`${type}/${key}`] ?? text.steps[key] ?? title;
