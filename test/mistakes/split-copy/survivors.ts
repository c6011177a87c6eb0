// Changes to the solution that no check finds, each with the reason why it makes no difference that a check could see.
import type { Survivor } from '../mistake.ts';

const NOT_STARTED =
  'only a child that cannot be started comes here: no check can take the memory or the processes away that it needs';
const WORDS =
  'that it is one line on stderr with the name of the part is promised, and checked; the words behind it are free';

export const survivors: readonly Survivor[] = [
  {
    file: 'children.ts',
    line: '`${jobs[index]?.name}: ${why}`',
    becomes: 'jobs[index].name',
    why: 'there is a job for each child: the question mark is for the type',
  },
  {
    file: 'children.ts',
    line: "child.stderr ? text(child.stderr) : '',",
    becomes: '"Stryker was here!"',
    why: 'stderr is a pipe, always: the other branch is for the type',
  },
  {
    file: 'children.ts',
    line: 'return words.trim() || (signal ?',
    why: WORDS,
  },
  { file: 'children.ts', line: '} catch (error) {', becomes: '{}', why: NOT_STARTED },
  ...['true', 'false', 'code !== undefined'].map((becomes) => ({
    file: 'children.ts',
    line: 'if (code === undefined) throw error;',
    becomes,
    why: NOT_STARTED,
  })),
  {
    file: 'children.ts',
    line: 'return `cannot be started: ${code}`;',
    becomes: '``',
    why: NOT_STARTED,
  },
];
