// Reads answers line by line, from a terminal or from a pipe, until the input ends or somebody interrupts.
import { createInterface } from 'node:readline';

export interface Reader {
  /** Shows the prompt and resolves with the next line; undefined once there is no more, or after an interruption. */
  ask(prompt: string): Promise<string | undefined>;
  /** The signal that has ended it. */
  readonly interrupted: 'SIGINT' | 'SIGTERM' | undefined;
  close(): void;
}

export function openReader(): Reader {
  const lines: string[] = [];
  let waiting: ((line: string | undefined) => void) | undefined;
  let interrupted: Reader['interrupted'];
  let ended = false;
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const input = createInterface({ input: process.stdin, output: process.stdout, terminal });

  input.on('line', (line) => {
    if (waiting) answer(line);
    else lines.push(line);
  });
  input.on('close', () => {
    ended = true;
    answer(undefined);
  });
  const interrupt = (signal: 'SIGINT' | 'SIGTERM') => () => {
    // A second one does not wait for a program that is still running: what clears up after it does not need us.
    if (interrupted) process.exit(signal === 'SIGINT' ? 130 : 143);
    interrupted = signal;
    lines.length = 0;
    input.close();
  };
  const [onInt, onTerm] = [interrupt('SIGINT'), interrupt('SIGTERM')];
  // In a terminal readline reads Ctrl+C as a key; without one it is a signal.
  input.on('SIGINT', onInt);
  process.on('SIGINT', onInt);
  process.on('SIGTERM', onTerm);

  function answer(line: string | undefined): void {
    const resolve = waiting;
    waiting = undefined;
    resolve?.(shown(line));
  }

  /** A terminal shows what is typed. Without one, it is shown here, so that the round can be read afterwards. */
  function shown(line: string | undefined): string | undefined {
    if (!terminal || line === undefined) process.stdout.write(`${line ?? ''}\n`);
    return line;
  }

  return {
    get interrupted() {
      return interrupted;
    },
    async ask(prompt) {
      if (ended && lines.length === 0) return undefined;
      if (ended) process.stdout.write(prompt);
      else {
        input.setPrompt(prompt);
        input.prompt();
      }
      if (lines.length > 0) return shown(lines.shift());
      return await new Promise((resolve) => (waiting = resolve));
    },
    close() {
      process.off('SIGINT', onInt);
      process.off('SIGTERM', onTerm);
      input.close();
    },
  };
}
