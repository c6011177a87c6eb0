// `npm run prove`: holds the checks against every program of which it is known what they must say. What was proved before and
// has not changed since is not proved again.
//
//   npm run prove                      what has changed
//   npm run prove -- udp backup        of these lessons
//   npm run prove -- --only mistake    of these kinds: nothing, variant, mistake, solution, mutant; attack: on the grader
//   npm run prove -- --match cut       of which the name has that in it
//   npm run prove -- --all             everything anew, also the mutants that are known to survive; interrupted, it goes on
//                                      without --all
//   npm run prove -- --quick           without solutions and mutants, each mistake by the one check that is there for it
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Cancelled } from '../../test/harness/check.ts';
import { isFailed } from '../../test/harness/failure.ts';
import { findLesson, lessons, loadChecks, type Lesson } from '../lessons.ts';
import { columns, bar, paint, print } from '../screen.ts';
import { UserError } from '../user-error.ts';
import { attacks, type Attack } from '../../test/attacks/attacks.ts';
import { Interrupted } from '../grade/grade-one.ts';
import { probe } from '../grade/sandbox.ts';
import { tryAttacks, type Repelled } from './attacks.ts';
import { findingsOn, type Findings } from './findings.ts';
import type { Exhibit } from './judge.ts';
import { drawMatrix } from './matrix.ts';
import { writeProof } from './proof.ts';
import { foundationOf, keyOf } from './foundation.ts';
import { forget, recall } from './records.ts';
import { KINDS, specimensOf, type Kind } from './specimens.ts';
import { whileBusy, work, type Task } from './work.ts';

interface Options {
  readonly lessons: readonly Lesson[];
  readonly kinds: readonly Kind[];
  /** Also the attacks on the grader. */
  readonly attacks: boolean;
  /** Only specimens with this in their name. */
  readonly match: string;
  readonly all: boolean;
  readonly quick: boolean;
  readonly jobs: number;
}

/** Exit status 0: all that was asked for is proved. 1: something is not as it should be. 130: interrupted. */
export async function prove(words: readonly string[]): Promise<number> {
  const options = readOptions(words);
  const exhibits: Exhibit[] = [];
  const tasks: Task[] = [];
  for (const task of await tasksOf(options)) {
    const { specimen, before, checks } = task;
    if (checks.length === 0) exhibits.push({ specimen, record: before });
    else tasks.push(task);
  }
  print('', `${tasks.length} to prove, ${exhibits.length} proved before and unchanged`, '');

  let repelled: readonly Repelled[] | string;
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  const progress = createProgress(tasks.length);
  const setting = {
    signal: interrupted.signal,
    onRecord(task: Task, record: Exhibit['record']) {
      exhibits.push({ specimen: task.specimen, record });
      const { lesson, kind, id } = task.specimen;
      progress.done(`${lesson.name} ${kind} ${id}`);
    },
  };
  try {
    await work(
      tasks.filter(({ specimen }) => !specimen.busy),
      { ...setting, jobs: options.jobs },
    );
    const busy = tasks.filter(({ specimen }) => specimen.busy);
    if (busy.length > 0) await whileBusy(() => work(busy, { ...setting, jobs: options.jobs }));
    progress.end();
    repelled = options.attacks ? await underAttack(options.all, interrupted.signal) : [];
  } catch (error) {
    if (!(error instanceof Cancelled) && !(error instanceof Interrupted)) throw error;
    progress.end();
    print('', 'interrupted. What was proved is kept: npm run prove goes on from here.');
    return 130;
  }
  return report(options, exhibits, repelled);
}

/** Every attack on the grader; or why none could be tried. */
async function underAttack(all: boolean, signal: AbortSignal): Promise<Repelled[] | string> {
  const { level, why } = await probe();
  if (level === 'none') return `no sandbox on this machine: ${why.join('; ')}`;
  const progress = createProgress(attacks.length);
  const slot = { number: process.pid % 20_000 };
  try {
    const onTried = ({ id }: Attack) => progress.done(`attack ${id}`);
    return await tryAttacks({ level, slot, signal }, { all, onTried });
  } finally {
    progress.end();
  }
}

/** One task for each specimen that is asked for, in an order that does not change, with what is left to do of it. */
async function tasksOf({ lessons, kinds, match, all, quick }: Options): Promise<Task[]> {
  const tasks: Task[] = [];
  for (const lesson of lessons) {
    const foundation = await foundationOf(lesson);
    for (const kind of kinds) {
      for (const specimen of await specimensOf(lesson, kind)) {
        if (!specimen.id.includes(match)) continue;
        if (all) await forget(specimen);
        const before = await recall(specimen, await keyOf(specimen), foundation);
        const caughtBy = quick ? specimen.mistake?.caughtBy : undefined;
        const dead = kind === 'mutant' && before.said.some(({ verdict }) => isFailed(verdict));
        const checks = loadChecks(lesson).checks.filter(
          ({ id }) =>
            !dead &&
            !before.said.some(({ check }) => check === id) &&
            (caughtBy === undefined || caughtBy === id),
        );
        tasks.push({ specimen, foundation, before, checks });
      }
    }
  }
  return tasks;
}

async function report(
  options: Options,
  exhibits: readonly Exhibit[],
  repelled: readonly Repelled[] | string,
): Promise<number> {
  const order = (a: Exhibit, b: Exhibit) => a.specimen.id.localeCompare(b.specimen.id);
  const proved = options.lessons.map((lesson) => {
    const own = exhibits.filter(({ specimen }) => specimen.lesson.name === lesson.name).sort(order);
    return { findings: findingsOn(lesson, own), exhibits: own };
  });
  for (const { findings, exhibits: own } of proved) {
    const { lesson } = findings;
    const mistakes = own.filter(({ specimen }) => specimen.kind === 'mistake');
    print(paint.bold(lesson.name));
    if (!options.quick && mistakes.length > 0)
      print(...drawMatrix(loadChecks(lesson), mistakes).map((line) => `  ${line}`));
    print(
      ...summary(findings, options.quick || options.match !== '').map((line) => `  ${line}`),
      '',
    );
  }
  print(...attackLines(repelled));
  const whole =
    options.attacks &&
    options.lessons.length === lessons.length &&
    options.kinds.length === KINDS.length &&
    options.match === '';
  if (whole) {
    await writeProof(proved, repelled);
    print('the figures are in test/PROOF.md', '');
  }
  const faults = [
    ...proved.flatMap(({ findings }) => findings.faults),
    ...(typeof repelled === 'string' ? [] : repelled.flatMap((one) => one.faults)),
  ];
  return faults.length > 0 ? 1 : 0;
}

function attackLines(repelled: readonly Repelled[] | string): string[] {
  if (typeof repelled === 'string') return [paint.yellow(`attacks not tried: ${repelled}`), ''];
  if (repelled.length === 0) return [];
  return [
    paint.bold('attacks on the grader'),
    `  ${repelled.filter(({ faults }) => faults.length === 0).length} of ${repelled.length} repelled`,
    ...repelled.flatMap(({ attack, faults }) =>
      faults.map((fault) => paint.red(`  ✗ ${attack.id}: ${fault}`)),
    ),
    '',
  ];
}

function summary(findings: Findings, partial: boolean): string[] {
  const { faults, runs, flakes, zeros, variants, mistakes, named, mutants } = findings;
  return [
    [
      ...(zeros ? [`${zeros} that do nothing`] : []),
      ...(variants ? [`${variants} variants`] : []),
      ...(mistakes
        ? [
            `${mistakes} mistakes (checks that fail: ${named.right} named right, ${named.unnamed} not named, ${named.other} named otherwise)`,
          ]
        : []),
      ...(runs ? [`${runs} runs of the solution, ${flakes} flakes`] : []),
      ...(mutants.all
        ? [
            `${mutants.killed} of ${mutants.all} mutants killed, ${mutants.justified} make no difference`,
          ]
        : []),
    ].join('; '),
    ...(partial || mistakes === 0 || findings.needless.length === 0
      ? []
      : [paint.yellow(`no mistake needs: ${findings.needless.join(', ')}`)]),
    ...mutants.survivors.map(({ file, line, was, becomes }) =>
      paint.yellow(`survives: ${file}:${line}  ${was}  →  ${becomes}`),
    ),
    ...faults.map((fault) => paint.red(`✗ ${fault}`)),
  ];
}

/** `[████░░] 12/345, 3 min left: udp mistake tcp-server`, over itself in a terminal, now and then elsewhere. */
function createProgress(of: number): { done(what: string): void; end(): void } {
  const began = performance.now();
  let count = 0;
  const terminal = process.stderr.isTTY;
  return {
    done(what) {
      count += 1;
      const left = ((performance.now() - began) / count) * (of - count);
      const line = `${bar(count, of, 24)} ${count}/${of}, ${Math.ceil(left / 60_000)} min left`;
      if (terminal) process.stderr.write(`\r\x1b[K${line}: ${what.slice(0, columns() - 50)}`);
      else if (count % Math.ceil(of / 10) === 0) process.stderr.write(`${line}\n`);
    },
    end() {
      if (terminal) process.stderr.write('\r\x1b[K');
    },
  };
}

function readOptions(words: readonly string[]): Options {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        all: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        match: { type: 'string', default: '' },
        jobs: { type: 'string', default: `${2 * availableParallelism()}` },
      },
    });
  } catch (error) {
    throw new UserError((error as Error).message);
  }
  const { values, positionals } = parsed;
  const kinds = values.only
    .filter((word) => word !== 'attack')
    .map((word) => {
      const kind = KINDS.find((one) => one === word);
      if (!kind) throw new UserError(`--only takes ${KINDS.join(', ')}, attack`);
      return kind;
    });
  const quick: readonly Kind[] = ['nothing', 'variant', 'mistake'];
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1) throw new UserError('--jobs takes a number from 1');
  return {
    lessons: positionals.length > 0 ? positionals.map((word) => findLesson(word)) : lessons,
    kinds: values.only.length > 0 ? kinds : values.quick ? quick : KINDS,
    attacks:
      values.only.length > 0
        ? values.only.includes('attack')
        : positionals.length === 0 && values.match === '' && !values.quick,
    match: values.match,
    all: values.all,
    quick: values.quick,
    jobs,
  };
}
