// A failure: what a check throws when the program did not do what the lesson asks. Anything else that is thrown while a
// check runs is the workbook's own fault (verdict "infra") and never counts against a student; nor does a check that is
// skipped, because this machine lacks something that it needs.

/**
 * How a check ended.
 * `crashed`: the program ended by itself where it should have gone on. `timed out`: something never came.
 * `infra`: the workbook's own fault, never marked 0. `skipped`: this machine lacks what the check needs.
 */
export type Verdict = Judgement | 'passed' | 'infra' | 'skipped';
type Judgement = 'failed' | 'timed out' | 'crashed';

/** True if the program was judged, and found to be wrong. */
export function isFailed(verdict: Verdict): verdict is Judgement {
  return verdict === 'failed' || verdict === 'timed out' || verdict === 'crashed';
}

/** True if the check did not judge the program: its points are not earned, and not lost. */
export function isUngraded(verdict: Verdict): boolean {
  return verdict === 'infra' || verdict === 'skipped';
}

/** True if somebody has to look at it: the next step is not tried until it is mended. */
export function holdsUp(verdict: Verdict): boolean {
  return verdict !== 'passed' && verdict !== 'skipped';
}

/** Thrown by a check that cannot be held on this machine. The message says why. */
export class Skipped extends Error {}

/** What was seen, as values: the diagnoses are matched against these, never against the student's source text. */
export interface Facts {
  /** What a check sent, and what came back. */
  readonly sent?: Buffer;
  readonly got?: Buffer;
  /** Why a program did not start: see start-fault.ts. */
  readonly start?: string;
  /** The program's exit, where it ended. */
  readonly exit?: { readonly code: number | null; readonly signal: string | null };
  readonly stderr?: string;
  readonly [name: string]: unknown;
}

export interface FailureText {
  /** What the program really did: one or two short sentences. */
  readonly saw: string;
  /** What the lesson asks for. */
  readonly expected: string;
  /** Lines that show bytes, the first difference marked; at most four. */
  readonly bytes?: readonly string[];
  readonly facts?: Facts;
  readonly verdict?: Judgement;
}

export class Failure extends Error {
  readonly saw: string;
  readonly expected: string;
  readonly bytes: readonly string[];
  readonly facts: Facts;
  readonly verdict: Judgement;

  constructor({ saw, expected, bytes = [], facts = {}, verdict = 'failed' }: FailureText) {
    super(`Saw: ${saw} Expected: ${expected}`);
    this.name = 'Failure';
    this.saw = saw;
    this.expected = expected;
    this.bytes = bytes;
    this.facts = facts;
    this.verdict = verdict;
  }

  /** The same failure, with more facts. */
  with(facts: Facts): Failure {
    return new Failure({ ...this, facts: { ...this.facts, ...facts } });
  }
}

/**
 * For `.catch()`: throws the same again, a {@link Failure} with more facts. They may be looked for when it has failed.
 */
export function withFacts(facts: Facts | (() => Facts)): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Failure)) throw error;
    throw error.with(typeof facts === 'function' ? facts() : facts);
  };
}
