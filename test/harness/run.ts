// The run: what all checks of one harness process share. One mark in the environment of every program under check, one
// temp directory, and a guardian that clears both away if this process ends without doing so itself, even by SIGKILL.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Run {
  /** `NAME=value`, in the environment of every program that this run starts, and so of all their children. */
  readonly mark: string;
  /** The run's own temp directory; `directory(name)` makes one below it. */
  readonly root: string;
  directory(name: string): string;
}

let current: Run | undefined;

/** The run of this process, begun at the first call. Throws ENOSPC or EACCES if there is no room for temp files. */
export function currentRun(): Run {
  current ??= begin();
  return current;
}

function begin(): Run {
  const mark = `WORKBOOK_RUN=${process.pid}-${randomBytes(6).toString('hex')}`;
  const root = mkdtempSync(join(tmpdir(), 'workbook-'));
  startGuardian(mark, root);
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  return {
    mark,
    root,
    directory(name) {
      const path = join(root, `${name}-${randomBytes(4).toString('hex')}`);
      mkdirSync(path);
      return path;
    },
  };
}

/**
 * The guardian is a shell that waits for the end of its stdin. The kernel closes our end of that pipe when this process
 * ends, in whatever way, and then every process that still carries the mark is killed and the temp directory removed.
 * It is repeated until none is found: a process may be forking while it is looked for. (grep's own exit status says
 * nothing: it is 2 as soon as one process has ended while the list was read.) The directory is removed until it stays
 * away: parts of a browser write over their environment and carry no mark; they end by themselves when the rest of it is
 * dead, and save something before they do.
 */
const GUARDIAN = `
read -r _
while found=$(grep -lzsx "$1" /proc/[0-9]*/environ); [ -n "$found" ]; do
  for file in $found; do pid=\${file#/proc/}; kill -9 "\${pid%/environ}"; done
done 2>/dev/null
for try in 1 2 3 4 5 6 7 8 9 10; do
  [ -e "$2" ] || break
  rm -rf -- "$2"
  sleep 0.2
done 2>/dev/null
`;

function startGuardian(mark: string, root: string): void {
  if (process.platform === 'win32') return;
  // Detached: a Ctrl+C in the terminal is for the programs, not for the one that clears up after them.
  const guardian = spawn('sh', ['-c', GUARDIAN, 'guardian', mark, root], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: { PATH: process.env.PATH },
  });
  // Without a guardian a run still clears up on every ordinary way out.
  guardian.once('error', () => {});
  guardian.stdin.once('error', () => {});
  guardian.unref();
  (guardian.stdin as unknown as { unref(): void }).unref();
}
