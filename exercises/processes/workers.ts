// Several workers at once, each a process of its own (worker.ts): a job goes there as a message, and an answer comes back.
//
// The task: step 8 of README.md beside this file. Check it at every save: npm run ex -- processes --watch
// Try it by hand: npm run ex -- processes workers -- 10 100 100000
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { todo } from '#todo';

const { jobs, limit } = readArguments();

// TODO: step 8: ask() for every job, all at the same time, and wait for all of them.
const answered: boolean[] = todo('step 8: start the workers');
process.exitCode = answered.every(Boolean) ? 0 : 1;

/** Has one job done by a worker of its own, and prints a line when that has ended. Resolves with whether it had answered. */
function ask(below: number): Promise<boolean> {
  const worker = fork(new URL('./worker.ts', import.meta.url));
  worker.on('error', () => {}); // the channel broke while the job was sent: the worker is about to exit
  // TODO: step 8: send the number to the worker. Keep the answer when a message comes, and disconnect(): an open channel
  //   keeps both processes alive.
  // TODO: step 8: kill a worker that has not ended after `limit` milliseconds. It may not listen to SIGTERM. If it has answered
  //   before, its answer counts.
  // TODO: step 8: when it is gone (event 'exit', with a status and a signal), print one of these lines, and resolve:
  //   `<below>: <sum>`, `<below>: no answer within <limit> ms`, `<below>: no answer (<signal or exit status n>)`.
  todo('step 8: give the job to a worker');
}

function readArguments(): { readonly jobs: readonly number[]; readonly limit: number } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { limit: { type: 'string', default: '10000' } },
    });
    const right = [values.limit, ...positionals].every((number) => /^\d{1,9}$/.test(number));
    if (!right || positionals.length === 0) throw new Error('no jobs, or no numbers');
    return { jobs: positionals.map(Number), limit: Number(values.limit) };
  } catch {
    console.error('usage: workers [--limit <ms>] <number> ...');
    return process.exit(2);
  }
}
