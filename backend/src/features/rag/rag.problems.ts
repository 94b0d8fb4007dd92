import { Problem } from '../../lib/problem.ts';

const MB = 1_000_000;

export const notInstalled = (): Problem =>
  new Problem('rag.not_installed', 'The document search is not installed on this server', {
    fix: 'Install it here first; it takes a minute.',
  });
export const bundleMissing = (): Problem =>
  new Problem('rag.bundle_missing', 'This Clawmoor was started without the document search that it would install', {
    fix: 'Build it where Clawmoor is installed: npm run build -w ragd.',
  });
export const unsupported = (arch: string, libc: string): Problem =>
  new Problem('rag.unsupported', `The document search does not run on ${arch} with ${libc}`, {
    fix: 'It needs Linux with glibc on x86_64 or arm64: Debian and Ubuntu are such.',
  });
export const tooSmall = (what: 'memory' | 'disk', hasBytes: number, needsBytes: number): Problem =>
  new Problem(
    'rag.too_small',
    `${Math.round(hasBytes / MB)} MB of ${what} are free; the document search needs ${Math.round(needsBytes / MB)} MB`,
    {
      fix: what === 'memory' ? 'Stop what is not needed on this server, or take a larger one.' : 'Free some space (df -h), then try again.',
    },
  );
export const noPort = (): Problem =>
  new Problem('rag.no_port', 'No port is free for the document search', { fix: 'Look what listens on the ports from 7842 on (ss -ltn).' });
export const notStarted = (why: string): Problem =>
  new Problem('rag.not_started', `The document search did not start${why ? `: ${why}` : ''}`, {
    fix: 'The log of this task has its last words.',
  });
export const rolledBack = (version: string, previous: string, why: string): Problem =>
  new Problem('rag.rolled_back', `The document search ${version} does not run here (${why}); ${previous} runs again`, {
    fix: 'Nothing is lost. The log of this task says why; try again with the next version of Clawmoor.',
  });
export const selfTestFailed = (why: string): Problem =>
  new Problem('rag.self_test_failed', `The document search runs, but does not find what it should: ${why}`, {
    fix: 'Look at its log on the server.',
  });

export const agentNotFound = (id: string): Problem =>
  new Problem('agent.not_found', `There is no agent ${id} on this server`, { fix: 'Load the list of agents again.' });
export const noFiles = (): Problem => new Problem('rag.no_files', 'No file was sent', { fix: 'Send at least one in the field “files”.' });
export const nothingUnderstood = (summary: string): Problem =>
  new Problem('rag.nothing_understood', `No document could be taken in: ${summary}`, {
    fix: 'The list of documents says what is wrong with each.',
  });

export const skillIsNotOurs = (file: string): Problem =>
  new Problem('rag.skill_is_not_ours', `${file} on the server is there already, and not as Clawmoor wrote it`, {
    fix: 'Move it away or delete it, then try again.',
  });
export const noWorkspace = (id: string): Problem =>
  new Problem('rag.no_workspace', `The gateway does not say where the agent ${id} has its workspace`, {
    fix: 'Restart the gateway, then try again.',
  });
export const commandsRefused = (rule: string): Problem =>
  new Problem('rag.commands_refused', `This agent may not run commands: ${rule} in the configuration of OpenClaw is against it`, {
    fix: 'Let it search with the plugin, which needs no commands; or change that rule.',
  });
export const skillFailed = (why: string): Problem =>
  new Problem('rag.skill_failed', `The agent cannot search its documents: ${why}`, {
    fix: 'Look at the rules for tools (tools.deny, tools.allow) in the configuration of OpenClaw.',
  });
