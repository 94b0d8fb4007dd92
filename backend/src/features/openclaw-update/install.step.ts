import { sh } from '../../lib/sh.ts';
import { folderOf } from './before.ts';
import { outputOf, unharmed } from './unharmed.ts';
import type { PlanParts, UpdateStep } from './update.plan.ts';

/** The new version in a folder of its own, beside the one that runs. */
export const installStep = ({ gateways, explainNpm }: PlanParts): UpdateStep => ({
  key: 'install',
  title: 'Install the new version beside the old one',
  deadlineMs: 30 * 60_000,
  done: ({ host, input }) => host.test(sh`[ -f ${`${folderOf(input.id)}/installed`} ]`),
  apply: (context) =>
    unharmed(gateways, context, async () => {
      const { version, id } = context.input;
      context.log(`Installing OpenClaw ${version}; this takes one to five minutes.`);
      await context.detached({ name: `npm-${version}`, script: script(id, version) }).catch((error: unknown) => {
        throw explainNpm({ ...outputOf(error), version });
      });
    }),
});

// `http` prints a line per package: who watches sees that it lives. What failed leaves nothing on a disk that it may have filled.
const script = (id: string, version: string): string =>
  sh`set -e
cd "$HOME"/${folderOf(id)}
fail() {
  c=$?; [ $c = 0 ] && return
  free=$(df -Pk . | awk 'NR==2{print $4}'); rm -rf new
  [ "$free" -lt 1024 ] && echo 'No space left on device'
  exit $c
}
trap fail EXIT; trap 'exit 143' TERM INT HUP
rm -rf new; mkdir new
npm install --global --prefix "$PWD/new" --no-fund --no-audit --no-update-notifier --no-progress --loglevel=http ${`openclaw@${version}`} 2>&1
said=$(new/bin/openclaw --version 2>&1) || { echo "npm error it does not start: $said"; exit 1; }
case $said in *" ${version} "* | *" ${version}") ;; *) echo "npm error it says that it is $said"; exit 1 ;; esac
: >installed`.text;
