// The judge: holds what the checks said of the specimens against what they had to say.
import type { LessonChecks } from '../../test/harness/check.ts';
import { isFailed } from '../../test/harness/failure.ts';
import type { Record, Said } from './records.ts';
import type { Specimen } from './specimens.ts';

/** One specimen with its record. */
export interface Exhibit {
  readonly specimen: Specimen;
  readonly record: Record;
}

/** Why a right program does not pass; empty if it does. What this machine cannot check is not held against it. */
export function faultsOfRight({ record }: Exhibit): string[] {
  return record.said
    .filter(({ verdict }) => verdict !== 'passed' && verdict !== 'skipped')
    .map((said) => `${said.check}: ${wordsOf(said)}`);
}

/** Why a program that does nothing is not marked 0; empty if it is. */
export function faultsOfNothing({ record }: Exhibit): string[] {
  return record.said
    .filter(({ verdict }) => verdict === 'passed' || verdict === 'infra')
    .map((said) => `${said.check}: ${said.verdict} ${said.trouble ?? ''}`.trimEnd());
}

/**
 * What a mistake must come to: the check that is there for it, with its diagnosis, and what is declared to fail as well, with
 * the same diagnosis, or none, or one that is declared to be true of it.
 */
export function faultsOfMistake({ record, specimen: { mistake } }: Exhibit): string[] {
  if (!mistake) return [];
  const { caughtBy, diagnosis, alsoFails = [], mayFail = [], alsoNamed = [] } = mistake;
  const faults = record.said.flatMap((said) => {
    const { check, verdict } = said;
    if (verdict === 'infra') return [`${check}: ${wordsOf(said)}`];
    if (verdict === 'skipped') return [];
    if (check === caughtBy) {
      if (!isFailed(verdict)) return [`${check} passes, and is there to catch it`];
      return said.diagnosis === diagnosis
        ? []
        : [`${check} calls it ${said.diagnosis ?? 'nothing'}, not ${diagnosis}: ${said.saw}`];
    }
    if (isFailed(verdict) && ![...alsoFails, ...mayFail].includes(check))
      return [`${check} fails as well, which is not declared: ${said.saw}`];
    if (!isFailed(verdict) && alsoFails.includes(check))
      return [`${check} passes, but is declared to fail as well`];
    const named = said.diagnosis ?? diagnosis;
    return isFailed(verdict) && named !== diagnosis && !alsoNamed.includes(named)
      ? [`${check} calls it ${named}, which is not declared: ${said.saw}`]
      : [];
  });
  const known = new Set(record.said.map(({ check }) => check));
  return known.has(caughtBy) ? faults : [...faults, `there is no check ${caughtBy}`];
}

/** A change of which the corpus says, by what stands there instead, that nobody could see it: nobody does. */
export function faultsOfSurvivor(exhibit: Exhibit): string[] {
  if (exhibit.specimen.survivor?.becomes === undefined) return [];
  return failedBy(exhibit).map((check) => `${check} fails, and it is said to make no difference`);
}

/** The checks that a program fails. */
export function failedBy({ record }: Exhibit): string[] {
  return record.said.filter(({ verdict }) => isFailed(verdict)).map(({ check }) => check);
}

/** Checks that are the only one to catch no mistake at all: what they ask for, others ask for as well. */
export function needless(checks: LessonChecks, mistakes: readonly Exhibit[]): string[] {
  const alone = new Set(
    mistakes.map(failedBy).flatMap((failed) => (failed.length === 1 ? failed : [])),
  );
  return checks.checks.map(({ id }) => id).filter((id) => !alone.has(id));
}

/** How failed checks are named, over all mistakes: by a diagnosis that is true of the mistake, by none, by another one. */
export function naming(exhibits: readonly Exhibit[]): {
  right: number;
  unnamed: number;
  other: number;
} {
  const counts = { right: 0, unnamed: 0, other: 0 };
  for (const { specimen, record } of exhibits) {
    const { diagnosis: own, alsoNamed = [] } = specimen.mistake ?? {};
    const right = [own, ...alsoNamed];
    for (const { verdict, diagnosis } of record.said) {
      if (!isFailed(verdict)) continue;
      if (diagnosis === undefined) counts.unnamed += 1;
      else if (right.includes(diagnosis)) counts.right += 1;
      else counts.other += 1;
    }
  }
  return counts;
}

function wordsOf({ verdict, saw, trouble, diagnosis }: Said): string {
  return `${verdict}${diagnosis ? ` (${diagnosis})` : ''}: ${saw ?? trouble?.split('\n')[0] ?? ''}`;
}
