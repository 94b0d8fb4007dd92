import type { deviceRoutes } from '@clawmoor/shared/device.ts';
import type { Auth } from '../features/auth/auth.ts';
import type { DeviceLogins } from '../features/auth/device-login.ts';
import type { Handlers } from '../http/handlers.ts';
import { Problem } from '../lib/problem.ts';

export function deviceHandlers({ auth, deviceLogins }: { auth: Auth; deviceLogins: DeviceLogins }): Handlers<typeof deviceRoutes> {
  return {
    async startDeviceLogin(_input, { ip, userAgent, note }) {
      const started = await deviceLogins.start({ ip, userAgent });
      note({ target: started.userCode });
      return started;
    },
    async pollDeviceLogin({ body }, { note }) {
      try {
        const { userId, token } = await deviceLogins.poll(body.deviceCode);
        note({
          target: token.id,
          actor: { id: userId, name: (await auth.readUser(userId)).firstName },
          after: { scope: token.scope, expiresAt: token.expiresAt },
        });
        return token;
      } catch (error) {
        // It asks every 5 s: that somebody still waits is no news for the audit log.
        note({ unchanged: error instanceof Problem && (error.code === 'auth.device_pending' || error.code === 'request.too_many') });
        throw error;
      }
    },
    readDeviceLogin: ({ userCode }) => deviceLogins.read(userCode),
    async approveDeviceLogin({ userCode, body }, { caller, note }) {
      note({ target: userCode, after: body });
      const device = await deviceLogins.approve(userCode, caller.userId, body.scope);
      note({ target: device.userCode, after: { ...body, ip: device.ip, userAgent: device.userAgent } });
      return device;
    },
    async denyDeviceLogin({ userCode }, { caller, note }) {
      note({ target: userCode });
      return deviceLogins.deny(userCode, caller.userId);
    },
  };
}
