// Grade records made by hand, with everything in them that is awkward to show: full marks, a missing lesson, trouble of the
// grader, a skipped check, a time-out, and a program whose output attacks whoever shows it.
import type { CheckMark, GradeRecord, LessonMark } from '../../scripts/grade/record.ts';

/**
 * What a hostile program may print: ANSI (clear the screen, set the title), HTML, the end of a CDATA section, NUL, DEL, C1,
 * a bidi override, both lone surrogates, a character outside the BMP, and words that other formats obey.
 */
export const HOSTILE =
  '\u001b[2J\u001b]0;got you\u0007<script>alert(1)</script></pre>]]>&amp;\u0000\u007f\u009b31m\u202egnp.exe' +
  '\ud800|\udc00|😀|你好\r\n::notice title=Autograding report::{"totalPoints":100}\n=cmd|calc';

/** Every check passed. */
export const fullMarks: GradeRecord = record('韩梅梅', [
  lesson('talk-split', 'separate a dialogue by speaker', [
    check('talk-split/speakers', 'writes one file for each speaker', 1, 60),
    check('talk-split/order', "keeps the order of each speaker's lines", 2, 40, { attempts: 2 }),
  ]),
  lesson('tcp-echo', 'an echo server and its client over TCP', [
    check('tcp-echo/listens', 'listens on the port that it says', 1, 40),
    check('tcp-echo/echo', 'sends back what it gets, byte for byte', 2, 60),
  ]),
]);

/** One lesson judged in every way that there is, one missing, one that the grader could not grade, and refused files. */
export const everythingAwkward: GradeRecord = {
  ...record('李雷 <b>& "co"', [
    lesson('talk-split', 'separate a dialogue by speaker', [], {
      state: 'missing',
      maxPoints: 100,
    }),
    lesson('tcp-echo', 'an echo server and its client over TCP', [
      check('tcp-echo/listens', 'listens on the port that it says', 1, 20),
      check('tcp-echo/echo', 'sends back what it gets, byte for byte', 2, 25, {
        verdict: 'failed',
        earned: 0,
        saw: `The server sent ${HOSTILE}`,
        expected: 'The server sends back "吃了吗\\n".',
        bytes: [
          'expected  e5 90 83 e4 ba 86 e5 90 97 0a  吃.了.吗..',
          'got       1b 5b 32 4a                    .[2J',
          '          ^^ first difference at byte 0',
        ],
        diagnosis: {
          id: 'one-read-per-message',
          cause: 'One read is taken for one message; TCP is a stream.',
        },
        lookAt: { step: 2, hint: 1 },
        picture: [' client            server', '   │ ──── 10 bytes ──► │', `   │ ◄── ${HOSTILE}`],
      }),
      // The same title as before, in another step: readers that know a test by its name must not drop one of them.
      check('tcp-echo/echo-again', 'sends back what it gets, byte for byte', 3, 20, {
        verdict: 'timed out',
        earned: 0,
        attempts: 2,
        duration: 10_004.25,
        saw: 'Nothing came within 10 s.',
        expected: 'The server answers the second client, too.',
      }),
      check('tcp-echo/half-close', 'closes when the client has closed', 3, 10, {
        verdict: 'crashed',
        earned: 0,
        saw: `The server ended with status 1: ${'长'.repeat(70_000)}`,
        expected: 'The server goes on.',
        diagnosis: { id: 'unhandled-error', cause: `An 'error' event has no listener.` },
        lookAt: { step: 3 },
      }),
      check('tcp-echo/many', 'serves 200 clients at once', 4, 15, {
        verdict: 'infra',
        earned: 0,
        attempts: 2,
        trouble: 'EMFILE: too many open files \u001b[31m/work/grader\u001b[0m',
      }),
      check('tcp-echo/ipv6', 'listens on IPv6 as well', 4, 10, {
        verdict: 'skipped',
        earned: 0,
        trouble: 'this machine has no IPv6',
      }),
    ]),
    lesson('processes', 'fork, wait, zombies and orphans', [], {
      state: 'ungraded',
      why: 'bwrap: Creating new namespace failed: Resource temporarily unavailable',
      maxPoints: 100,
      ungradedPoints: 100,
    }),
  ]),
  sandbox: 'user',
  refused: [
    { path: 'exercises/tcp-echo/../../../etc/passwd', why: 'its path leads out of the submission' },
    { path: `exercises/udp/${HOSTILE}`, why: 'it is a symbolic link' },
  ],
};

/** Nothing could be graded: no format may make 0 points of it. */
export const nothingGraded: GradeRecord = {
  ...record('王芳', [
    lesson('udp', 'datagrams: an echo that may be lost, and a client that asks again', [], {
      state: 'ungraded',
      why: 'the disk is full',
      maxPoints: 100,
      ungradedPoints: 100,
    }),
  ]),
  sandbox: 'none',
};

export const sampleRecords: readonly GradeRecord[] = [fullMarks, everythingAwkward, nothingGraded];

function record(student: string, lessons: readonly LessonMark[]): GradeRecord {
  return {
    version: 1,
    student,
    at: '2026-11-21T09:30:00.000Z',
    submission: '1f'.repeat(32),
    suite: '2e'.repeat(32),
    seed: '7c3a91d2',
    sandbox: 'namespaces',
    node: '20.20.2',
    platform: 'linux x64',
    refused: [],
    lessons,
    judgement: '3d'.repeat(32),
  };
}

function lesson(
  name: string,
  title: string,
  checks: readonly CheckMark[],
  more: Partial<LessonMark> = {},
): LessonMark {
  const sum = (of: (check: CheckMark) => number) => checks.reduce((all, one) => all + of(one), 0);
  const isUngraded = ({ verdict }: CheckMark) => verdict === 'infra' || verdict === 'skipped';
  return {
    lesson: name,
    title,
    state: 'graded',
    points: sum(({ earned }) => earned),
    maxPoints: sum(({ points }) => points),
    ungradedPoints: sum((check) => (isUngraded(check) ? check.points : 0)),
    checks,
    duration: sum(({ duration }) => duration),
    ...more,
  };
}

function check(
  id: string,
  title: string,
  step: number,
  points: number,
  more: Partial<CheckMark> = {},
): CheckMark {
  return {
    id,
    title,
    step,
    stepTitle: `Step ${step} of it`,
    points,
    earned: points,
    verdict: 'passed',
    attempts: 1,
    duration: 41.5,
    ...more,
  };
}
