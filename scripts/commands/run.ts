// `npm run ex -- <lesson> [program]`: runs one program of a lesson in this terminal, as the student would by hand.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { family, type ProcessRow } from '../../test/harness/proc.ts';
import { currentRun } from '../../test/harness/run.ts';
import { makeRunnable, SyntaxProblem, type Runnable } from '../../test/harness/transform.ts';
import { openKeepsakes } from '../keepsakes.ts';
import { findProgram, placesOf, root, type Lesson, type LessonProgram } from '../lessons.ts';
import { paint, print } from '../screen.ts';
import { standing } from '../standing.ts';
import { UserError } from '../user-error.ts';

export interface RunOptions {
  readonly program?: string;
  readonly solution: boolean;
  readonly args: readonly string[];
}

/** Resolves with the exit status of the program; 128 + n if signal n ended it, as a shell says it. */
export async function run(
  lesson: Lesson,
  { program: typed, solution, args }: RunOptions,
): Promise<number> {
  const program = findProgram(lesson, typed);
  const places = placesOf(lesson);
  const file = join(root, solution ? places.solution : places.starter, `${program.name}.ts`);
  if (!existsSync(file))
    throw new UserError(
      `there is no ${program.name}.ts in ${places.starter}; npm run ex -- reset ${lesson.name} brings it back`,
      1,
    );

  const keepsakes = await openKeepsakes();
  if (!solution) {
    await keepsakes.snapshot(lesson, 'run');
    await keepsakes.note({ lesson: lesson.name, event: 'run', program: program.name });
  }
  printPlaces(lesson);
  for (const other of lesson.programs.filter(({ name }) => name !== program.name)) {
    const fromSolution = solution || isUnfinished(join(root, places.starter, `${other.name}.ts`));
    // Programs that listen and those that speak to them run at the same time; others by turns.
    const when = lesson.ports.length > 0 ? 'in a second terminal' : 'also in this lesson';
    print(paint.dim(`  ${when}: ${commandFor(lesson, other, fromSolution)}`));
  }
  print(
    paint.dim(
      `  ${solution ? 'the solution' : 'your version'} of ${program.name} runs now; Ctrl+C ends it`,
    ),
    '',
  );

  const directory = join(root, solution ? places.solution : places.starter);
  const runnable = await mustBeReadable(directory, program.name);
  const status = await runHere(file, args, runnable, program.leavesRunning);
  if (status === 2 && program.example) {
    print('', paint.dim(`  for example: ${commandFor(lesson, program, solution)}`));
  }
  if (status === 1 && !solution) {
    print(
      '',
      paint.dim(
        `  ${program.name} ended with status ${status} · what is missing? npm run ex -- ${lesson.name} --test`,
      ),
    );
  }
  return status;
}

/** True while a program still stops at a TODO: then the other end to try against is the solution's. */
function isUnfinished(file: string): boolean {
  return existsSync(file) && /^import .*#todo/m.test(readFileSync(file, 'utf8'));
}

/** Says in one line, with the place, what cannot be read: tsx would print its own stack. */
async function mustBeReadable(directory: string, program: string): Promise<Runnable> {
  try {
    return await makeRunnable(directory, program, join(currentRun().root, 'transformed'));
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const { file, line, column, message, lineText } = error;
    const mark = `${' '.repeat(Math.max(column - 1, 0))}^`;
    throw new UserError(
      `${basename(file)}:${line}:${column}: ${message}\n  ${lineText}\n  ${mark}`,
      1,
    );
  }
}

/** The four places of a lesson, once a run. */
export function printPlaces(lesson: Lesson): void {
  const { starter, solution, checks, note } = placesOf(lesson);
  print(
    paint.bold(`${lesson.name} · ${lesson.title} · ${lesson.chinese}`),
    paint.dim(`  starter   ${starter}/   (the task: ${starter}/README.md)`),
    paint.dim(`  solution  ${solution}/`),
    paint.dim(`  checks    ${checks}`),
    paint.dim(`  note      ${note}`),
  );
}

/** What to type to run a program by hand. */
export function commandFor(lesson: Lesson, program: LessonProgram, solution: boolean): string {
  const name = program === lesson.programs[0] ? '' : ` ${program.name}`;
  const example = program.example ? ` -- ${program.example}` : '';
  return `npm run ex -- ${lesson.name}${name}${solution ? ' --solution' : ''}${example}`;
}

/** How long a program may take to end by itself, in milliseconds, before it is told once more. */
const TO_HEAR_OF_IT = 1_000;

/**
 * The program shares this terminal and its process group, so that it can read the keyboard and Ctrl+C reaches it and its
 * children directly. What it leaves behind is ended here, unless that is what it is for.
 */
async function runHere(
  file: string,
  args: readonly string[],
  runnable: Runnable,
  leavesRunning = false,
): Promise<number> {
  // What carries the mark of this run is ended with it, in whatever way it ends.
  const { mark: own } = currentRun();
  const mark = leavesRunning ? own.replace('WORKBOOK_RUN', 'WORKBOOK_LEFT_RUNNING') : own;
  const [name = '', value = ''] = mark.split(/=(.*)/s);
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  // A program that forks is run as the checks run it: tsx keeps a thread that a child would not have.
  const { command, args: before } = runnable.usesPosix
    ? runnable
    : { command: process.execPath, args: ['--import', tsx, file] };
  const child = spawn(command, [...before, ...args], {
    stdio: 'inherit',
    cwd: standing(),
    env: { ...process.env, [name]: value },
  });

  let interrupts = 0;
  const forward = (signal: NodeJS.Signals) => {
    interrupts += 1;
    if (interrupts > 1) child.kill('SIGKILL');
    else if (signal === 'SIGTERM') child.kill(signal);
    // Ctrl+C goes to all processes of the terminal, so the program has it already. `kill -INT` of this process alone has
    // not reached it: without a terminal, a program that is still there after a while is told.
    else if (!process.stdin.isTTY) setTimeout(() => child.kill(signal), TO_HEAR_OF_IT).unref();
  };
  process.on('SIGINT', forward);
  process.on('SIGTERM', forward);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        resolve(signal ? 128 + signalNumber(signal) : (code ?? 1)),
      );
    });
  } finally {
    process.off('SIGINT', forward);
    process.off('SIGTERM', forward);
    if (leavesRunning) tellLeftovers(mark);
    else endLeftovers(mark);
  }
}

function endLeftovers(mark: string): void {
  for (const { command, pid } of leftovers(mark)) {
    print(
      paint.yellow(
        `  the program left a process behind (${command}, pid ${pid}); it has been ended`,
      ),
    );
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function tellLeftovers(mark: string): void {
  for (const { command, pid } of leftovers(mark))
    print(paint.dim(`  still running, as it should be: ${command}, pid ${pid}`));
}

function leftovers(mark: string): ProcessRow[] {
  // esbuild is tsx's own compiler, which ends by itself a moment after the program. Zombies are for init to reap.
  return family(-1, mark).filter(({ state, command }) => state !== 'Z' && command !== 'esbuild');
}

function signalNumber(signal: NodeJS.Signals): number {
  return constants.signals[signal] ?? 0;
}
