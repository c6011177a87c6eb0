// The judge: the one process inside a sandbox that knows the checks. It is told on stdin which program of which lesson to
// judge, holds the checks against it, and answers on descriptor 3, one JSON value a line. The grader believes nothing else:
// no exit status, no file, no output.
//
//   judge.cjs <level> <users>     < {"lesson": "tcp-echo", "files": [["server.ts", "…base64…"]], "seed": "1a2b", "checks": ["echo"]}
//
// With an empty stdin it says nothing and ends: that is how a sandbox is tried.
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { transform } from 'esbuild';
import { runCheck, type CheckResult } from '../../test/harness/check.ts';
import { overlay } from '../../test/harness/overlay.ts';
import { isFailed } from '../../test/harness/failure.ts';
import { drawPicture } from '../../test/harness/report.ts';
import { read } from '../../test/harness/proc.ts';
import { currentRun } from '../../test/harness/run.ts';
import type { Cell } from '../../test/harness/trial.ts';
import { findLesson, loadChecks, placesOf, root } from '../lessons.ts';
import type { CheckMark, Level } from './record.ts';
import type { Users } from './sandbox.ts';

/** What a judge is asked for. */
export interface Brief {
  readonly lesson: string;
  /** Paths in the lesson's directory, with their content in base64. */
  readonly files: readonly (readonly [string, string])[];
  readonly seed: string;
  /** The ids of the checks to be run, without their lesson; in this order. */
  readonly checks: readonly string[];
}

/** What a judge answers, one for each check. */
export type Verdicts = Omit<CheckMark, 'attempts'> & {
  /** True if it was given up because time was over while something was still at work: another time it may pass. */
  readonly byClock: boolean;
};

/** What one process of a program may use. In `namespaces` and `user` also all of them together, since they are one user. */
const LIMITS = [
  '--nproc=256',
  `--fsize=${2 ** 30}`,
  '--cpu=60',
  '--nofile=4096',
  '--core=0',
  // If the machine has no memory left, the kernel ends these first: memory of a memfd is nobody's, and no guard sees it.
  'choom',
  '-n',
  '1000',
  '--',
] as const;
/** Of <fcntl.h>; Node does not name it. */
const O_CLOEXEC = 0o2000000;
/** The file descriptor of the answers. */
const ANSWERS = 3;
/** Bytes on the disk of temp files that programs must leave to the judge. */
const LEAST_DISK = 256 * 2 ** 20;

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});

/** Directories that stand beside the run's own. */
const closedOnes: string[] = [];

async function main(): Promise<void> {
  closeInherited();
  const [level, users] = [process.argv[2] as Level, JSON.parse(process.argv[3] ?? '{}') as Users];
  const asked = await text(process.stdin);
  const brief = asked === '' ? undefined : (JSON.parse(asked) as Brief);
  if (brief) await judge(brief, level, users);
  // Its own again, to clear away what it has made.
  if (level !== 'none') process.seteuid?.(0);
  for (const directory of closedOnes) rmSync(directory, { recursive: true });
  process.exit(0);
}

async function judge(brief: Brief, level: Level, users: Users): Promise<void> {
  const lesson = findLesson(brief.lesson);
  const checks = loadChecks(lesson);
  // Both before it enters the cell: what a student's programs could replace or stop, they would.
  await transform('');
  const directory = await overlay(lesson.name);
  for (const [path, content] of brief.files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), Buffer.from(content, 'base64'));
  }
  const cell = enterCell(level, users);
  const subject = { directory, reference: join(root, placesOf(lesson).solution), cell };
  for (const id of brief.checks) {
    const check = checks.checks.find((one) => one.id === id);
    if (!check) throw new Error(`${lesson.name} has no check ${id}`);
    const result = await runCheck(checks, check, subject, { seed: brief.seed });
    writeSync(
      ANSWERS,
      `${JSON.stringify(verdictOf(result, checks.steps[check.step - 1] ?? ''))}\n`,
    );
  }
}

/** What whoever started the grader has left open (node itself closes up to 15 of them): no program under check gets it. */
function closeInherited(): void {
  for (const fd of readdirSync('/proc/self/fd').map(Number)) {
    const flags = read(`/proc/self/fdinfo/${fd}`)?.match(/^flags:\s+([0-7]+)$/m)?.[1];
    if (fd > ANSWERS && flags !== undefined && (parseInt(flags, 8) & O_CLOEXEC) === 0)
      closeSync(fd);
  }
}

/**
 * From here on what this process writes belongs to the student's user, whose programs must be able to use it. It stays out of
 * their reach: to send it a signal or to look into it, its real and saved user would have to be theirs as well, see kill(2)
 * and ptrace(2).
 */
function enterCell(level: Level, { student }: Users): Cell {
  const closed = mkdtempSync(join(tmpdir(), 'closed-'));
  closedOnes.push(closed);
  const limits = ['prlimit', ...LIMITS];
  if (level === 'none') return { closed, leastDisk: LEAST_DISK, judged: limits, reference: [] };
  // The group of the closed directory is the judge's own, and no program's.
  chmodSync(closed, 0o770);
  // In the run's own directory, and in that of the transformed programs, the judge can write, by its group; the student's
  // user can only go through. Begun before, so that its guardian may end whatever is left.
  const { root: run } = currentRun();
  chmodSync(run, 0o771);
  mkdirSync(join(run, 'transformed'));
  chmodSync(join(run, 'transformed'), 0o775);
  process.setgroups?.([0]);
  process.setegid?.(student);
  process.seteuid?.(student);
  const root = ['setpriv', '--ruid=0', '--euid=0', '--rgid=0', '--egid=0', '--keep-groups'];
  const own = ['setpriv', `--reuid=${student}`, `--regid=${student}`, '--clear-groups'];
  return {
    closed,
    user: student,
    leastDisk: LEAST_DISK,
    judged: [...root, ...own, '--no-new-privs', ...limits],
    // It may write where the student's user does, and that is all.
    reference: [...root, '--bounding-set=-all,+dac_override', '--no-new-privs'],
  };
}

function verdictOf(result: CheckResult, stepTitle: string): Verdicts {
  const { id, title, step, points, earned, verdict, duration, byClock = false } = result;
  const { saw, expected, bytes, diagnosis, lookAt, trouble, lacks } = result;
  return {
    id,
    title,
    step,
    stepTitle,
    points,
    earned,
    verdict,
    duration,
    byClock,
    ...(saw === undefined ? {} : { saw }),
    ...(expected === undefined ? {} : { expected }),
    ...(bytes === undefined || bytes.length === 0 ? {} : { bytes }),
    ...(diagnosis === undefined ? {} : { diagnosis }),
    ...(lookAt === undefined ? {} : { lookAt }),
    ...((trouble ?? lacks) === undefined ? {} : { trouble: trouble ?? lacks ?? '' }),
    ...(isFailed(verdict) ? { picture: drawPicture(result) } : {}),
  };
}
