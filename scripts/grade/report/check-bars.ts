// The checks: of each, how many students passed it, the worst first.
import type { CheckCount, LessonSummary } from './class.ts';
import { wholePercent } from './class.ts';
import { html, type Html } from './html.ts';

/** How many of the hardest checks are shown before the lists of the lessons. */
const HARDEST = 10;

export function checkBars(lessons: readonly LessonSummary[]): Html {
  const all = worstFirst(lessons.flatMap(({ checks }) => checks));
  const failed = all.filter(({ failed }) => failed > 0).slice(0, HARDEST);
  return html`<p class="key">
      <b class="pass"></b>passed <b class="fail"></b>failed <b class="open"></b>not graded
      <b class="none"></b>nothing handed in
    </p>
    ${
      failed.length > 0 &&
      html`<h3>The ${failed.length > 1 ? `${failed.length} hardest checks` : 'hardest check'}</h3>
        ${bars(failed, true)}`
    }
    <h3>By lesson</h3>
    ${lessons.map(
      ({ lesson, title, checks, mean }) =>
        html`<details class="lesson">
          <summary>
            <b>${lesson}</b> <span>${title}</span
            ><small
              >${checks.length}
              checks${mean !== undefined && `, mean ${wholePercent(mean)} %`}</small
            >
          </summary>
          ${bars(worstFirst(checks), false)}
        </details> `,
    )}`;
}

/** The lowest share of those who were judged first; of equal ones that which more students failed. */
function worstFirst(checks: readonly CheckCount[]): CheckCount[] {
  return checks.toSorted((a, b) => shareOf(a) - shareOf(b) || b.failed - a.failed);
}

/** A check that nobody was judged by comes last. */
function shareOf({ passed, failed }: CheckCount): number {
  return passed + failed === 0 ? 2 : passed / (passed + failed);
}

function bars(checks: readonly CheckCount[], withLesson: boolean): Html {
  return html`<ul class="bars">
    ${checks.map((check) => row(check, withLesson))}
  </ul>`;
}

function row(check: CheckCount, withLesson: boolean): Html {
  const { id, title, step, passed, failed, ungraded, missing } = check;
  const judged = passed + failed;
  const share = judged > 0 && ` (${wholePercent((100 * passed) / judged)} %)`;
  const [lesson = '', name = ''] = id.split('/');
  const counts = [
    ['pass', passed],
    ['fail', failed],
    ['open', ungraded],
    ['none', missing],
  ] as const;
  const all = judged + ungraded + missing;
  let x = 0;
  const parts = counts.map(([kind, count]) => {
    const width = (100 * count) / Math.max(all, 1);
    const part =
      count > 0 &&
      html`<rect class="${kind}" x="${x.toFixed(2)}" width="${width.toFixed(2)}" height="8" />`;
    x += width;
    return part;
  });
  return html`<li>
    <span
      >${title}
      <small
        >${withLesson ? `${lesson}, step ${step}, ${name}` : `step ${step}, ${name}`}</small
      ></span
    ><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${parts}</svg
    ><span class="n"
      >${passed} of
      ${judged}${share}${ungraded > 0 && html` <small>${ungraded} not graded</small>`}</span
    >
  </li> `;
}
