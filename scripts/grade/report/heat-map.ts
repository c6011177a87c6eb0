// The class as a heat map: a row a student, a column a lesson, percent in the cells.
import type { LessonMark } from '../record.ts';
import {
  lessonPercent,
  meanOf,
  ungradedOf,
  wholePercent,
  type ClassReport,
  type StudentMark,
} from './class.ts';
import { html, type Html } from './html.ts';

export function heatMap({ students, lessons }: ClassReport): Html {
  return html`<div class="box" tabindex="0" role="region" aria-label="Heat map, scrolls sideways">
      <table class="heat" id="heat">
        <thead>
          <tr>
            <th scope="col">Student</th>
            <th scope="col">
              Total${lessons.map(({ lesson }) => html`<th scope="col">${lesson}</th>`)}
            </th>
          </tr>
        </thead>
        <tbody>
          ${students.map(row)}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">
              Mean${[
                meanOf(students.map(({ percent }) => percent)),
                ...lessons.map(({ mean }) => mean),
              ].map((mean) => html`<td>${mean === undefined ? '–' : wholePercent(mean)}</td>`)}
            </th>
          </tr>
        </tfoot>
      </table>
    </div>
    <p class="key">
      <b class="h0">0</b><b class="h2">20</b><b class="h5">50</b><b class="h8">80</b
      ><b class="h10">100</b> percent <b class="m">–</b> nothing handed in (counts as 0)
      <b class="q">?</b> not graded, in whole or in part: what is missing is left out of the
      percentage
    </p>`;
}

/** The place of a student's part of the page, and of one lesson in it. */
export function anchorOf(student: number, lesson?: number): string {
  return lesson === undefined ? `s${student}` : `s${student}-${lesson}`;
}

function row(student: StudentMark, at: number): Html {
  return html`<tr>
    <th scope="row" title="${student.name}">
      <a href="#${anchorOf(at)}"><bdi>${student.name}</bdi></a
      >${total(student)}${student.lessons.map((lesson, index) => cell(lesson, anchorOf(at, index)))}
    </th>
  </tr> `;
}

function total({ percent, ungradedPoints, lateFactor }: StudentMark): Html {
  if (percent === undefined) return html`<td class="q">?</td>`;
  const shown = wholePercent(percent);
  const late = lateFactor < 1 && html`<small>late</small>`;
  return html`<td class="h${Math.floor(shown / 10)}">
    <b>${shown}${ungradedPoints > 0 && '?'}</b>${late}
  </td>`;
}

function cell(lesson: LessonMark | undefined, anchor: string): Html {
  if (!lesson) return html`<td></td>`;
  if (lesson.state === 'missing') return html`<td class="m">–</td>`;
  const percent = lessonPercent(lesson);
  if (percent === undefined) return html`<td class="q"><a href="#${anchor}">?</a></td>`;
  const shown = wholePercent(percent);
  return html`<td class="h${Math.floor(shown / 10)}">
    <a href="#${anchor}">${shown}${ungradedOf(lesson) > 0 && '?'}</a>
  </td>`;
}
