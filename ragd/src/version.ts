import pkg from '../package.json' with { type: 'json' };

export const VERSION: string = pkg.version;

/** What a client and the service must agree on. It rises when a shape changes so that an older client would misread it. */
export const PROTOCOL = 1;
