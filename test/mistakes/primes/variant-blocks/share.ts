// Workers that take every n-th block of 100 numbers, and tell what they have found by a message.
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

interface Answer {
  readonly count: number;
  readonly sum: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { workers: { type: 'string', default: '2' }, worker: { type: 'string' } },
});
const limit = Number(positionals[0]);
const workers = Number(values.workers);
if (values.worker === undefined) lead();
else process.send?.(work(Number(values.worker)), () => process.disconnect());

function work(which: number): Answer {
  let [count, sum] = [0, 0];
  for (let block = which * 100; block < limit; block += workers * 100) {
    for (let number = Math.max(block, 2); number < Math.min(block + 100, limit); number += 1) {
      let divisor = 2;
      while (number % divisor !== 0) divisor += 1;
      if (divisor !== number) continue;
      count += 1;
      sum += number;
    }
  }
  return { count, sum };
}

function lead(): void {
  const names = Array.from('甲乙丙丁戊己庚辛').slice(0, workers);
  const answers = new Map<string, Answer>();
  let left = workers;
  let status: number | undefined;
  const end = (why: number) => {
    status ??= why;
    children.forEach((child) => child.kill('SIGKILL'));
  };
  process.on('SIGTERM', () => end(143)).on('SIGINT', () => end(130));
  const children = names.map((name, which): ChildProcess => {
    const self = fileURLToPath(import.meta.url);
    const words = ['--workers', `${workers}`, '--worker', `${which}`, `${limit}`];
    const child = spawn(process.execPath, [...process.execArgv, self, ...words], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true, // Ctrl+C comes here alone
    });
    child.on('message', (answer) => answers.set(name, answer as Answer));
    // Not 'exit': its message may still be on the way then.
    child.on('close', () => {
      left -= 1;
      if (!answers.has(name) && status === undefined) {
        console.error(`share: ${name}: no answer`);
        end(1);
      }
      if (left > 0) return;
      if (status === undefined) report(names, answers, children);
      process.exitCode = status ?? 0;
    });
    return child;
  });
}

function report(
  names: readonly string[],
  answers: ReadonlyMap<string, Answer>,
  children: readonly ChildProcess[],
): void {
  let [count, sum] = [0, 0];
  names.forEach((name, at) => {
    const answer = answers.get(name) ?? { count: 0, sum: 0 };
    console.log(
      `${name}: ${answer.count} primes, sum ${answer.sum}, by process ${children[at]?.pid}`,
    );
    count += answer.count;
    sum += answer.sum;
  });
  console.log(`${count} primes, sum ${sum}`);
}
