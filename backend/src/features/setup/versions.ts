/** What is brought to a bare server. The Node line is OpenClaw's oldest supported one with long-term support. */
export const NODE_VERSION = '24.21.0';
export const NPM_VERSION = '11.21.2';
export const DEFAULT_OPENCLAW = 'latest';

/** OpenClaw's `engines`: `>=24.16 <25 || >=26.1`. */
export function nodeSuits(version: string): boolean {
  const [, major = 0, minor = 0] = (/^v?(\d+)\.(\d+)\./.exec(version) ?? []).map(Number);
  return (major === 24 && minor >= 16) || (major === 26 && minor >= 1) || major > 26;
}

export const PORT = 18_789;
/** The local trial's own, so that an OpenClaw that is already on the machine keeps its port. */
export const TRIAL_PORT = 28_789;
