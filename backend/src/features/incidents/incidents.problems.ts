import { Problem } from '../../lib/problem.ts';

export const noIncident = (): Problem =>
  new Problem('incident.not_found', 'There is no such incident, or its server is not shared with you');

export const alreadyResolved = (): Problem =>
  new Problem('incident.resolved', 'This incident is over', { fix: 'There is nothing left to look after.' });
