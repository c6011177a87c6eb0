// A check as data: what a lesson's test file declares, and how one of them is run and judged.
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clean, columnsOf } from './bytes.ts';
import type { Entry, Exchange } from './exchange.ts';
import { createExchange } from './exchange.ts';
import { Failure, Skipped, type Facts, type Verdict } from './failure.ts';
import { generalDiagnoses } from './general-diagnoses.ts';
import { describeExcess, firstLine, type Program } from './program.ts';
import type { Life } from './lives.ts';
import { asleep } from './proc.ts';
import { SyntaxProblem } from './transform.ts';
import { openTrial, type Subject, type Trial } from './trial.ts';

/** One graded test. Its id in reports is `<lesson>/<id>`. */
export interface Check {
  readonly id: string;
  /** The step of the lesson that it belongs to, from 1. */
  readonly step: number;
  /** A claim that a learner can read: `echoes every byte as it came, text or not`. */
  readonly title: string;
  /** The points of a lesson add up to 100. */
  readonly points: number;
  /** Milliseconds for the whole check, default {@link TIME_LIMIT}. */
  readonly timeLimit?: number;
  /** Returns if the claim holds; throws a {@link Failure} if not. */
  run(trial: Trial): Promise<void>;
}

/** What is known when a check has failed: the facts of the failure, and of the program that was judged. */
export interface Seen extends Facts {
  readonly check: string;
  readonly verdict: Verdict;
  readonly stdout: string;
  readonly stderr: string;
  /** Why the harness had to end the program: too much output, too many processes, too much memory. */
  readonly excess?: string;
  /** True if a program used the processor all the time while the check waited for it: see `Program.spins`. */
  readonly spins?: boolean;
  /** Set if the program ended by an error that nobody handled. */
  readonly crash?: { readonly message: string; readonly place: string };
  /** Set if the program stopped at a TODO of a later step than the check's: the number of that step. */
  readonly strayedTo?: number;
  readonly exchange: readonly Entry[];
}

/** Names the cause of what was seen. The first that applies is told, those of the lesson before the general ones. */
export interface Diagnosis {
  readonly id: string;
  /** True if this, and nothing else, explains what was seen. Looks at bytes, order, exits; never at source text. */
  when(seen: Seen): boolean;
  /** The usual cause, in a sentence or two. */
  cause(seen: Seen): string;
  /** Where to look: a step of the lesson (default: that of the check) and one of its hints, 1 to 4. */
  readonly step?: number;
  readonly hint?: number;
}

/** What a lesson's test file declares. */
export interface LessonChecks {
  readonly lesson: string;
  /** The titles of the steps, in order. */
  readonly steps: readonly string[];
  readonly checks: readonly Check[];
  readonly diagnoses: readonly Diagnosis[];
}

/** One result record: all that was seen, as data. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly step: number;
  readonly points: number;
  readonly earned: number;
  readonly verdict: Verdict;
  /** Milliseconds. */
  readonly duration: number;
  readonly seed: string;
  readonly saw?: string;
  readonly expected?: string;
  readonly bytes?: readonly string[];
  readonly diagnosis?: { readonly id: string; readonly cause: string };
  readonly lookAt?: { readonly step: number; readonly hint?: number };
  /** For verdict `infra`: what broke in the workbook itself, with its stack. */
  readonly trouble?: string;
  /** For verdict `skipped`: what this machine lacks. */
  readonly lacks?: string;
  /** True if it timed out while something was still at work: on a machine with less to do it might have passed. */
  readonly byClock?: boolean;
  readonly exchange: readonly Entry[];
  /** The programs and all that they forked: see timeline.ts. */
  readonly processes: readonly Life[];
}

export interface RunOptions {
  readonly seed: string;
  /** Aborted: the check is ended at once, everything is cleared up, and {@link Cancelled} is thrown. */
  readonly signal?: AbortSignal;
}

export class Cancelled extends Error {}

/** How long one check may take, in milliseconds: far more than any right program needs. */
export const TIME_LIMIT = 30_000;

/** Runs one check on one subject. Never throws but {@link Cancelled}: whatever else happens is a verdict. */
export async function runCheck(
  { lesson, diagnoses }: LessonChecks,
  check: Check,
  subject: Subject,
  { seed, signal }: RunOptions,
): Promise<CheckResult> {
  const began = performance.now();
  const exchange = createExchange();
  const id = `${lesson}/${check.id}`;
  const base = { id, title: check.title, step: check.step, points: check.points, seed };
  const finish = (rest: Outcome): CheckResult => ({
    ...base,
    earned: rest.verdict === 'passed' ? check.points : 0,
    duration: Math.round(performance.now() - began),
    exchange: exchange.entries,
    processes: [],
    ...rest,
  });

  let open;
  try {
    open = openTrial(subject, id, seed, exchange);
  } catch (error) {
    return finish({ verdict: 'infra', trouble: trouble(error) });
  }
  const { trial, programs, lives, close } = open;
  let limit: NodeJS.Timeout | undefined;
  let cancel = () => {};
  // A check may be waiting for something of its own, which no trial can end: it is not waited for.
  const stopped = new Promise<never>((_, reject) => {
    const stop = (why: Error) => {
      trial.happenings.cancel(why);
      reject(why);
    };
    cancel = () => stop(new Cancelled());
    limit = setTimeout(() => stop(tooLong(check)), check.timeLimit ?? TIME_LIMIT);
    if (signal?.aborted) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
  });
  let thrown: { readonly error: unknown } | undefined;
  let outcome: Outcome | undefined;
  try {
    await (signal?.aborted ? stopped : Promise.race([stopped, check.run(trial)]));
    const collapsed = programs.find(collapsedUnnoticed);
    if (collapsed) throw collapse(collapsed);
  } catch (error) {
    thrown = { error };
    const failure = asFailure(error);
    if (failure) {
      const { ranOut } = trial.happenings;
      await lastWords(programs, failure);
      // Before the trial is closed: what is ended then has not ended by itself.
      outcome = explain(failure, check, programs, exchange, diagnoses);
      if (failure.verdict === 'timed out') {
        const byClock = ranOut || failure.facts['tooLong'] === true;
        outcome = { ...outcome, byClock };
      }
    }
  } finally {
    clearTimeout(limit);
    signal?.removeEventListener('abort', cancel);
  }
  const processes = lives();
  try {
    const leftovers = await close();
    if (!thrown && leftovers[0] !== undefined) {
      outcome = explain(leftBehind(leftovers), check, programs, exchange, diagnoses);
    }
  } catch (error) {
    if (!(thrown?.error instanceof Cancelled)) thrown = { error };
    outcome = undefined;
  }
  if (outcome) return finish({ ...outcome, processes });
  if (!thrown) return finish({ verdict: 'passed' });
  if (thrown.error instanceof Cancelled) throw thrown.error;
  if (thrown.error instanceof Skipped)
    return finish({ verdict: 'skipped', lacks: thrown.error.message });
  return finish({ verdict: 'infra', trouble: trouble(thrown.error) });
}

type Outcome = Partial<CheckResult> & { readonly verdict: Verdict };

/** Turns a failure into words: the crash behind it, if there was one, and the first diagnosis that applies. */
function explain(
  failure: Failure,
  check: Check,
  programs: readonly Program[],
  exchange: Exchange,
  diagnoses: readonly Diagnosis[],
): Outcome {
  const judged = programs.filter((program) => program.judged);
  const stopped = judged.find(({ excess }) => excess);
  const ended = stopped ? undefined : judged.find(endedByItself);
  const program = stopped ?? ended ?? judged[0];
  const crash = ended && crashOf(ended);
  const verdict = crash || stopped ? 'crashed' : failure.verdict;
  const spinning =
    failure.verdict === 'timed out' && failure.facts.start === undefined
      ? judged.find((candidate) => candidate.spins())
      : undefined;
  const unfinished = todoOf(judged);
  // A program comes to a TODO of a later step when it has gone wrong before: what else was seen tells how.
  const strayed = unfinished?.step !== undefined && unfinished.step > check.step;
  const seen: Seen = {
    stdout: program?.stdout.text ?? '',
    stderr: judged.map(({ stderr }) => stderr.text).join('\n'),
    ...(program?.exit && program.signalled !== 'SIGKILL' ? { exit: program.exit } : {}),
    ...(program?.excess ? { excess: program.excess } : {}),
    ...(crash ? { crash } : {}),
    ...(spinning ? { spins: true } : {}),
    ...(strayed ? { strayedTo: unfinished.step } : {}),
    ...failure.facts,
    check: check.id,
    verdict,
    exchange: [...exchange.entries],
  };
  // A program that stopped at a TODO, or had to be ended, shows many symptoms: none of them is the cause.
  const symptomsOnly = (unfinished && !strayed) || seen.excess !== undefined;
  const candidates = symptomsOnly ? generalDiagnoses : [...diagnoses, ...generalDiagnoses];
  const diagnosis = candidates.find(({ when }) => when(seen));
  const saw = () => {
    if (unfinished) {
      const stop = `the ${unfinished.program} stopped at a TODO: ${unfinished.what}`;
      // Of a collapse, and of an end before anything began, it is all that there is to say.
      const more =
        strayed && failure.verdict !== 'crashed' && !failure.saw.includes(unfinished.what);
      return more ? `${failure.saw} Then ${stop}` : stop;
    }
    if (stopped?.excess && failure.facts.start === undefined)
      return `${failure.saw} The ${stopped.program} was ended: ${describeExcess(stopped.excess)}.`;
    if (spinning) return `${failure.saw} The ${spinning.program} uses the processor all the time.`;
    if (!crash) return failure.saw;
    return failure.facts.start === 'exited'
      ? `${failure.saw}${crash.place === '.' ? '' : crash.place}`
      : `${failure.saw} The ${nameOf(ended)} had ended: ${crash.message}${crash.place}`;
  };
  return {
    verdict: unfinished ? 'failed' : verdict,
    saw: saw(),
    expected: failure.expected,
    bytes: failure.bytes,
    exchange: seen.exchange,
    lookAt: {
      step: diagnosis?.step ?? check.step,
      ...(diagnosis?.hint ? { hint: diagnosis.hint } : {}),
    },
    ...(diagnosis ? { diagnosis: { id: diagnosis.id, cause: diagnosis.cause(seen) } } : {}),
  };
}

/** A starter that has come to a place that is not written yet: see scripts/todo.ts. */
function todoOf(judged: readonly Program[]): Todo | undefined {
  return judged.flatMap(({ program, stderr }): Todo[] => {
    const [, what, step] = stderr.text.match(/^TODO: ((?:step (\d+):)?.*)$/m) ?? [];
    return what === undefined ? [] : [{ program, what, ...(step ? { step: Number(step) } : {}) }];
  })[0];
}

interface Todo {
  readonly program: string;
  readonly what: string;
  /** The step that its words begin with. */
  readonly step?: number;
}

function asFailure(thrown: unknown): Failure | undefined {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof SyntaxProblem) return unreadable(thrown);
  const { code, message = '' } = (thrown ?? {}) as Partial<NodeJS.ErrnoException>;
  if (code === 'ENOENT' && message.startsWith('there is no ')) {
    return new Failure({
      saw: `${message}.`,
      expected: 'the file stands where the lesson has it.',
      facts: { start: 'missing' },
    });
  }
  return undefined;
}

/** A source that cannot be run, with the line and a mark below the place. */
function unreadable({ file, line, column, lineText, message, kind }: SyntaxProblem): Failure {
  const start = Math.max(0, column - 1 - 40);
  const shown = Array.from(lineText.slice(start, start + 64), (sign) =>
    sign === '\t' ? ' ' : clean(sign),
  );
  const before = Array.from(lineText.slice(start, column - 1)).length;
  const place = `${basename(file)}:${line}:${column}`;
  return new Failure({
    saw:
      kind === 'import'
        ? `${place}: ${message}.`
        : `${place} cannot be read as TypeScript: ${message}.`,
    expected: kind === 'import' ? 'what is imported is there.' : 'a program that can be read.',
    bytes: [shown.join(''), `${' '.repeat(columnsOf(shown.slice(0, before).join('')))}^`],
    facts: { start: kind },
  });
}

/**
 * Gives a program that is about to end the time to say why: its end may arrive a moment after its last words, or after the
 * connection that broke with it.
 */
async function lastWords(programs: readonly Program[], { facts }: Failure): Promise<void> {
  // What it printed before its sockets closed is in our pipe by now: read it.
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  const broken = facts.wasReset === true || facts.ended === true || facts.refused === true;
  const until = performance.now() + LAST_WORDS;
  for (const program of programs) {
    if (!program.judged || !(broken || program.stderr.bytes.length > 0)) continue;
    // As long as it has something to do, it may be ending, however slow the machine is.
    for (let quiet = 0; quiet < 3 && !program.exit && performance.now() < until;) {
      await sleep(15);
      const rows = program.family();
      const ending = rows.find(({ pid }) => pid === program.pid)?.state === 'Z';
      quiet = !ending && asleep(rows.map(({ pid }) => pid)) ? quiet + 1 : 0;
    }
  }
}

/** How long a program may take to end after its last words, in milliseconds. */
const LAST_WORDS = 2_000;

/** True unless it did what was asked (status 0, or the end by the signal that the check sent), or the harness ended it. */
function endedByItself({ exit, signalled, excess }: Program): boolean {
  if (exit === undefined || excess !== undefined || exit.code === 0) return false;
  return signalled === undefined || (signalled !== 'SIGKILL' && exit.signal !== signalled);
}

/** `server`, or `server "second"` where a check has started more than one. */
function nameOf(program: Program | undefined): string {
  if (!program) return 'program';
  return program.actor === program.program
    ? program.program
    : `${program.program} "${program.actor}"`;
}

/** A check may get what it asked for from a program that falls over in doing so: the end of a crash looks like a FIN. */
function collapsedUnnoticed(program: Program): boolean {
  if (!program.judged || !(program.exit || program.stderr.bytes.length > 0)) return false;
  return (
    todoOf([program]) !== undefined || (endedByItself(program) && crashOf(program) !== undefined)
  );
}

function collapse({ program }: Program): Failure {
  return new Failure({
    verdict: 'crashed',
    saw: `what was asked for came, but the ${program} fell over an error of its own.`,
    expected: 'no error is left that nobody catches.',
  });
}

/** An error that nobody handled: node prints it with its stack, and ends with status 1. */
function crashOf(program: Program): { message: string; place: string } | undefined {
  const { text } = program.stderr;
  const byKernel = program.exit?.signal;
  if (byKernel) return { message: byKernel, place: '.' };
  if (!/^\s+at .+:\d+/m.test(text) && !/^Traceback /m.test(text) && !/^Node\.js v\d/m.test(text))
    return undefined;
  const place = placeOf(text);
  return { message: clean(firstLine(text), 120), place: place ? ` (${place}).` : '.' };
}

/**
 * Where an error was thrown, as `server.ts:12`: node names that place first, Python last. Only places in the student's own
 * files are of use.
 */
function placeOf(text: string): string | undefined {
  const [, pythonFile, pythonLine] =
    [...text.matchAll(/^\s+File "(.+)", line (\d+)/gm)].at(-1) ?? [];
  if (pythonFile) return `${basename(pythonFile)}:${pythonLine}`;
  const places = text.matchAll(/([^\s()"']+\.(?:[cm]?[jt]s)):(\d+)/g);
  for (const [, file = '', line] of places) {
    if (!/node_modules|^node:|\/transformed\/|\/scripts\/(posix\/|todo\.ts)/.test(file))
      return `${basename(file)}:${line}`;
  }
  return undefined;
}

function tooLong({ timeLimit = TIME_LIMIT }: Check): Failure {
  return new Failure({
    verdict: 'timed out',
    saw: `the check was not through after ${timeLimit / 1000} s.`,
    expected: 'an answer long before that.',
    facts: { tooLong: true },
  });
}

function leftBehind(leftovers: readonly string[]): Failure {
  return new Failure({
    saw: `${leftovers[0]}${leftovers.length > 1 ? `, and ${leftovers.length - 1} more` : ''}.`,
    expected: 'when a program ends, everything that it started has ended too.',
    facts: { leftovers },
  });
}

/** What the machine refuses is said in one line; a fault in the workbook's own code keeps its stack. */
function trouble(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const refused = REFUSALS[(error as NodeJS.ErrnoException).code ?? ''];
  return refused ? `${refused} (${error.message})` : (error.stack ?? error.message);
}

const REFUSALS: Record<string, string> = {
  EOUTSIDE: 'a file outside of the lesson cannot be read, and it is needed to run the program',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'no space left for you on the disk',
  EACCES: 'not allowed',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files on this machine',
  ENOMEM: 'not enough memory',
  EAGAIN: 'no more processes are allowed',
};
