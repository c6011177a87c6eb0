// test/PROOF.md: the figures of a whole proof, written by the proof itself and never by hand.
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { loadChecks, root } from '../lessons.ts';
import type { Repelled } from './attacks.ts';
import type { Findings } from './findings.ts';
import type { Exhibit } from './judge.ts';
import { drawColumns, drawMatrix } from './matrix.ts';

export interface Proved {
  readonly findings: Findings;
  readonly exhibits: readonly Exhibit[];
}

const PLACE = join(root, 'test', 'PROOF.md');

/** `repelled`: what came of the attacks on the grader, or why they could not be tried. */
export async function writeProof(
  proved: readonly Proved[],
  repelled: readonly Repelled[] | string,
): Promise<void> {
  const lines = [
    ...opening(),
    '',
    ...table(proved),
    ...underAttack(repelled),
    ...proved.flatMap(chapter),
  ];
  await writeFile(PLACE, `${lines.join('\n')}\n`);
}

function opening(): string[] {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    '# What the checks are worth',
    '',
    `Written by \`npm run prove\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${memory} GiB. No figure here is typed by hand.`,
    '',
    '- **runs**: how often the solution was run through all checks, half of it with every core kept busy by something else; **flakes**: how many of these runs failed.',
    '- **zero**: programs that do nothing (the starter, empty files, files that cannot be read) and earn no point.',
    '- **variants**: right programs that are built in another way, and pass every check.',
    '- **mistakes**: wrong programs as students write them. Each fails the check that is there for it, with its diagnosis, and no check that is not declared. **Named**: of all checks that fail for a mistake, how many tell a cause that is true of it / tell none / tell another one.',
    '- **sole**: checks that are the only one to catch at least one mistake.',
    '- **mutants**: copies of the solution with one change by StrykerJS, in a line that the starter does not have. **Killed** by some check; the rest make no difference for a stated reason (**equal**), or are **open**.',
  ];
}

function table(proved: readonly Proved[]): string[] {
  const rows = proved.map(({ findings }) => {
    const { lesson, checks, runs, flakes, zeros, variants, mistakes, named, mutants } = findings;
    const sole = checks - findings.needless.length;
    return [
      lesson.name,
      checks,
      runs,
      flakes,
      zeros,
      variants,
      mistakes,
      `${named.right} / ${named.unnamed} / ${named.other}`,
      `${sole} of ${checks}`,
      mutants.all,
      `${mutants.killed} (${percent(mutants.killed, mutants.all - mutants.justified)})`,
      mutants.justified,
      mutants.survivors.length,
    ];
  });
  const sum = (of: (findings: Findings) => number) =>
    proved.reduce((total, { findings }) => total + of(findings), 0);
  const killed = sum(({ mutants }) => mutants.killed);
  const judged = sum(({ mutants }) => mutants.all - mutants.justified);
  rows.push([
    '**all**',
    sum(({ checks }) => checks),
    sum(({ runs }) => runs),
    sum(({ flakes }) => flakes),
    sum(({ zeros }) => zeros),
    sum(({ variants }) => variants),
    sum(({ mistakes }) => mistakes),
    `${sum(({ named }) => named.right)} / ${sum(({ named }) => named.unnamed)} / ${sum(({ named }) => named.other)}`,
    `${sum((findings) => findings.checks - findings.needless.length)} of ${sum(({ checks }) => checks)}`,
    sum(({ mutants }) => mutants.all),
    `${killed} (${percent(killed, judged)})`,
    sum(({ mutants }) => mutants.justified),
    sum(({ mutants }) => mutants.survivors.length),
  ]);
  const head = [
    'lesson',
    'checks',
    'runs',
    'flakes',
    'zero',
    'variants',
    'mistakes',
    'named',
    'sole',
    'mutants',
    'killed',
    'equal',
    'open',
  ];
  return [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
}

/** Of what could be killed at all. */
function percent(part: number, of: number): string {
  return of === 0 ? '-' : `${((100 * part) / of).toFixed(1)} %`;
}

function underAttack(repelled: readonly Repelled[] | string): string[] {
  if (typeof repelled === 'string')
    return ['', `Attacks on the grader were not tried: ${repelled}.`];
  const done = repelled.filter(({ faults }) => faults.length === 0).length;
  return [
    '',
    `**Attacks on the grader** (test/attacks): ${done} of ${repelled.length} earn nothing that they have not earned, are contained, and leave nothing behind.`,
    ...list(
      'Not repelled',
      repelled.flatMap(({ attack, faults }) => faults.map((fault) => `${attack.id}: ${fault}`)),
    ),
  ];
}

function chapter({ findings, exhibits }: Proved): string[] {
  const { lesson, faults, needless, mutants } = findings;
  const checks = loadChecks(lesson);
  const mistakes = exhibits.filter(({ specimen }) => specimen.kind === 'mistake');
  return [
    '',
    `## ${lesson.name}`,
    '',
    '```text',
    ...drawMatrix(checks, mistakes),
    '',
    ...drawColumns(checks),
    '```',
    '',
    '`■` caught by the check that is there for it, `●` fails as well and is named right, `○` fails as well, `·` passes.',
    ...list('Not as it should be', faults),
    ...list('No mistake is caught by these alone', needless),
    ...list(
      'Mutants that no check notices',
      mutants.survivors.map(
        ({ file, line, was, becomes }) => `\`${file}:${line}\` \`${was}\` → \`${becomes}\``,
      ),
    ),
  ];
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : ['', `${title}:`, '', ...items.map((item) => `- ${item}`)];
}
