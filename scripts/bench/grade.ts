// Grading a class: how long it takes, against GNU parallel that grades the same submissions in a process each; and a whole
// class of 200, against the ideal: the time that its submissions took, without a gap on any core.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { attacks } from '../../test/attacks/attacks.ts';
import { memory } from '../../test/harness/proc.ts';
import { currentRun } from '../../test/harness/run.ts';
import type { GradeRecord } from '../grade/record.ts';
import { findLesson, root } from '../lessons.ts';
import { corpusOf } from '../prove/specimens.ts';
import type { Bench } from './contest.ts';
import { descendantsOf } from './process.ts';

const LESSON = 'tcp-echo';
const CLASS = 200;
/** For the contest, which grades it many times. */
const SMALL_CLASS = 8;
const MIB = 2 ** 20;

export async function grade(rounds: number): Promise<Bench> {
  const place = currentRun().directory('grade');
  const small = makeClass(join(place, 'small'), SMALL_CLASS);
  let reports = 0;
  const report = () => join(place, `report-${(reports += 1)}`);
  const hasParallel = spawnSync('parallel', ['--version']).status === 0;
  return {
    contests: [
      {
        name: `a class of ${SMALL_CLASS}, ${LESSON}`,
        unit: 's',
        higherIsBetter: false,
        rounds,
        contenders: [
          {
            name: 'npm run grade',
            measure: async () => (await gradeClass(small, report())).seconds,
          },
          {
            name: 'GNU parallel, a process for each',
            missing: hasParallel ? undefined : 'parallel is not installed',
            async measure() {
              const began = performance.now();
              await end('sh', [PARALLEL, small, report(), '--jobs', `${availableParallelism()}`], {
                LESSON,
                SEED: 'abcd',
              });
              return (performance.now() - began) / 1000;
            },
          },
        ],
      },
    ],
    async count(tell) {
      const out = report();
      const { seconds, peak } = await gradeClass(makeClass(join(place, 'whole'), CLASS), out);
      const records = readdirSync(join(out, 'results')).map(
        (name) => JSON.parse(readFileSync(join(out, 'results', name), 'utf8')) as GradeRecord,
      );
      if (records.length !== CLASS) throw new Error(`${records.length} records of ${CLASS}`);
      const marks = records.flatMap(({ lessons }) => lessons);
      const ungraded = marks.filter(({ state }) => state === 'ungraded').length;
      const cores = availableParallelism();
      const ideal = marks.reduce((sum, { duration }) => sum + duration, 0) / 1000 / cores;
      const again = marks.filter(({ checks }) =>
        checks.some(({ attempts }) => attempts > 1),
      ).length;
      tell(`a class of ${CLASS}, ${LESSON}, sandbox ${records[0]?.sandbox}`);
      tell(
        `  ${seconds.toFixed(0)} s, ${((60 * CLASS) / seconds / cores).toFixed(1)} submissions a minute and core; peak ${Math.round(peak / MIB)} MiB in all processes`,
      );
      tell(
        `  ideal ${ideal.toFixed(0)} s; ${(seconds / ideal).toFixed(2)} times the ideal (target: at most 1.25); ${again} tried again, ${ungraded} ungraded`,
      );
    },
    async close() {
      rmSync(place, { recursive: true });
    },
  };
}

const PARALLEL = 'scripts/grade/recipes/parallel.sh';

/** Of ten submissions three are right, five have a mistake, one is the starter and one attacks the grader. */
function makeClass(folder: string, size: number): string {
  const lesson = findLesson(LESSON);
  const { mistakes } = corpusOf(lesson);
  const tricks = attacks.filter(({ bomb, build }) => !bomb && !build);
  const solution = `solutions/${LESSON}`;
  for (let number = 0; number < size; number += 1) {
    const to = join(folder, `student-${String(number + 1).padStart(3, '0')}`);
    mkdirSync(to, { recursive: true });
    const exercise = join(to, 'exercises', LESSON);
    const turn = Math.floor(number / 10);
    const kind = number % 10;
    const mistake = mistakes[(turn * 5 + kind - 3) % mistakes.length]?.id ?? '';
    const layers =
      kind < 3
        ? [solution]
        : kind < 8
          ? [solution, `test/mistakes/${LESSON}/${mistake}`]
          : [`exercises/${LESSON}`];
    if (kind === 9) {
      const { id = '' } = tricks[turn % tricks.length] ?? {};
      cpSync(join(root, 'test/attacks', id), to, { recursive: true });
    } else for (const layer of layers) cpSync(join(root, layer), exercise, { recursive: true });
  }
  return folder;
}

/** Seconds, and the peak of the memory of all processes that belong to it, in bytes: without the pages of files. */
async function gradeClass(
  folder: string,
  out: string,
): Promise<{ readonly seconds: number; readonly peak: number }> {
  const words = ['scripts/start.cjs', 'grade', folder, '--out', out, '--lesson', LESSON];
  let peak = 0;
  const began = performance.now();
  await end(process.execPath, [...words, '--seed', 'abcd'], {}, (pid) => {
    const own = [pid, ...descendantsOf(pid)].map((one) => memory(one)?.own ?? 0);
    peak = Math.max(
      peak,
      own.reduce((sum, bytes) => sum + bytes, 0),
    );
  });
  return { seconds: (performance.now() - began) / 1000, peak };
}

/** Runs a command to its end, in the workbook. Status 1 is no trouble: somebody has to look at a submission. */
async function end(
  command: string,
  args: readonly string[],
  environment: Record<string, string>,
  look?: (pid: number) => void,
): Promise<void> {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment, ...Object.fromEntries([currentRun().mark.split('=')]) },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += String(chunk)));
  const timer = setInterval(() => look?.(child.pid ?? 0), 200);
  const [status] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  if (status !== 0 && status !== 1) throw new Error(`${command} ended with ${status}: ${said}`);
}
