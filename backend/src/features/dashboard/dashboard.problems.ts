import { Problem } from '../../lib/problem.ts';

export const noOrigin = (): Problem =>
  new Problem('dashboard.no_origin', 'This installation has no address of its own for the web pages of gateways', {
    fix: 'Whoever runs Clawmoor sets DASHBOARD_ORIGIN, for example https://*.gateways.example.org, and points that name here.',
  });

export const linkUsed = (): Problem =>
  new Problem('dashboard.link_used', 'This link was used already, or is older than a minute', {
    fix: 'Open the dashboard from Clawmoor again.',
  });

export const dashboardEnded = (): Problem =>
  new Problem('dashboard.ended', 'This dashboard is closed: your session or your access has ended', {
    fix: 'Open it from Clawmoor again.',
  });
