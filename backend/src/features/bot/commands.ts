import type { NotificationPrefs } from '@clawmoor/shared/me.ts';
import type { Server } from '@clawmoor/shared/servers.ts';
import { escapeHtml, foreignHtml, type Button, type Message, type Sender } from '../../lib/bot.ts';
import { fill } from './tongues.ts';
import { COMMANDS, type BotWords } from './words.ts';

export interface CommandParts {
  serversOf: (userId: string) => Promise<Server[]>;
  /** What is open for a person, in their language, each as one line of HTML. */
  openNewsOf: (userId: string) => Promise<string[]>;
  prefsOf: (userId: string) => Promise<NotificationPrefs>;
  changePrefs: (userId: string, change: { muted?: boolean; mutedServers?: string[] }) => Promise<NotificationPrefs>;
}

const MOST_SERVERS = 20;
const MOST_NEWS = 10;
// What a link may open, as Telegram restricts it.
const PAYLOAD = /^[\w-]{1,512}$/;
const DOTS: Record<Server['state'], string> = {
  online: '🟢',
  reachable: '🟡',
  unknown: '⚪',
  offline: '🔴',
  auth_failed: '🔴',
  key_changed: '🔴',
};

/** What the bot answers to commands: short, and the rest is a button into the app. */
export function createCommands({ serversOf, openNewsOf, prefsOf, changePrefs }: CommandParts) {
  const openApp = (words: BotWords): Button[] => [{ text: words.open, opens: '' }];

  const replies: Record<(typeof COMMANDS)[number], (from: Sender, payload: string, words: BotWords) => Promise<Message> | Message> = {
    start(from, payload, words) {
      const screen: Button[] = PAYLOAD.test(payload) ? [{ text: words.openScreen, opens: payload }] : openApp(words);
      return { html: escapeHtml(fill(words.hello, { name: from.firstName })), buttons: [screen] };
    },
    async servers({ id }, _payload, words) {
      const servers = await serversOf(id);
      if (servers.length === 0) return { html: words.noServers, buttons: [openApp(words)] };
      const shown = servers.slice(0, MOST_SERVERS);
      const more = servers.length > shown.length ? [fill(words.more, { count: servers.length - shown.length })] : [];
      const buttons = shown.map(({ id: serverId, name }): Button[] => [{ text: name, opens: `srv_${serverId}` }]);
      return { html: [`<b>${words.servers}</b>`, ...shown.map((one) => lineOf(one, words)), ...more].join('\n'), buttons };
    },
    async status({ id }, _payload, words) {
      const [servers, news] = await Promise.all([serversOf(id), openNewsOf(id)]);
      const lines = servers.slice(0, MOST_SERVERS).map((one) => lineOf(one, words));
      const open = news.length === 0 ? [words.nothingOpen] : [fill(words.openNews, { count: news.length }), ...news.slice(0, MOST_NEWS)];
      return { html: [...(lines.length > 0 ? lines : [words.noServers]), '', ...open].join('\n'), buttons: [openApp(words)] };
    },
    mute: ({ id }, _payload, words) => switches(id, words),
    help: (_from, _payload, words) => ({
      html: [words.help, ...COMMANDS.map((name) => `/${name} · ${words.commands[name]}`)].join('\n'),
      buttons: [openApp(words)],
    }),
  };

  async function switches(userId: string, words: BotWords): Promise<Message> {
    const [servers, prefs] = await Promise.all([serversOf(userId), prefsOf(userId)]);
    const all: Button = { text: prefs.muted ? words.unmuteAll : words.muteAll, tap: 'mute.all' };
    const each = servers.slice(0, MOST_SERVERS).map(({ id, name }): Button[] => {
      const off = prefs.mutedServers.includes(id);
      return [{ text: `${off ? '🔕' : '🔔'} ${fill(off ? words.muted : words.unmuted, { name })}`, tap: `mute.${id}` }];
    });
    return { html: words.mute, buttons: [[all], ...each] };
  }

  return {
    /** `undefined` for a command that there is not. */
    async reply(name: string, from: Sender, payload: string, words: BotWords): Promise<Message | undefined> {
      const known = COMMANDS.find((one) => one === name);
      return known && replies[known](from, payload, words);
    },
    /** Switches what a button of `/mute` names, and answers what it has become and the buttons anew. Throws `server.not_found`. */
    async toggle(userId: string, which: string, words: BotWords): Promise<{ text: string; message: Message }> {
      const prefs = await prefsOf(userId);
      if (which === 'all') {
        const { muted } = await changePrefs(userId, { muted: !prefs.muted });
        return { text: muted ? words.allMuted : words.allUnmuted, message: await switches(userId, words) };
      }
      const off = prefs.mutedServers.includes(which);
      const mutedServers = off ? prefs.mutedServers.filter((id) => id !== which) : [...prefs.mutedServers, which];
      await changePrefs(userId, { mutedServers });
      return { text: words.done, message: await switches(userId, words) };
    },
  };
}

function lineOf({ name, state, role, openTaskId }: Server, words: BotWords): string {
  const parts = [words.states[state], words.roles[role], ...(openTaskId ? [words.runs] : [])];
  return `${DOTS[state]} ${foreignHtml(name, { bold: true })}: ${parts.join(', ')}`;
}
