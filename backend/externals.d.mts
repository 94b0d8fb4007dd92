export const EXTERNALS: string[];
export const NEVER_LOADED: string[];
