// What a mistake is: a wrong program that students really write, with the checks it must fail and the diagnosis it must get.

/** Declared in test/mistakes/<lesson>/mistakes.ts; its files stand in test/mistakes/<lesson>/<id>/. */
export interface Mistake {
  /** Its directory. The files in it replace those of the solution. */
  readonly id: string;
  /** The misconception, in one sentence. */
  readonly belief: string;
  /** The check that is there to catch it. */
  readonly caughtBy: string;
  /** The id of the diagnosis that this check must give. */
  readonly diagnosis: string;
  /** Checks that fail as well, because it follows from the mistake. */
  readonly alsoFails?: readonly string[];
  /** Checks that fail or pass, as the clock will have it. */
  readonly mayFail?: readonly string[];
  /** Other diagnoses that are true of it, and may be given by those other checks. */
  readonly alsoNamed?: readonly string[];
}

/** A program that is right but built in another way: it must pass every check. In test/mistakes/<lesson>/<id>/, too. */
export interface Variant {
  readonly id: string;
  readonly about: string;
}

/** Why mutants of a solution may survive: what is changed in this line makes no difference that a user could see. */
export interface Survivor {
  readonly file: string;
  /** A part of the line as it stands in the solution. */
  readonly line: string;
  /** What stands there instead of what was changed; without it, whatever does. */
  readonly becomes?: string;
  /** A part of the line as it is after the change: for a line that may change in two places to the same. */
  readonly now?: string;
  readonly why: string;
}
