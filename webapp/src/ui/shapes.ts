import type { Shape } from './icon.tsx';

const shape = (d: string): Shape => ({ d });

/** Pictures of more than one screen that stay out of what is loaded first. */
export const DRAWN = {
  chat: shape('M5 6h14v10h-7l-4 3.5V16H5ZM9 11h.01M12 11h.01M15 11h.01'),
  clip: shape('M18 11.5l-6.2 6.2a3.6 3.6 0 0 1-5.1-5.1l6.9-6.9a2.4 2.4 0 0 1 3.4 3.4l-6.6 6.6a1.2 1.2 0 0 1-1.7-1.7l5.8-5.8'),
  file: shape('M7 4h7l4 4v12H7ZM14 4v4h4M10 12h5M10 15.5h5'),
  spark: shape('M12 4l1.8 5.2L19 11l-5.2 1.8L12 18l-1.8-5.2L5 11l5.2-1.8Z'),
  up: shape('M12 19V6M6 11.5l6-6 6 6'),
};
