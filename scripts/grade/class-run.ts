// Grades a class: submissions several at a time, each record kept as soon as it is there; at the end, one after the other and
// with nothing else going on, what was doubtful.
import { accept, type Accepted } from './intake/accept.ts';
import type { Submission } from './intake/submissions.ts';
import { gradeAgain, gradeFirst, Interrupted, type Draft, type GradeOptions } from './grade-one.ts';
import type { GradeRecord } from './record.ts';
import { readDraft, readResult, writeDraft, writeResult } from './results.ts';

export interface ClassRun extends Omit<GradeOptions, 'slot' | 'before'> {
  readonly out: string;
  /** How many submissions at the same time. */
  readonly jobs: number;
  /** `all`: anew. `missing`: only students without a record. `changed`: what the suite or a submission has changed since. */
  readonly which: 'all' | 'missing' | 'changed';
  readonly onRecord: (student: string, state: 'graded' | 'kept' | 'again') => void;
}

/** Resolves when every submission has its record in `out`. Rejects with {@link Interrupted}; what was done by then is kept. */
export async function gradeClass(submissions: readonly Submission[], run: ClassRun): Promise<void> {
  const doubtful: { submission: Submission; draft: Draft }[] = [];
  const next = submissions.values();
  const worker = async (slot: number) => {
    for (const submission of next) {
      const draft = await first(submission, slot, run);
      if (draft) doubtful.push({ submission, draft });
    }
  };
  await everyone(Array.from({ length: run.jobs }, (_, slot) => worker(slot + 1)));
  // In the order of the class, whoever was done first.
  doubtful.sort((a, b) => submissions.indexOf(a.submission) - submissions.indexOf(b.submission));
  for (const { submission, draft } of doubtful) {
    const accepted = await accept(submission, run.suite.lessons);
    await writeResult(run.out, await gradeAgain(draft, accepted, { ...run, slot: { number: 1 } }));
    run.onRecord(submission.student, 'graded');
  }
}

/** Returns what has to be tried again. */
async function first(
  submission: Submission,
  slot: number,
  run: ClassRun,
): Promise<Draft | undefined> {
  const { out, which, suite, onRecord } = run;
  const { student } = submission;
  if (run.signal.aborted) throw new Interrupted();
  const before = which === 'all' ? undefined : await readResult(out, student);
  const kept = which === 'missing' ? await readDraft(out, student) : undefined;
  if (kept) {
    onRecord(student, 'again');
    return kept;
  }
  if (before && which === 'missing') {
    onRecord(student, 'kept');
    return undefined;
  }
  const accepted = await accept(submission, suite.lessons);
  if (before && isSame(before, accepted, run)) {
    onRecord(student, 'kept');
    return undefined;
  }
  const draft = await gradeFirst(student, accepted, {
    ...run,
    slot: { number: slot },
    ...(before ? { before } : {}),
  });
  if (draft.doubtful.length > 0) {
    await writeDraft(out, draft);
    onRecord(student, 'again');
    return draft;
  }
  await writeResult(out, draft.record);
  onRecord(student, 'graded');
  return undefined;
}

function isSame(
  { submission, suite, lessons }: GradeRecord,
  { hash }: Accepted,
  run: ClassRun,
): boolean {
  return (
    submission === hash &&
    suite === run.suite.hash &&
    lessons.every(({ checks }) => checks.every(({ verdict }) => verdict !== 'infra'))
  );
}

/** Like Promise.all, but waits for all of them before it rejects: none goes on behind the back of whoever called. */
async function everyone(workers: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(workers);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}
