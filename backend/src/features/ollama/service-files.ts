import { HOME_FOLDER, SYSTEM_FOLDER, SYSTEM_HOME, UNIT, type OllamaKind } from './facts.ts';
import { MEMORY_SHARE } from './fit.ts';

/** How Ollama is to run beside an OpenClaw on a small machine: on the server alone, one model at a time, nothing sent to others. */
const environment = (port: number): string[] => [
  `OLLAMA_HOST=127.0.0.1:${port}`,
  'OLLAMA_NO_CLOUD=1',
  'OLLAMA_MAX_LOADED_MODELS=1',
  'OLLAMA_NUM_PARALLEL=1',
  'OLLAMA_KEEP_ALIVE=10m',
  'OLLAMA_CONTEXT_LENGTH=2048',
];

export const environmentFile = (port: number): string => `${environment(port).join('\n')}\n`;

const HARDENED = ['NoNewPrivileges=yes', 'PrivateTmp=yes', 'ProtectHome=yes', 'ProtectSystem=strict', `ReadWritePaths=${SYSTEM_HOME}`];

export const unitFile = (kind: Exclude<OllamaKind, 'supervised'>): string =>
  [
    '[Unit]',
    'Description=Ollama, installed by Clawmoor',
    ...(kind === 'system' ? ['After=network-online.target', 'Wants=network-online.target'] : []),
    '',
    '[Service]',
    ...(kind === 'system'
      ? [`ExecStart=${SYSTEM_FOLDER}/bin/ollama serve`, 'User=ollama', 'Group=ollama', `Environment=HOME=${SYSTEM_HOME}`, ...HARDENED]
      : [`ExecStart=%h/${HOME_FOLDER}/bin/ollama serve`]),
    'Restart=always',
    'RestartSec=3',
    '',
    '[Install]',
    `WantedBy=${kind === 'system' ? 'multi-user' : 'default'}.target`,
    '',
  ].join('\n');

/** Limits and settings, apart from the unit, so that an owner's own drop-in can follow it. */
export const dropIn = (port: number): string =>
  [
    '[Service]',
    ...environment(port).map((line) => `Environment=${line}`),
    `MemoryMax=${MEMORY_SHARE * 100}%`,
    'CPUWeight=50',
    'Nice=10',
    '',
  ].join('\n');

export const unitPath = (kind: Exclude<OllamaKind, 'supervised'>): string =>
  kind === 'system' ? `/etc/systemd/system/${UNIT}` : `.config/systemd/user/${UNIT}`;
export const dropInPath = (kind: Exclude<OllamaKind, 'supervised'>): string => `${unitPath(kind)}.d/clawmoor.conf`;
