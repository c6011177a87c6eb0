// What of the failures has room on the page: 300 students fail in more ways than a browser opens fast.
import { markupOf, type Html } from './html.ts';
import type { CheckMark, GradeRecord, LessonMark } from '../record.ts';
import { failureWords, pictureOf } from './failure-words.ts';

/** Bytes (UTF-8) on the page for the words of failures, and for their pictures. */
const WORDS = 3_000_000;
const PICTURES = 1_500_000;

export interface Excerpts {
  /** What is shown of a check, undefined where there was no room for it. */
  wordsOf(check: CheckMark): Html | undefined;
  pictureOf(check: CheckMark): Html | undefined;
}

/**
 * Hands out the room in rounds: first the first failure of each student in the first lesson, then in the second, and so on
 * through the lessons; in the next round the second failures; until the room is used up. So nobody's page is empty because
 * somebody else's is long. Words are handed out before pictures.
 */
export function excerptsOf(records: readonly GradeRecord[]): Excerpts {
  const turns = inTurns(records);
  const words = handOut(turns, WORDS, ({ lesson, check }) => failureWords(lesson, check));
  const shown = turns.filter(({ check }) => words.has(check));
  const pictures = handOut(shown, PICTURES, ({ check }) => pictureOf(check));
  return { wordsOf: (check) => words.get(check), pictureOf: (check) => pictures.get(check) };
}

interface Turn {
  readonly lesson: LessonMark;
  readonly check: CheckMark;
}

function inTurns(records: readonly GradeRecord[]): Turn[] {
  const rounds: Turn[][][] = [];
  for (const { lessons } of records) {
    lessons.forEach((lesson, at) => {
      const open = lesson.checks.filter(({ verdict }) => verdict !== 'passed');
      open.forEach((check, round) => ((rounds[round] ??= [])[at] ??= []).push({ lesson, check }));
    });
  }
  // A lesson that nobody has failed leaves a hole.
  return rounds.flatMap((round) => round.flat());
}

function handOut(
  turns: readonly Turn[],
  bytes: number,
  render: (turn: Turn) => Html | undefined,
): Map<CheckMark, Html> {
  const given = new Map<CheckMark, Html>();
  let left = bytes;
  for (const turn of turns) {
    const piece = render(turn);
    if (!piece) continue;
    left -= Buffer.byteLength(markupOf(piece));
    if (left < 0) break;
    given.set(turn.check, piece);
  }
  return given;
}
