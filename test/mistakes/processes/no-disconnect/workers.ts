// Several workers at once, each a process of its own (worker.ts): a job goes there as a message, and an answer comes back.
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';

const { jobs, limit } = readArguments();

// All are started before the first answer is waited for.
const answered = await Promise.all(jobs.map(ask));
process.exitCode = answered.every(Boolean) ? 0 : 1;

/** Has one job done by a worker of its own, and prints a line when that has ended. Resolves with whether it had answered. */
function ask(below: number): Promise<boolean> {
  const worker = fork(new URL('./worker.ts', import.meta.url));
  let answer: number | undefined;
  // SIGKILL: one that hangs may not listen to anything else.
  const timer = setTimeout(() => worker.kill('SIGKILL'), limit);
  worker.on('message', (sum: number) => {
    answer = sum;
  });
  worker.on('error', () => {}); // the channel broke while the job was sent: the worker is about to exit
  worker.send(below);
  return new Promise((resolve) => {
    worker.once('exit', (status, signal) => {
      clearTimeout(timer);
      // `killed` says that kill() has sent a signal from here; that the worker is gone says 'exit'.
      const why = worker.killed ? `within ${limit} ms` : `(${signal ?? `exit status ${status}`})`;
      console.log(`${below}: ${answer ?? `no answer ${why}`}`);
      resolve(answer !== undefined);
    });
  });
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
