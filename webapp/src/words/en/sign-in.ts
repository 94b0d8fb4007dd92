import { section } from '../section.ts';

export const signIn = section('signIn', {
  title: 'Your servers, your agents',
  intro: 'Clawmoor turns a bare server into a running OpenClaw agent, and watches over it.',
  trial: 'This is a trial on your own computer. Nothing leaves it.',
  trialButton: 'Sign in to this trial',
  telegramOnly: 'Open Clawmoor from its Telegram bot to sign in.',
  openTelegram: 'Open Telegram',
  signingIn: 'Signing in …',
  over: 'Your session has ended.',
  overHelp: 'Close the app and open it again from the bot. What runs on your servers goes on, and what you typed is still here.',
  overBrowser: 'Sign in again: what you typed is still here.',
  close: 'Close',
  again: 'Sign in again',
});
