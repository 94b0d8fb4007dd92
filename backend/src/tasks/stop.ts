/** Why a task is being stopped. `cancelled`: a person asked. `stopping`: the process ends; remote work goes on by itself. */
export class Stop extends Error {
  readonly why: 'cancelled' | 'stopping';
  constructor(why: 'cancelled' | 'stopping') {
    super(why === 'cancelled' ? 'Stopped by a person' : 'The process is stopping');
    this.name = 'Stop';
    this.why = why;
  }
}

export const isStop = (reason: unknown, why: Stop['why']): boolean => reason instanceof Stop && reason.why === why;
