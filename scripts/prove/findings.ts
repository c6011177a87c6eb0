// The findings on a lesson: what was proved of its checks, in figures and sentences.
import { isFailed } from '../../test/harness/failure.ts';
import { loadChecks, type Lesson } from '../lessons.ts';
import {
  failedBy,
  faultsOfMistake,
  faultsOfNothing,
  faultsOfRight,
  faultsOfSurvivor,
  naming,
  needless,
  type Exhibit,
} from './judge.ts';
import type { Mutant } from './mutants.ts';
import { corpusOf, strayIn, type Kind } from './specimens.ts';

export interface Findings {
  readonly lesson: Lesson;
  readonly checks: number;
  /** What is not as it should be. Empty: proved. */
  readonly faults: readonly string[];
  /** Runs of the solution, and how many of them failed. */
  readonly runs: number;
  readonly flakes: number;
  readonly zeros: number;
  readonly variants: number;
  readonly mistakes: number;
  /** Failed checks over all mistakes: named by the right diagnosis, by none, by another. */
  readonly named: { readonly right: number; readonly unnamed: number; readonly other: number };
  /** Checks that no mistake needs. */
  readonly needless: readonly string[];
  readonly mutants: {
    readonly all: number;
    readonly killed: number;
    /** Survivors of which the corpus says why they make no difference. */
    readonly justified: number;
    readonly survivors: readonly Mutant[];
  };
}

export function findingsOn(lesson: Lesson, exhibits: readonly Exhibit[]): Findings {
  const checks = loadChecks(lesson);
  const corpus = corpusOf(lesson);
  const of = (kind: Kind) => exhibits.filter(({ specimen }) => specimen.kind === kind);
  const told = (kind: Kind, faults: (exhibit: Exhibit) => string[]) =>
    of(kind).flatMap((exhibit) =>
      faults(exhibit).map((why) => `${kind} ${exhibit.specimen.id}: ${why}`),
    );
  const mistakes = of('mistake');
  const mutants = of('mutant');
  const alive = mutants.filter((mutant) => failedBy(mutant).length === 0);
  const unexplained = alive.filter(({ specimen }) => !specimen.survivor);
  const flaky = of('solution').filter(({ record }) =>
    record.said.some(({ verdict }) => isFailed(verdict)),
  );
  return {
    lesson,
    checks: checks.checks.length,
    faults: [
      ...strayIn(corpus),
      ...told('solution', faultsOfRight),
      ...told('nothing', faultsOfNothing),
      ...told('variant', faultsOfRight),
      ...told('mistake', faultsOfMistake),
      ...told('mutant', faultsOfSurvivor),
    ],
    runs: of('solution').length,
    flakes: flaky.length,
    zeros: of('nothing').length,
    variants: of('variant').length,
    mistakes: mistakes.length,
    named: naming(mistakes),
    needless: needless(checks, mistakes),
    mutants: {
      all: mutants.length,
      killed: mutants.length - alive.length,
      justified: alive.length - unexplained.length,
      survivors: unexplained.flatMap(({ specimen }) => specimen.mutant ?? []),
    },
  };
}
