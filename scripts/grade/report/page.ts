// report.html: the class on one page that needs nothing from elsewhere, and that nothing in a submission can change.
import { createHash } from 'node:crypto';
import type { GradeRecord } from '../record.ts';
import { checkBars } from './check-bars.ts';
import { meanOf, medianOf, wholePercent, type ClassReport } from './class.ts';
import { diagnosisList } from './diagnosis-list.ts';
import { excerptsOf } from './excerpts.ts';
import { heatMap } from './heat-map.ts';
import { histogram } from './histogram.ts';
import { html, markupOf, trusted, type Html } from './html.ts';
import { script } from './script.ts';
import { studentPage } from './student-page.ts';
import { style } from './style.ts';

/**
 * The whole page, UTF-8. Its policy (https://www.w3.org/TR/CSP3/) allows one style sheet and one script, both known by their
 * hashes, and no request at all. Below 10 MB for 300 students, however they fail: see excerpts.ts.
 */
export function renderPage(report: ClassReport): string {
  const { students, lessons } = report;
  const records = students.map(({ record }) => record);
  const excerpts = excerptsOf(records);
  const page = html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="referrer" content="no-referrer" />
      <title>
        Class report: ${countOf(students.length, 'student')}, ${countOf(lessons.length, 'lesson')}
      </title>
      ${trusted(`<style>${style}</style>`)}
      <h1>Class report</h1>
      <p class="dim">
        ${countOf(students.length, 'student')}, ${countOf(lessons.length, 'lesson')}, graded
        ${daysOf(records)}
      </p>
      <nav>
        <a href="#totals">Totals</a><a href="#map">Heat map</a><a href="#checks">Checks</a
        ><a href="#diagnoses">Diagnoses</a><a href="#students">Students</a
        ><a href="#about">How it was graded</a>
      </nav>
      ${figures(report)} ${warnings(report)}
      <h2 id="totals">Totals</h2>
      <p class="dim">Students by their total, in percent.</p>
      ${histogram(students.map(({ percent }) => percent))}
      <h2 id="map">Heat map</h2>
      ${heatMap(report)}
      <h2 id="checks">Checks</h2>
      ${checkBars(lessons)}
      <h2 id="diagnoses">Commonest diagnoses</h2>
      ${diagnosisList(report)}
      <h2 id="students">Students</h2>
      ${students.map((student, at) => studentPage(student, at, excerpts))} ${about(report, records)}
      ${trusted(`<script>${script}</script>`)}
    </html> `;
  return markupOf(page);
}

const POLICY = [
  "default-src 'none'",
  `style-src '${hashOf(style)}'`,
  `script-src '${hashOf(script)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function figures({ students, lessons, diagnoses }: ClassReport): Html {
  const percents = students.map(({ percent }) => percent);
  const shown = (percent: number | undefined) =>
    percent === undefined ? '–' : `${wholePercent(percent)} %`;
  const all: [string | number, string][] = [
    [students.length, students.length === 1 ? 'student' : 'students'],
    [shown(meanOf(percents)), 'mean'],
    [shown(medianOf(percents)), 'median'],
    [students.filter(({ percent }) => percent === 100).length, 'with all points'],
    [lessons.reduce((sum, { checks }) => sum + checks.length, 0), 'checks'],
    [diagnoses.length, 'different diagnoses'],
  ];
  return html`<ul class="figures">
    ${all.map(([figure, what]) => html`<li><b>${figure}</b>${what}</li>`)}
  </ul>`;
}

/** What a reader has to know before believing the numbers. */
function warnings({ students, strangers }: ClassReport): Html | undefined {
  const ungraded = students.filter(({ ungradedPoints }) => ungradedPoints > 0);
  const refused = students.filter(({ record }) => record.refused.length > 0);
  const bare = students.filter(({ record }) => record.sandbox === 'none');
  const suites = new Set(students.map(({ record }) => record.suite));
  const lines = [
    ungraded.length > 0 &&
      `Of ${countOf(ungraded.length, 'student')} something could not be graded (marked ?). No points are lost by it; a person has to look.`,
    refused.length > 0 &&
      `Of ${countOf(refused.length, 'student')} files were refused: the reasons are in the student's part.`,
    bare.length > 0 &&
      `${countOf(bare.length, 'submission')} ran without a sandbox: what these programs did to the grader is not known.`,
    suites.size > 1 &&
      `The students were graded by ${suites.size} different versions of the checks. Grade again with --regrade-changed to compare them.`,
    strangers.length > 0 && `In the late table, but not in this class: ${strangers.join(', ')}.`,
  ].filter((line) => line !== false);
  if (lines.length === 0) return undefined;
  return html`<div class="notice">
    <ul>
      ${lines.map((line) => html`<li>${line}</li>`)}
    </ul>
  </div>`;
}

function about({ weights }: ClassReport, records: readonly GradeRecord[]): Html {
  const rows: [string, string][] = [
    ['Sandbox', distinct(records.map(({ sandbox }) => sandbox))],
    ['Suite', distinct(records.map(({ suite }) => suite))],
    ['Seed', distinct(records.map(({ seed }) => seed))],
    ['Node', distinct(records.map(({ node }) => node))],
    ['Platform', distinct(records.map(({ platform }) => platform))],
    ['Graded', daysOf(records)],
    ['Weights', [...weights].map(([lesson, weight]) => `${lesson} ${weight}`).join(', ')],
  ];
  return html`<footer id="about">
    <h3>How it was graded</h3>
    <dl>
      ${rows.map(
        ([label, text]) =>
          text !== '' &&
          html`<dt>${label}</dt>
            <dd>${text}</dd>`,
      )}
    </dl>
    <p>
      The percentage of a student is the points reached of those that could be graded, times the
      weight of each lesson, less what is deducted for late work. Of long outputs and drawings the
      beginning is shown, of many failures the first of each lesson; all of it is in results/*.json.
    </p>
  </footer>`;
}

/** Each value once, how often it is there behind it if there are several; at most five. */
function distinct(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.size === 1) return [...counts.keys()].join('');
  const all = [...counts].toSorted(([, a], [, b]) => b - a);
  const more = all.length > 5 ? `, and ${all.length - 5} more` : '';
  return `${all
    .slice(0, 5)
    .map(([value, count]) => `${value} (${count})`)
    .join(', ')}${more}`;
}

/** `2026-11-21`, or the first and the last day. Days of UTC, as the records have them. */
function daysOf(records: readonly GradeRecord[]): string {
  const days = records.map(({ at }) => at.slice(0, 10)).toSorted();
  const [first = '', last = ''] = [days[0], days.at(-1)];
  return first === last ? first : `${first} to ${last}`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
