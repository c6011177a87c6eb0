// The command line of `npm run ex`, as data: what was asked for, or one line that says what is wrong with it.
import { parseArgs } from 'node:util';
import { didYouMean } from './lessons.ts';
import { UserError } from './user-error.ts';

/** The words that are commands; everything else in first place is a lesson. */
export const commands = [
  'hint',
  'quiz',
  'reset',
  'undo',
  'history',
  'doctor',
  'submit',
  'new',
  'starters',
  'bench',
  'grade',
  'prove',
  'help',
] as const;

export type Command = (typeof commands)[number];

export interface CommandLine {
  /** Undefined: a lesson is run, tested, watched or shown; or, without a lesson, the list. */
  readonly command?: Command;
  /** What follows the command, or the lesson and the name of its program. */
  readonly words: readonly string[];
  readonly flags: Flags;
  /** What came after a `--` of its own: for the program, not for the runner. */
  readonly programArgs: readonly string[];
}

export interface Flags {
  readonly solution: boolean;
  readonly test: boolean;
  readonly demo: boolean;
  readonly watch: boolean;
  readonly json: boolean;
  readonly all: boolean;
  readonly help: boolean;
  readonly check?: string;
  readonly seed?: string;
}

const options = {
  solution: { type: 'boolean', default: false },
  test: { type: 'boolean', default: false },
  demo: { type: 'boolean', default: false },
  watch: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  all: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  check: { type: 'string' },
  seed: { type: 'string' },
} as const;

/** Reads the arguments after `npm run ex --`. Throws {@link UserError}. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const [first] = args;
  if (first !== undefined && isCommand(first))
    return { command: first, words: args.slice(1), flags: noFlags, programArgs: [] };

  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  for (const flag of own.filter((arg) => arg.startsWith('-'))) {
    const name = flag.replace(/^-+/, '').replace(/=.*/s, '');
    if (!Object.hasOwn(options, name)) {
      const known = didYouMean(name, Object.keys(options), '--');
      throw new UserError(
        `there is no flag ${flag}${known} What is for the program goes after another --: npm run ex -- <lesson> -- ${flag}`,
      );
    }
  }
  const { values, positionals } = parse(own);
  if (positionals.length > 2)
    throw new UserError(`too many words: ${positionals.slice(2).join(' ')}`);
  return {
    words: positionals,
    flags: values,
    programArgs: end === -1 ? [] : args.slice(end + 1),
  };
}

const noFlags: Flags = {
  solution: false,
  test: false,
  demo: false,
  watch: false,
  json: false,
  all: false,
  help: false,
};

function isCommand(word: string): word is Command {
  return (commands as readonly string[]).includes(word);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('ERR_PARSE_ARGS_')) throw error;
    throw new UserError(message.split('. ')[0] ?? message, 2, { cause: error });
  }
}
