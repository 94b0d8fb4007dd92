import { randomBytes } from 'node:crypto';

/** Makes ids such as `srv_5fK…`: a prefix that tells the noun, then 120 random bits. */
export type MakeId = (
  prefix: 'srv' | 'tsk' | 'ses' | 'req' | 'inv' | 'pat' | 'cfg' | 'bgt' | 'inc' | 'rol' | 'whk' | 'msg' | 'job',
) => string;

export const randomId: MakeId = (prefix) => `${prefix}_${randomBytes(15).toString('base64url')}`;
