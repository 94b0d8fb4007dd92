import type { OpenclawBackup } from '@clawmoor/shared/openclaw-backups.ts';
import { iso } from '../../lib/clock.ts';
import type { Host } from '../../lib/host.ts';
import { sh, type Command } from '../../lib/sh.ts';

/** Below the home folder, 0700: an archive holds every secret of the gateway, and stays on the server unless its owner takes it. */
const FOLDER = '.clawmoor/openclaw-backups';
export const KEPT = 10;

/** The time comes first, so that names sort by age. */
export const nameAt = (at: number, random: string): string => `${iso(at).replace(/[-:]|\.\d+/g, '')}-${random}`;
const NAME = /^\d{8}T\d{6}Z-[a-z0-9]{8}$/;
export const isName = (text: string): boolean => NAME.test(text);

export const archiveOf = (name: string): string => `${FOLDER}/${name}.tar.gz`;
const sumOf = (name: string): string => `${FOLDER}/${name}.sha256`;
export const stageOf = (name: string): string => `${FOLDER}/restored-${name}`;

/** The archive gets its name only when it is whole and verified; a draft of a try that was cut off is thrown away first. */
export const creation = (name: string): string => {
  const draft = `${FOLDER}/draft-${name}`;
  return sh`set -e
umask 077
cd "$HOME"
mkdir -p ${FOLDER}
rm -rf ${draft}
mkdir ${draft}
openclaw backup create --output ${draft} --verify --json 2>&1
sha256sum ${draft}/*.tar.gz | cut -d' ' -f1 >${sumOf(name)}
mv ${draft}/*.tar.gz ${archiveOf(name)}
rm -rf ${draft}
ls -1 ${FOLDER} | grep -E '^[0-9TZ]+-[a-z0-9]+\.tar\.gz$' | sort -r | tail -n +${KEPT + 1} | while read -r old; do
  rm -f ${FOLDER}/"$old" ${FOLDER}/"$(basename "$old" .tar.gz).sha256"
done`.text;
};

export const verification = (name: string): string =>
  sh`set -e
cd "$HOME"
[ "$(sha256sum ${archiveOf(name)} | cut -d' ' -f1)" = "$(cat ${sumOf(name)})" ] || { echo 'its checksum has changed'; exit 3; }
openclaw backup verify ${archiveOf(name)} --json 2>&1`.text;

export const staging = (name: string): string =>
  sh`set -e
umask 077
cd "$HOME"
rm -rf ${stageOf(name)}
openclaw backup restore ${archiveOf(name)} --target ${stageOf(name)} --json 2>&1
echo "unpacked into $HOME/${stageOf(name)}"`.text;

export const removal = (name: string): Command => sh`rm -rf ${archiveOf(name)} ${sumOf(name)} ${stageOf(name)}`;

export async function listArchives(host: Host, signal?: AbortSignal): Promise<OpenclawBackup[]> {
  const ask = sh`cd ${FOLDER} 2>/dev/null || exit 0
for f in *.tar.gz; do [ -f "$f" ] && printf '%s %s %s\n' "$f" "$(stat -c '%s %Y' "$f")" "$(cat "$(basename "$f" .tar.gz).sha256" 2>/dev/null)"; done; :`;
  const { stdout } = await host.run(ask, signal ? { signal } : {});
  return stdout
    .split('\n')
    .flatMap((line) => {
      const [file = '', size, seconds, sha256 = ''] = line.split(' ');
      const id = file.replace(/\.tar\.gz$/, '');
      return isName(id) && /^[0-9a-f]{64}$/.test(sha256)
        ? [{ id, createdAt: iso(Number(seconds) * 1000), size: Number(size), sha256 }]
        : [];
    })
    .toSorted((one, other) => (one.id < other.id ? 1 : -1));
}
