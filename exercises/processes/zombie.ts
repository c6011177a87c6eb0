// A child that has ended and was not waited for: the kernel keeps its number and its status, and shows the state Z.
//
// The task: step 4 of README.md beside this file. Check it at every save: npm run ex -- processes --watch
// Try it by hand: npm run ex -- processes zombie
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SIG_IGN, _exit, fork, signal, sleep, wait, type SystemError } from '#posix';
import { todo } from '#todo';
import { waitForEnter } from './enter.ts';
import { describeStatus } from './status.ts';

const { ignore } = readArguments();
// TODO: step 4: if `ignore` is set, let the kernel ignore SIGCHLD: signal() with SIG_IGN. Before the fork, or after it?
// TODO: step 4: fork. The child ends at once, with status 7.
const child: number = todo('step 4: start a child that ends at once');
// TODO: step 4: go on here when the child has ended, and do not reap it: ask stateOf(child) again and again, and sleep(0.01)
//   in between. (To sleep once, for a fixed time, is a guess: too short on a busy machine.) What will it say in the end, with
//   and without --ignore?
console.log(`child ${child}: ${stateOf(child)}`);
waitForEnter();
console.log(`wait: ${reap()}`);
console.log(`child ${child}: ${stateOf(child)}`);
waitForEnter();

/** Takes the child's status, or says what is wrong with that: `ECHILD`, there is no child to wait for. */
function reap(): string {
  // TODO: step 4: wait(), and return what describeStatus() says of the status.
  // TODO: step 4: if there is no child, wait() throws a SystemError whose code is ECHILD: return the code. Any other error
  //   goes on.
  todo('step 4: reap the child');
}

/** Done for you: the state of a process, a letter as in `ps`: the third field of /proc/<pid>/stat. `gone` if there is none. */
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
