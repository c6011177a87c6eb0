// A child that has ended and was not waited for: the kernel keeps its number and its status, and shows the state Z.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SIG_IGN, _exit, fork, signal, sleep, wait, type SystemError } from '#posix';
import { waitForEnter } from './enter.ts';
import { describeStatus } from './status.ts';

const { ignore } = readArguments();
const child = fork();
if (child === 0) _exit(7);
if (ignore) signal('SIGCHLD', SIG_IGN);

// To wait() until it has ended would reap it. So the kernel is asked how it is.
while (!['Z', 'gone'].includes(stateOf(child))) sleep(0.01);
console.log(`child ${child}: ${stateOf(child)}`);
waitForEnter();
console.log(`wait: ${reap()}`);
console.log(`child ${child}: ${stateOf(child)}`);
waitForEnter();

/** Takes the child's status, or says what is wrong with that: `ECHILD`, there is no child to wait for. */
function reap(): string {
  try {
    const [, status] = wait();
    return describeStatus(status);
  } catch (error) {
    const { code } = error as SystemError;
    if (code !== 'ECHILD') throw error;
    return code;
  }
}

/** The state of a process, a letter as in `ps`: the third field of /proc/<pid>/stat. `gone` if there is no such process. */
function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2); // behind the command, which may hold a ')' itself
  } catch (error) {
    // ENOENT: there was none. ESRCH: it went while the file was being read.
    if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return 'gone';
  }
}

function readArguments(): { readonly ignore: boolean } {
  try {
    return parseArgs({ options: { ignore: { type: 'boolean', default: false } } }).values;
  } catch {
    console.error('usage: zombie [--ignore]');
    return process.exit(2);
  }
}
