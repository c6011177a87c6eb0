// Work that came late: how much of a student's percent is left.
import { UserError } from '../../user-error.ts';
import { readPairs } from './pairs.ts';

/**
 * What `--late file.csv` and `--late-per-day` say: student → factor from 1 (in time) to 0. The table has the columns
 * `student,days`; a day that has begun counts as a day. With 10 percent a day, 2 days leave 0.8 of what was reached.
 * Throws {@link UserError} for a table that cannot be read, and for a deduction that is not between 0 and 100.
 */
export function lateFactors(table: string, percentPerDay = 10): Map<string, number> {
  if (!(percentPerDay >= 0 && percentPerDay <= 100))
    throw new UserError('--late-per-day is a percentage, from 0 to 100');
  const days = readPairs(table, 'days', '--late');
  return new Map(
    [...days].map(([student, late]) => [
      student,
      Math.max(0, 100 - Math.ceil(late) * percentPerDay) / 100,
    ]),
  );
}
