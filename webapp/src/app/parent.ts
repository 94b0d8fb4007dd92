import { createContext } from 'react';

/** Where "back" leads from the screen that is drawn; `undefined` on the root. The table of screens says it. */
export const Parent = createContext<string | undefined>(undefined);
