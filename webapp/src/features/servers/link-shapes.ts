import type { Shape } from '../../ui/icon.tsx';

const shape = (d: string): Shape => ({ d });

/** Pictures that only screens need which come later: they stay out of what is loaded first. */
export const SHAPES = {
  access: shape('M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3 19.5a6 6 0 0 1 12 0M15.5 4.6a3.5 3.5 0 0 1 0 6M17.5 14.2a6 6 0 0 1 3.5 5.3'),
  approvals: shape('M12 4l7 2.5v5c0 4.2-2.9 7-7 8.5-4.1-1.5-7-4.3-7-8.5v-5L12 4ZM9 12l2.2 2.2L15.2 10'),
  audit: shape('M7 4h10v16H7zM10 8h4M10 12h4M10 16h2'),
  bell: shape('M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 1.5H5l1.5-1.5ZM10 20.5h4'),
  channels: shape('M5 6h14v10H10l-4 3.5V16H5V6ZM9 10h6M9 13h4'),
  costs: shape(
    'M12 4.5v15M15.5 8.2c-.6-1-1.9-1.7-3.5-1.7-2 0-3.5 1-3.5 2.6 0 3.6 7.2 1.8 7.2 5.5 0 1.7-1.6 2.9-3.7 2.9-1.8 0-3.2-.8-3.8-2',
  ),
  cron: shape('M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM12 8v4.3l2.8 1.7'),
  devices: shape('M8 4h8a1.5 1.5 0 0 1 1.5 1.5v13A1.5 1.5 0 0 1 16 20H8a1.5 1.5 0 0 1-1.5-1.5v-13A1.5 1.5 0 0 1 8 4ZM11 17h2'),
  incidents: shape('M12 4.5 20.5 19h-17L12 4.5ZM12 10v4.2M12 16.7h.01'),
  log: shape('M6 4.5h12v15H6zM9 9h6M9 12h6M9 15h4'),
  models: shape('M7 7h10v10H7zM10 7V4M14 7V4M10 20v-3M14 20v-3M7 10H4M7 14H4M20 10h-3M20 14h-3'),
  update: shape('M12 4.5v9M8 10l4 4 4-4M5 16v3h14v-3'),
  webhook: shape('M4 12h9M10 8l4 4-4 4M16 5h4v14h-4'),
  stop: shape('M9 4.5h6l4.5 4.5v6L15 19.5H9L4.5 15V9L9 4.5ZM12 8.5v4.5M12 15.7h.01'),
};
