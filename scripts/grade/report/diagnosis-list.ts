// The commonest diagnoses of a class: what to talk about in the next lecture.
import type { ClassReport, DiagnosisCount, StudentMark } from './class.ts';
import { cut } from './failure-words.ts';
import { anchorOf } from './heat-map.ts';
import { html, type Html } from './html.ts';

/** Diagnoses on the page. The rest is counted. */
const MOST = 20;

export function diagnosisList({ diagnoses, undiagnosed, students }: ClassReport): Html {
  const places = new Map(students.map((student, index) => [student, index]));
  const more = diagnoses.length - MOST;
  const rest = [
    ...(more > 0 ? [`${more} more that fewer students have`] : []),
    ...(undiagnosed > 0
      ? [`${undiagnosed} failed ${undiagnosed === 1 ? 'check' : 'checks'} without a known cause`]
      : []),
  ];
  if (diagnoses.length === 0 && rest.length === 0) return html`<p>No check failed.</p>`;
  return html`<ol class="diagnoses">
      ${diagnoses.slice(0, MOST).map((one) => item(one, places))}
    </ol>
    ${rest.length > 0 && html`<p class="dim">And ${rest.join('; ')}.</p>`}`;
}

function item(
  { id, cause, count, lessons, students }: DiagnosisCount,
  places: ReadonlyMap<StudentMark, number>,
): Html {
  return html`<li>
    <p>${cut(cause)}</p>
    <p class="dim">
      <code>${id}</code> in ${lessons.join(', ')}: ${count} failed
      ${count === 1 ? 'check' : 'checks'}
    </p>
    <details>
      <summary>${students.length} ${students.length === 1 ? 'student' : 'students'}</summary>
      <p class="names">
        ${students.map(
          (student) =>
            html`<a href="#${anchorOf(places.get(student) ?? 0)}"><bdi>${student.name}</bdi></a> `,
        )}
      </p>
    </details>
  </li> `;
}
