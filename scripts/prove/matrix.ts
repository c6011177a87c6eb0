// The matrix of a lesson: a row for each mistake, a column for each check, a sign where they meet.
import type { LessonChecks } from '../../test/harness/check.ts';
import { clean, columnsOf } from '../../test/harness/bytes.ts';
import { isFailed } from '../../test/harness/failure.ts';
import type { Mistake } from '../../test/mistakes/mistake.ts';
import type { Exhibit } from './judge.ts';
import type { Said } from './records.ts';

/** `■` caught by the check that is there for it, `●` failed and named right, `○` failed, `·` passed, `-` not judged. */
export function drawMatrix(checks: LessonChecks, exhibits: readonly Exhibit[]): string[] {
  const room = Math.min(24, Math.max(...exhibits.map(({ specimen }) => columnsOf(specimen.id)), 8));
  const numbers = checks.checks.map((_, index) => index + 1);
  const head = [
    `${' '.repeat(room)} ${numbers.map((n) => (n % 10 === 0 ? String(n / 10) : ' ')).join('')}`,
    `${' '.repeat(room)} ${numbers.map((n) => n % 10).join('')}`,
  ];
  const rows = exhibits.map(({ specimen, record }) => {
    const signs = checks.checks.map(({ id }) =>
      sign(
        record.said.find(({ check }) => check === id),
        specimen.mistake,
      ),
    );
    const name = clean(specimen.id, room);
    return `${name}${' '.repeat(room - columnsOf(name))} ${signs.join('')}`;
  });
  return [...head, ...rows];
}

/** The names of the columns. */
export function drawColumns({ checks }: LessonChecks): string[] {
  return checks.map(({ id, title }, index) => `${String(index + 1).padStart(2)} ${id}: ${title}`);
}

function sign(said: Said | undefined, mistake: Mistake | undefined): string {
  if (!said) return ' ';
  if (said.verdict === 'skipped') return '-';
  if (!isFailed(said.verdict)) return said.verdict === 'passed' ? '·' : '!';
  if (said.diagnosis !== mistake?.diagnosis) return '○';
  return said.check === mistake?.caughtBy ? '■' : '●';
}
