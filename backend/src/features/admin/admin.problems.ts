import { Problem } from '../../lib/problem.ts';

export const diskFull = (freeShare: number): Problem =>
  new Problem('storage.full', `The disk of this installation is full (${Math.floor(freeShare * 100)} % free): nothing new is begun`, {
    fix: 'Free space on the disk that holds DATA_DIR. What is stored can still be read.',
    retryAfter: 60,
  });
