// The runner behind `npm run ex`: reads the command line, calls one command, prints what went wrong in one line, exits.
import { createRequire } from 'node:module';
import { readCommandLine, type CommandLine } from './command-line.ts';
import { findLesson } from './lessons.ts';
import { UserError } from './user-error.ts';

main().then(
  (status) => {
    // Open sockets or children of a command that is done must not keep the runner alive. But what it has printed into a pipe
    // may not be through yet: a pipe takes 64 KiB, and the rest when somebody has read them.
    process.stdout.write('', () => process.exit(status));
  },
  (error: unknown) => {
    const known = oneLine(error);
    process.stderr.write(
      known
        ? `workbook: ${known.message}\n`
        : `${error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exit(known?.exitCode ?? 3);
  },
);

async function main(): Promise<number> {
  const line = readCommandLine(process.argv.slice(2));
  return (await (line.command === undefined ? lesson(line) : command(line))) ?? 0;
}

/** A command is loaded when it is called: a runner that starts fast loads no more than it needs. (Not by `import()`: that
 * would go past the hook of start.cjs.) */
function load<Module>(path: string): Module {
  return createRequire(import.meta.url)(path) as Module;
}

async function command({ command, words }: CommandLine): Promise<number | void> {
  switch (command) {
    case 'hint':
      return load<typeof import('./commands/hint.ts')>('./commands/hint.ts').hint(words);
    case 'quiz':
      return load<typeof import('./commands/quiz.ts')>('./commands/quiz.ts').quiz(words);
    case 'reset':
      return load<typeof import('./commands/keep.ts')>('./commands/keep.ts').reset(words);
    case 'undo':
      return load<typeof import('./commands/keep.ts')>('./commands/keep.ts').undo(words);
    case 'history':
      return load<typeof import('./commands/keep.ts')>('./commands/keep.ts').history(words);
    case 'doctor':
      return load<typeof import('./commands/doctor.ts')>('./commands/doctor.ts').doctor(words);
    case 'submit':
      return load<typeof import('./commands/submit.ts')>('./commands/submit.ts').submit(words);
    case 'new':
      return load<typeof import('./commands/new.ts')>('./commands/new.ts').newLesson(words);
    case 'starters':
      return load<typeof import('./starters.ts')>('./starters.ts').starters(words);
    case 'bench':
      return load<typeof import('./bench/bench.ts')>('./bench/bench.ts').bench(words);
    case 'grade':
      return load<typeof import('./grade/grade.ts')>('./grade/grade.ts').grade(words);
    case 'prove':
      return load<typeof import('./prove/prove.ts')>('./prove/prove.ts').prove(words);
    default:
      return load<typeof import('./commands/help.ts')>('./commands/help.ts').help();
  }
}

async function lesson({
  words: [typed, program],
  flags,
  programArgs,
}: CommandLine): Promise<number | void> {
  if (flags.help) return load<typeof import('./commands/help.ts')>('./commands/help.ts').help();
  if (typed === undefined) {
    if (flags.test)
      return load<typeof import('./commands/test.ts')>('./commands/test.ts').testAll(flags);
    const alone = Object.entries(flags).find(([, value]) => value);
    if (alone)
      throw new UserError(`--${alone[0]} needs a lesson: npm run ex -- <lesson> --${alone[0]}`);
    return load<typeof import('./commands/list.ts')>('./commands/list.ts').list();
  }
  const lesson = findLesson(typed);
  const mode = flags.watch ? 'watch' : flags.test ? 'test' : flags.demo ? 'demo' : 'run';
  if (program !== undefined && mode !== 'run')
    throw new UserError(`--${mode} is for the whole lesson, not for ${program} alone`);
  if (mode === 'watch')
    return load<typeof import('./commands/watch.ts')>('./commands/watch.ts').watch(lesson, flags);
  if (mode === 'test')
    return load<typeof import('./commands/test.ts')>('./commands/test.ts').testLesson(
      lesson,
      flags,
    );
  if (mode === 'demo')
    return load<typeof import('./commands/demo.ts')>('./commands/demo.ts').demo(lesson);
  const { run } = load<typeof import('./commands/run.ts')>('./commands/run.ts');
  return run(lesson, {
    solution: flags.solution,
    args: programArgs,
    ...(program === undefined ? {} : { program }),
  });
}

/** What a user can cause and mend gets one line; anything else is a fault of ours and keeps its stack. */
function oneLine(error: unknown): { message: string; exitCode: number } | undefined {
  if (error instanceof UserError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return { message: `no space left on the disk: ${message}`, exitCode: 1 };
  if (code === 'EACCES' || code === 'EROFS')
    return { message: `not allowed: ${message}`, exitCode: 1 };
  if (error instanceof Error && error.cause !== undefined) return { message, exitCode: 1 };
  return undefined;
}
