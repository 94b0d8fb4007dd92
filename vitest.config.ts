import { defineConfig } from 'vitest/config';

const long = process.env['CLAWMOOR_LONG'] === '1' ? [] : ['**/*.long.test.ts'];
const exclude = ['**/node_modules/**', '**/dist/**', ...long];

// Judges every response of every group by the route table.
const setupFiles = ['test/support/each-response.ts'];

/** Four groups, by what they need: nothing, an sshd on loopback, a whole Debian server, a browser. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/store-setup.ts',
    pool: 'forks',
    // Two cores: more workers than that only make each test slower.
    maxWorkers: 2,
    // What is waited for comes sooner; the one second of the default is a measurement of the machine.
    expect: { poll: { timeout: 15_000, interval: 50 } },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{shared,backend,webapp,cli}/src/**/*.test.{ts,tsx}', 'test/{architecture,contract,access,api,rag,cli}/**/*.test.ts'],
          exclude,
          setupFiles,
          // What a machine under load may take; none of them measures.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'ssh',
          include: ['test/{ssh,tasks,trial,openclaw}/**/*.test.ts'],
          exclude,
          setupFiles,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // A real gateway is busy with work of its own at times, and says so; the reporter shows what needed its second try.
          retry: 1,
        },
      },
      {
        test: {
          name: 'host',
          include: ['test/host/**/*.test.ts'],
          exclude,
          setupFiles,
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude,
          setupFiles,
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
