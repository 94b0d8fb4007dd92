import { Problem } from '../../lib/problem.ts';

export const hostKeyUnconfirmed = (): Problem =>
  new Problem('ssh.host_key_unconfirmed', 'The fingerprint of this server is not confirmed yet', {
    fix: 'Test the server, compare the fingerprint and confirm it.',
  });

export const hostKeyChanged = (): Problem =>
  new Problem('ssh.host_key_changed', 'The server presents another host key than the one you confirmed', {
    fix: 'If the server was not reinstalled, somebody may be in between: do not go on. Otherwise compare the new fingerprint on the machine itself.',
  });

export const authFailed = (method: 'password' | 'key'): Problem =>
  method === 'password'
    ? new Problem('ssh.auth_failed', 'The server refuses this user name and password', {
        fix: 'Check both. Many servers let root in with a key only, or allow no passwords at all.',
      })
    : new Problem('ssh.auth_failed', 'The server refuses this key for this user name', {
        fix: 'Put the public key into ~/.ssh/authorized_keys of that user, and check the user name.',
      });

export const connectionLost = (cause?: unknown): Problem =>
  new Problem('ssh.connection_lost', 'The connection to the server was lost', {
    fix: 'Try again; work that was started on the server goes on there.',
    cause,
  });

export const connectionTimeout = (cause?: unknown): Problem =>
  new Problem('ssh.timeout', 'The server took too long to answer', {
    fix: 'It may be overloaded, or a firewall drops packets. Try again.',
    cause,
  });

export const noCommonAlgorithms = (cause?: unknown): Problem =>
  new Problem('ssh.algorithms', 'The server offers only outdated encryption', { fix: 'Update its OpenSSH (version 7.4 or newer).', cause });

export const notSsh = (cause?: unknown): Problem =>
  new Problem('ssh.not_ssh', 'What answers on this port is not an SSH server', { fix: 'Check the port: SSH is usually on 22.', cause });

export const noBanner = (): Problem =>
  new Problem('ssh.no_banner', 'The port is open, but nothing introduces itself as SSH', {
    fix: 'The server may be overloaded, or a firewall answers in its place. Check the port, or try again in a minute.',
  });

export const sessionFailed = (cause?: unknown): Problem =>
  new Problem('ssh.session_failed', 'The server accepts the login but opens no session', {
    fix: 'It may be out of processes or memory, or allow no commands for this user (ForceCommand, MaxSessions, nologin).',
    cause,
  });

export const commandSilent = (seconds: number): Problem =>
  new Problem('ssh.command_silent', `A command on the server was silent for ${seconds} s and was stopped`, {
    fix: 'The server may be overloaded. Try again; if it stays, look at the log.',
  });

export const sftpFailed = (what: string, cause?: unknown): Problem =>
  new Problem('ssh.sftp_failed', `A file could not be ${what} on the server`, { cause });

export const diskFull = (cause?: unknown): Problem =>
  new Problem('ssh.disk_full', 'The disk of the server is full', { fix: 'Free some space on it and try again: df -h shows where.', cause });

export const forwardingDenied = (cause?: unknown): Problem =>
  new Problem('ssh.forwarding_denied', 'The server forbids port forwarding, and has no bash, nc or node to carry the bytes instead', {
    fix: 'Set AllowTcpForwarding yes in /etc/ssh/sshd_config, or install bash.',
    cause,
  });

export const portClosed = (port: number, cause?: unknown): Problem =>
  new Problem('gateway.down', `Nothing answers on port ${port} of the server`, {
    fix: 'The gateway is not running. Restart it, or run the setup again.',
    cause,
  });

export const sudoMissing = (): Problem =>
  new Problem('ssh.sudo_missing', 'This user is not root, and there is no sudo on the server', {
    fix: 'Log in as root, or install sudo and allow it to this user.',
  });
export const sudoPasswordRequired = (): Problem =>
  new Problem('ssh.sudo_password_required', 'sudo asks for a password on this server', {
    fix: 'Enter the sudo password in the settings of the server.',
  });
export const sudoPasswordWrong = (): Problem =>
  new Problem('ssh.sudo_password_wrong', 'sudo refuses the password', { fix: 'Enter the sudo password of this user again.' });
export const sudoNotAllowed = (): Problem =>
  new Problem('ssh.sudo_not_allowed', 'This user may not use sudo', { fix: 'Add the user to the group sudo: usermod -aG sudo USER' });
export const sudoNeedsTerminal = (): Problem =>
  new Problem('ssh.sudo_needs_terminal', 'sudo on this server insists on a terminal', {
    fix: 'Remove "Defaults requiretty" from /etc/sudoers.',
  });
