import { section } from '../section.ts';

export const settings = section('settings', {
  title: 'Settings',
  language: 'Language',
  languageHelp: 'Chosen by your Telegram until you choose here. What servers print stays as it is.',
  look: 'Colours',
  lookTelegram: 'They follow your Telegram: {scheme} now.',
  lookBrowser: 'They follow your device: {scheme} now.',
  schemes: { light: 'light', dark: 'dark' },
  account: 'You',
  superAdmin: 'super-admin',
  signOut: 'Sign out',
  signOutHelp: 'Ends this session. Tasks on servers go on.',
  signOutAsk: 'Sign out of Clawmoor on this device?',
  about: 'About',
  version: 'Version',
  trial: 'Local trial',
  client: 'Client',
  api: 'API reference',
  apiHelp: 'For programs of your own. In English.',
});
