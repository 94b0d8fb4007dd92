import type { Check } from '../../lib/check.ts';
import type { Webhooks } from './webhooks.ts';

/** What other programs are told, and what did not get through. */
export const webhooksCheck = (webhooks: Pick<Webhooks, 'figures'>): Check => ({
  key: 'webhooks',
  async look() {
    const { counted, all, off } = await webhooks.figures();
    const of = (state: string): number => counted.filter((row) => row.state === state).reduce((sum, { count }) => sum + Number(count), 0);
    const values = { webhooks: all, switchedOff: off, waiting: of('waiting'), delivered24h: of('delivered'), failed24h: of('failed') };
    if (off > 0)
      return {
        status: 'warn',
        code: 'health.webhooks_off',
        message: `${off} of ${all} webhooks were switched off`,
        fix: 'Look at their deliveries, then switch them on again.',
        values,
      };
    return { status: 'ok', message: `${all} webhooks, ${values.waiting} deliveries wait`, values };
  },
});
