// The attacks: grades every submission that attacks the grader, and says what is wrong about it. No trick earns a point, none
// is taken for trouble of the grader, none gets out or leaves anything behind, and whoever is graded in the same slot afterwards
// gets what is right.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { attacks, JUDGED, type Attack } from '../../test/attacks/attacks.ts';
import { read } from '../../test/harness/proc.ts';
import { currentRun } from '../../test/harness/run.ts';
import { junit } from '../grade/adapters/junit.ts';
import { gradeOne } from '../grade/grade-one.ts';
import { accept } from '../grade/intake/accept.ts';
import { submissionsIn, type Submission } from '../grade/intake/submissions.ts';
import type { CheckMark, GradeRecord, Level } from '../grade/record.ts';
import { foldClass } from '../grade/report/class.ts';
import { gradesCsv } from '../grade/report/grades-csv.ts';
import { renderPage } from '../grade/report/page.ts';
import { drawTable } from '../grade/report/table.ts';
import { writeWhole } from '../grade/results.ts';
import { usersOf } from '../grade/sandbox.ts';
import { findLesson, loadChecks, root } from '../lessons.ts';
import { ignoring } from '../workbook-dir.ts';
import { filesIn, foundationOf, type Foundation } from './foundation.ts';

/** What came of an attack. */
export interface Repelled {
  readonly attack: Attack;
  /** What is not as it should be. Empty: repelled. */
  readonly faults: readonly string[];
}

export interface AttackOptions {
  readonly level: Level;
  /** Which of the users that a machine has for programs: nobody else's, also if several proofs run at the same time. */
  readonly slot: { readonly number: number };
  readonly signal: AbortSignal;
}

/**
 * Tries them all, one after the other: a bomb beside it would not be fair to the next. What has been repelled before is not
 * tried again unless something that it rests on has changed.
 */
export async function tryAttacks(
  options: AttackOptions,
  { all, onTried }: AttackRun,
): Promise<Repelled[]> {
  const key = await attackKey(options);
  const tried: Repelled[] = [];
  for (const attack of attacks) {
    if (!all && (await isRepelled(attack, key))) {
      tried.push({ attack, faults: [] });
      continue;
    }
    const repelled = await tryAttack(attack, options);
    if (repelled.faults.length === 0) await keepRepelled(attack, key);
    tried.push(repelled);
    onTried(attack);
  }
  return tried;
}

export interface AttackRun {
  /** Anew, whatever was proved before. */
  readonly all: boolean;
  readonly onTried: (attack: Attack) => void;
}

/** Tries one attack. Rejects with `Interrupted` when the signal is aborted. */
export async function tryAttack(attack: Attack, options: AttackOptions): Promise<Repelled> {
  const faults: string[] = [];
  const before = traces(options);
  const record = await graded(await handIn(attack), JUDGED, options);
  const [mark] = record.lessons;
  if (!mark || mark.points > attack.mayEarn)
    faults.push(`it earns ${mark?.points} points, not ${attack.mayEarn}: ${shown(record)}`);
  if (!mark?.why?.startsWith('the submission cannot be read')) {
    const state = attack.build && mark?.checks.length === 0 ? 'missing' : 'graded';
    if (mark?.state !== state || judgedIn(record).some(({ verdict }) => verdict === 'infra'))
      faults.push(`it passes for trouble of the grader (${mark?.state}): ${shown(record)}`);
  }
  const seen = attack.seen?.(record);
  if (seen !== undefined) faults.push(seen);
  faults.push(...obeyed(record));
  faults.push(...(await leftBehind(before, options)));
  const right = await graded(await rightProgram(), ['echo-line', 'client-sends'], options);
  if (judgedIn(right).some(({ verdict }) => verdict !== 'passed'))
    faults.push(`a right program after it: ${shown(right)}`);
  return { attack, faults };
}

/** True if it was repelled before, and nothing that it rests on has changed since. */
async function isRepelled({ id }: Attack, key: string): Promise<boolean> {
  const text = await readFile(fileOf(id), 'utf8').catch(ignoring('ENOENT'));
  return text !== undefined && (JSON.parse(text) as { key?: string }).key === key;
}

async function keepRepelled({ id }: Attack, key: string): Promise<void> {
  await mkdir(PLACE, { recursive: true });
  await writeWhole(fileOf(id), `${JSON.stringify({ key })}\n`);
}

/** Stands for all that attacks rest on: themselves, the grader, the checks by which they are judged, the level of the sandbox. */
async function attackKey({ level }: AttackOptions): Promise<string> {
  const hash = createHash('sha256').update(level);
  const { checks } = await foundationOf(echo);
  for (const id of JUDGED) hash.update(checks.get(id)?.failed ?? '');
  for (const directory of ['scripts/grade', 'test/attacks'])
    for (const file of await filesIn(join(root, directory)))
      hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 24);
}

const PLACE = join(root, '.workbook', 'prove', 'attacks');
const echo = findLesson('tcp-echo');
/** Not the one that `one-seed` knows. */
const SEED = 'e1f0';

function fileOf(id: string): string {
  return join(PLACE, `${id}.json`);
}

/** Makes a class of this one submission. */
async function handIn(attack: Attack): Promise<Submission> {
  const folder = currentRun().directory('class');
  if (attack.build) await attack.build(folder);
  else cpSync(join(root, 'test/attacks', attack.id), join(folder, '李雷'), { recursive: true });
  return onlyOneIn(folder);
}

function rightProgram(): Promise<Submission> {
  const folder = currentRun().directory('class');
  const to = join(folder, '韩梅梅', 'exercises', echo.name);
  cpSync(join(root, 'solutions', echo.name), to, { recursive: true });
  return onlyOneIn(folder);
}

async function onlyOneIn(folder: string): Promise<Submission> {
  const { submissions } = await submissionsIn(folder);
  const [submission, ...more] = submissions;
  if (!submission || more.length > 0)
    throw new Error(`${submissions.length} submissions instead of one`);
  return submission;
}

/** Grades a submission by some of the checks: the others are said to be known from before, and judged nothing. */
async function graded(
  submission: Submission,
  ids: readonly string[],
  { level, slot, signal }: AttackOptions,
): Promise<GradeRecord> {
  const accepted = await accept(submission, [echo]);
  const all = loadChecks(echo).checks;
  const foundation: Foundation = {
    checks: new Map(all.map(({ id }) => [id, { passed: KNOWN, failed: KNOWN }])),
  };
  const others = all
    .filter(({ id }) => !ids.includes(id))
    .map(({ id, title, step, points }): CheckMark => ({
      id: `${echo.name}/${id}`,
      title,
      step,
      stepTitle: '',
      points,
      earned: 0,
      verdict: 'skipped',
      basis: KNOWN,
      attempts: 1,
      duration: 0,
      trouble: 'not asked for',
    }));
  const before = {
    submission: accepted.hash,
    seed: SEED,
    sandbox: level,
    lessons: [{ lesson: echo.name, checks: others }],
  } as unknown as GradeRecord;
  return await gradeOne(submission.student, accepted, {
    suite: { lessons: [echo], foundations: new Map([[echo.name, foundation]]), hash: KNOWN },
    level,
    slot,
    seed: SEED,
    signal,
    before,
  });
}

/** Stands for what a check rests on. */
const KNOWN = 'known';

function judgedIn({ lessons }: GradeRecord) {
  return lessons.flatMap(({ checks }) =>
    checks.filter(({ basis, verdict }) => !(basis === KNOWN && verdict === 'skipped')),
  );
}

function shown(record: GradeRecord): string {
  return JSON.stringify(
    judgedIn(record).map(({ id, verdict, saw, trouble }) => [id, verdict, saw ?? trouble]),
  );
}

/** What a reader's terminal, browser or spreadsheet would obey in anything that is written of a record. */
function obeyed(record: GradeRecord): string[] {
  const report = foldClass([record]);
  const page = renderPage(report);
  const csv = gradesCsv(report);
  const table = drawTable(report).join('\n').replaceAll(OWN_COLOURS, '');
  const texts = { page, csv, junit: junit([record]), table };
  const controls = Object.entries(texts).filter(([, text]) => OBEYED.test(text));
  return [
    ...controls.map(([name]) => `there are control characters in the ${name}`),
    ...(page.match(/<script/g)?.length === 1 ? [] : ['there is another script in the page']),
    ...(/<img|<a [^>]*evil|<[a-z]+ [^>]*onerror=/.test(page) ? ['there are tags in the page'] : []),
    // A cell that begins so is a formula: see OWASP, CSV injection.
    ...(/(^|,)"?[=+@]/m.test(csv) ? ['there is a formula in the table'] : []),
  ];
}

/** Controls but tab and the ends of lines, what changes the direction of text, and halves of characters. */
const OBEYED = /(?![\t\r\n])[\p{Cc}\p{Bidi_Control}\p{Cs}]/u;

/** Bold, dim, red, green and yellow, and their ends: where the table is drawn in colours, as in a terminal or with CI set. */
const OWN_COLOURS = /\u001b\[(?:1|2|22|31|32|33|39)m/g;

/** How long the kernel may take to clear a namespace away, in milliseconds. */
const CLEARING = 10_000;

async function leftBehind(before: Traces, options: AttackOptions): Promise<string[]> {
  const until = performance.now() + CLEARING;
  for (;;) {
    const now = traces(options);
    const faults = [
      ...(now.processes.length > 0 ? [`processes are left: ${now.processes.join(' ')}`] : []),
      ...(now.files === before.files ? [] : [`files are left: ${now.files}`]),
      ...(now.mounts === before.mounts ? [] : ['mounts are left']),
      ...(now.workbook === before.workbook ? [] : [`the workbook is changed: ${now.workbook}`]),
    ];
    if (faults.length === 0 || performance.now() > until) return faults;
    // The kernel tells nobody when it has cleared one away.
    await sleep(20);
  }
}

type Traces = ReturnType<typeof traces>;

/** What an attack could leave: processes and files of the slot's users, mounts, files in the workbook. */
function traces({ slot }: AttackOptions) {
  const student = usersOf('user', slot).student;
  const users = [student - 1, student];
  const processes = readdirSync('/proc').filter((pid) => {
    const uid = /^\d+$/.test(pid)
      ? read(`/proc/${pid}/status`)?.match(/^Uid:\s+(\d+)/m)?.[1]
      : undefined;
    return uid !== undefined && users.includes(Number(uid));
  });
  const places = ['/tmp', '/var/tmp', '/dev/shm'].filter((place) => existsSync(place));
  const owned = ['-uid', `${users[0]}`, '-o', '-uid', `${users[1]}`];
  // Its status says that something else was gone while it looked.
  const { stdout: files } = spawnSync('find', [...places, '-maxdepth', '3', '(', ...owned, ')'], {
    encoding: 'utf8',
  });
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
  return { processes, files, mounts, workbook: readdirSync(root).sort().join(' ') };
}
