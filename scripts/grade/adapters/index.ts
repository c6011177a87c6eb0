// The adapters: a grade record as the file that another system reads. `--format <name>`.
import type { GradeRecord } from '../record.ts';
import { classroom50 } from './classroom50.ts';
import { ctrf } from './ctrf.ts';
import { gradescope } from './gradescope.ts';
import { junit } from './junit.ts';
import { prairielearn } from './prairielearn.ts';

export interface AdapterOptions {
  /** Where a system says by variables for whom a result is (Classroom 50); default: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Adapter {
  readonly name: string;
  /** The name of the file that the system looks for. */
  readonly file: string;
  /** The content of that file, for one student. Throws UserError if the system's own variables are missing. */
  readonly write: (record: GradeRecord, options?: AdapterOptions) => string;
}

export const adapters: readonly Adapter[] = [
  { name: 'gradescope', file: 'results.json', write: gradescope },
  { name: 'classroom50', file: 'result.json', write: classroom50 },
  { name: 'prairielearn', file: 'results.json', write: prairielearn },
  { name: 'junit', file: 'junit.xml', write: junit },
  { name: 'ctrf', file: 'ctrf-report.json', write: ctrf },
];

/**
 * How a process ends that has written records: 75 (EX_TEMPFAIL of sysexits.h) if the grader had trouble, so that whoever
 * called it tries again or looks, else 0. A check that is skipped is no trouble: it would be skipped again.
 */
export function exitStatus(records: readonly GradeRecord[]): 0 | 75 {
  const trouble = records.some(({ lessons }) =>
    lessons.some(
      ({ state, checks }) =>
        state === 'ungraded' || checks.some(({ verdict }) => verdict === 'infra'),
    ),
  );
  return trouble ? 75 : 0;
}
