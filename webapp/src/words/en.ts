import { addServer } from './en/add-server.ts';
import { agent } from './en/agent.ts';
import { agents } from './en/agents.ts';
import { app } from './en/app.ts';
import { chat } from './en/chat.ts';
import { connect } from './en/connect.ts';
import { failed } from './en/failed.ts';
import { kit } from './en/kit.ts';
import { server } from './en/server.ts';
import { servers } from './en/servers.ts';
import { settings } from './en/settings.ts';
import { setup } from './en/setup.ts';
import { signIn } from './en/sign-in.ts';
import { task } from './en/task.ts';

/**
 * Every part of the app's words: what a translation must have. Only types and tests read this list, so that each part stays
 * in the chunk of its screen.
 */
export const en = {
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

export type Words = typeof en;
