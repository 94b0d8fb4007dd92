import type { Words } from './en.ts';
import { addServer, connect, server, servers } from './ru/servers.ts';
import { chat } from './ru/chat.ts';
import { agent } from './ru/agents.ts';
import { agents, setup, task } from './ru/work.ts';
import { app, failed, kit, settings, signIn } from './ru/app.ts';

/** Russian, whole: a key that is missing does not compile. */
export const ru: Words = {
  addServer,
  agent,
  agents,
  app,
  chat,
  connect,
  failed,
  kit,
  server,
  servers,
  settings,
  setup,
  signIn,
  task,
};
