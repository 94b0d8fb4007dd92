import { createClient, type Transport } from '@clawmoor/shared/client.ts';
import { noteConnection } from './connection.ts';

export { ApiError } from '@clawmoor/shared/client.ts';

/** The typed client, which tells the screens whether Clawmoor can be reached. */
export const createCall = (transport: Transport) => createClient({ ...transport, onReached: noteConnection }).call;
