import { Problem } from '../../lib/problem.ts';

export const noService = (): Problem =>
  new Problem('kill_switch.no_service', 'Nothing that Clawmoor knows keeps this gateway running, so it cannot be stopped as a service', {
    fix: 'Use the pause instead, or stop the gateway where it was started.',
  });
