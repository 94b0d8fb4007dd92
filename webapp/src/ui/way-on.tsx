import { useContext } from 'react';
import { Link, useLocation } from 'wouter';
import type { Server } from '@clawmoor/shared/servers.ts';
import { keys, queryClient } from '../api/queries.ts';
import { Parent } from '../app/parent.ts';
import { wayOn as text } from '../words/en/way-on.ts';
import { wayOf } from './way-of.ts';

/** The way from a failure to the screen where it can be mended; nothing where there is none. */
export function WayOn({ code, taskId }: { code: string; taskId: string | undefined }) {
  const [here] = useLocation();
  const parent = useContext(Parent);
  const serverId = /^\/servers\/([^/]+)/.exec(here)?.[1];
  const found = wayOf({ code, taskId, serverId, role: serverId === undefined ? undefined : roleOn(serverId), parent });
  if (!found || found.path === here) return null;
  return (
    <Link href={found.path} className="button plain">
      {text[found.way]}
    </Link>
  );
}

/** As far as it is known already: a failure is no time to ask. */
const roleOn = (serverId: string): Server['role'] | undefined =>
  (
    queryClient.getQueryData<Server>(keys.server(serverId)) ??
    queryClient.getQueryData<Server[]>(keys.servers)?.find(({ id }) => id === serverId)
  )?.role;
