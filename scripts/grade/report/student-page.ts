// One student's part of the page: what was not accepted or not graded, then each lesson's steps and what failed in them.
import { isFailed, isUngraded } from '../../../test/harness/failure.ts';
import { clean } from '../../../test/harness/bytes.ts';
import type { CheckMark, GradeRecord, LessonMark } from '../record.ts';
import { ungradedOf, wholePercent, type StudentMark } from './class.ts';
import type { Excerpts } from './excerpts.ts';
import { cut, shortId } from './failure-words.ts';
import { anchorOf } from './heat-map.ts';
import { html, type Html } from './html.ts';

/** Refused files that are named. The rest is counted. */
const MOST_REFUSED = 20;

/** Closed at first. The anchor is inside: a browser that jumps to it opens what it lies in. */
export function studentPage(student: StudentMark, at: number, excerpts: Excerpts): Html {
  const { name, lessons, record } = student;
  return html`<details class="student">
    <summary><bdi>${name}</bdi> ${summaryOf(student)}</summary>
    <div id="${anchorOf(at)}">
      ${notices(record)}
      <p class="dim">
        ${pointsOf(student)} Sandbox: ${record.sandbox}. Submission
        ${record.submission.slice(0, 12)}, graded ${record.at.slice(0, 16).replace('T', ' ')}.
      </p>
      ${lessons.map((lesson, index) => lesson && lessonPart(lesson, anchorOf(at, index), excerpts))}
      ${leftOut(record, excerpts)}
    </div>
  </details> `;
}

function summaryOf({ percent, ungradedPoints, record, lateFactor }: StudentMark): Html {
  return html`<b>${percent === undefined ? 'not graded' : `${wholePercent(percent)} %`}</b>${
      ungradedPoints > 0 && html` <em class="q">not fully graded</em>`
    }${lateFactor < 1 && html` <em>late</em>`}${record.refused.length > 0 && html` <em>refused files</em>`}`;
}

function pointsOf({ points, maxPoints, ungradedPoints, lateFactor }: StudentMark): string {
  const open = ungradedPoints > 0 ? ` (${ungradedPoints} of ${maxPoints} were not graded)` : '';
  const late = Math.round((1 - lateFactor) * 1000) / 10;
  return `${points} of ${maxPoints - ungradedPoints} points${open}${late > 0 ? `, less ${late} % for late work` : ''}.`;
}

function notices({ lessons, refused }: GradeRecord): Html {
  const open = lessons.filter((lesson) => ungradedOf(lesson) > 0);
  const more = refused.length - MOST_REFUSED;
  return html`${
    open.length > 0 &&
    html`<div class="notice">
      <b>Not graded</b>, no points are lost; a person has to look.
      <ul>
        ${open.map(
          (lesson) =>
            html`<li>
              ${lesson.lesson}: ${ungradedOf(lesson)} of ${lesson.maxPoints}
              points${lesson.why !== undefined && `: ${cut(lesson.why)}`}
            </li>`,
        )}
      </ul>
    </div>`
  }${
    refused.length > 0 &&
    html`<div class="notice">
      <b>Refused</b>
      <ul>
        ${refused
          .slice(0, MOST_REFUSED)
          .map(
            ({ path, why }) => html`<li><code>${clean(path, 120)}</code>: ${cut(why)}</li>`,
          )}${more > 0 && html`<li>and ${more} more</li>`}
      </ul>
    </div>`
  }`;
}

function lessonPart(lesson: LessonMark, anchor: string, excerpts: Excerpts): Html {
  const { title, state, points, maxPoints } = lesson;
  const head = html`<b>${lesson.lesson}</b> <span>${title}</span>`;
  if (state === 'missing') return html`<p class="none">${head}<small>nothing handed in</small></p>`;
  if (state === 'ungraded')
    return html`<p class="none" id="${anchor}">${head}<small class="q">not graded</small></p>`;
  const most = maxPoints - ungradedOf(lesson);
  const steps = stepsOf(lesson);
  return html`<details class="lesson">
    <summary>
      ${head}<small><span class="marks">${steps.map(markOf)}</span> ${points} of ${most}</small>
    </summary>
    <ol id="${anchor}">
      ${steps.map((checks, index) => stepPart(checks, index + 1, excerpts))}
    </ol>
  </details> `;
}

/** One sign a step: ✓ passed, ✗ failed, ? not graded. */
function markOf(checks: readonly CheckMark[]): Html {
  if (checks.some(({ verdict }) => isFailed(verdict))) return html`<i class="x">✗</i>`;
  if (checks.some(({ verdict }) => isUngraded(verdict))) return html`<i class="u">?</i>`;
  return html`✓`;
}

function stepsOf({ checks }: LessonMark): CheckMark[][] {
  const steps = new Map<number, CheckMark[]>();
  for (const check of checks) steps.set(check.step, [...(steps.get(check.step) ?? []), check]);
  return [...steps].toSorted(([a], [b]) => a - b).map(([, checks]) => checks);
}

/** @param place the number that the browser gives it by itself */
function stepPart(checks: readonly CheckMark[], place: number, excerpts: Excerpts): Html {
  const { step = place, stepTitle = '' } = checks[0] ?? {};
  const open = checks.filter(({ verdict }) => verdict !== 'passed');
  const shown = open.filter((check) => excerpts.wordsOf(check));
  const others = open.filter((check) => !excerpts.wordsOf(check)).map(({ id }) => shortId(id));
  const number = step !== place && html` value="${step}"`;
  return html`<li${number}>${markOf(checks)} ${stepTitle}
    <small>${checks.length - open.length} of ${checks.length}</small>
    ${shown.map((check) => html`<div class="f${isUngraded(check.verdict) && ' u'}">${excerpts.wordsOf(check)}${excerpts.pictureOf(check)}</div>`)}${
      others.length > 0 &&
      html`<p class="dim">not passed, without words here: ${others.join(', ')}</p>`
    }</li> `;
}

/** What is left out for want of room: see excerpts.ts. */
function leftOut({ student, lessons }: GradeRecord, excerpts: Excerpts): Html | undefined {
  const open = lessons
    .flatMap(({ checks }) => checks)
    .filter(({ verdict }) => verdict !== 'passed')
    .filter(
      (check) => !excerpts.wordsOf(check) || (check.picture?.length && !excerpts.pictureOf(check)),
    );
  if (open.length === 0) return undefined;
  const of = open.length === 1 ? 'one check' : `${open.length} checks`;
  return html`<p class="dim">
    There was no room on this page for the words or the drawing of ${of}: they are in
    results/${student}.json.
  </p>`;
}
