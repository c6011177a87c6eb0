// Changes to the solution of process-class that no check notices, and why nobody could.
import type { Survivor } from '../mistake.ts';

export const survivors: readonly Survivor[] = [
  {
    file: 'children.ts',
    line: 'console.error(`${self.name}:`, error);',
    becomes: '``',
    why: 'The name of the process may stand before the trace, and need not.',
  },
  {
    file: 'process.ts',
    line: "throw new Error('daemon must be set before start()')",
    becomes: '""',
    why: 'The contract asks for an Error and leaves its words free.',
  },
  {
    file: 'process.ts',
    line: "throw new Error('a process cannot be started twice')",
    becomes: '""',
    why: 'The contract asks for an Error and leaves its words free.',
  },
  {
    file: 'process.ts',
    line: "throw new Error('only a process that was started can be joined')",
    becomes: '""',
    why: 'The contract asks for an Error and leaves its words free.',
  },
  {
    file: 'process.ts',
    line: 'return target?.(...args);',
    becomes: 'target(...args)',
    why: 'Every program of the lesson gives a target or a run() of its own, and no command makes a process without one.',
  },
  {
    file: 'process.ts',
    line: 'while (this.isAlive() && performance.now() < until) await pause(POLL);',
    becomes: 'performance.now() <= until',
    why: 'The two differ at one exact moment of the clock, and by one pause then: 10 ms, where 100 ms are allowed.',
  },
  {
    file: 'process.ts',
    line: 'if (this.#pid !== undefined && this.isAlive()) kill(this.#pid, signal);',
    now: 'if (true && this.isAlive())',
    why: 'isAlive() is false without a pid: the comparison is for the compiler.',
  },
];
