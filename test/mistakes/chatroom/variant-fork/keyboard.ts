// The keyboard, read by a child process: what is made before the fork, what the child does, and what the parent does.
//
//   child ── lines ──▶ parent    its end: the child has ended, and all it had read is here
//   child ◀─ nothing ─ parent    its end: the parent wants no more lines, or is gone, be it by SIGKILL
import { closeSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import { _exit, pipe, SIG_DFL, SIG_IGN, signal } from '#posix';

/** Two pipes, each with the end to read from and the end to write to. Both processes have all four ends at first. */
export interface Channel {
  readonly lines: [readEnd: number, writeEnd: number];
  readonly lifeline: [readEnd: number, writeEnd: number];
}

/** To be called before fork(). */
export function openChannel(): Channel {
  signal('SIGCHLD', SIG_IGN); // nobody will ask how the child ended, so the kernel need not keep a zombie for it
  return { lines: pipe(), lifeline: pipe() };
}

/** The child: hands each line of the keyboard to its parent, up to the line `last`, and ends. */
export async function handLines({ lines, lifeline }: Channel, last?: string): Promise<never> {
  // Ctrl+C reaches every process of the terminal; the parent decides. Its listeners are copied, and would be called here, too.
  signal('SIGINT', SIG_IGN);
  signal('SIGTERM', SIG_DFL);
  signal('SIGPIPE', SIG_DFL); // Node ignores it; so a line that nobody can read any more ends this process
  closeSync(lines[0]); // or it would be its own reader
  closeSync(lifeline[1]); // or its own parent
  new Socket({ fd: lifeline[0] }).resume().once('end', () => _exit(0));

  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === last) break;
    // Returns when the line is in the pipe, and waits while that is full: so no line is lost by the exit below.
    if (line.trim() !== '') writeFileSync(lines[1], `${line}\n`);
  }
  _exit(0);
}

/** The parent: `'line'` brings a line, `'close'` comes after the last one, and close() ends the child. */
export function receiveLines({ lines, lifeline }: Channel): Interface {
  closeSync(lines[1]); // or the lines would never end: here is somebody who could still write
  closeSync(lifeline[0]);
  const input = new Socket({ fd: lines[0] });
  return createInterface({ input }).once('close', () => {
    input.destroy();
    closeSync(lifeline[1]);
  });
}
