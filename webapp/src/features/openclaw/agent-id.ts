/** What OpenClaw takes as the id of an agent. */
export const isAgentId = (id: string): boolean => /^[a-z0-9][a-z0-9-]{0,62}$/.test(id);
