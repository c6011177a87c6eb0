// What the children of play can do. No job waits for the event loop: that is a copy, and would read the commands of
// the parent. sleep() is the kernel's, and stops the whole child.
import { existsSync } from 'node:fs';
import { SIG_IGN, signal, sleep } from '#posix';
import { Process } from './process.ts';

export const jobs: Record<string, (...words: string[]) => unknown> = {
  say: (...words) => tell(`says ${words.join('、')}`),
  /** Waits until there is such a file. */
  wait: (file = '门') => {
    while (!existsSync(`${file}`)) sleep(0.01);
    tell(`has seen ${file}`);
  },
  /** The same, and SIGTERM does not end it. */
  stubborn: (...files) => {
    signal('SIGTERM', SIG_IGN);
    tell('ignores SIGTERM');
    jobs.wait?.(...files);
  },
  /** Has a child of its own that waits. */
  parent: async (...words) => {
    const child = new Process({ target: jobs.wait, args: words });
    await child.start();
    tell(`is the parent of ${child.pid}`);
  },
  exit: (status) => process.exit(Number(status)),
  status: (status) => void (process.exitCode = Number(status)),
  /** With a status: it was set before, and must not matter. */
  throw: (message, status) => {
    if (status !== undefined) process.exitCode = Number(status);
    throw new Error(message);
  },
  reject: async (message) => {
    throw new Error(message);
  },
};

function tell(text: string): void {
  console.log(`child ${process.pid}: ${text}`);
}
