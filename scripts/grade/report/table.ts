// The table at the end of `npm run grade`: students and lessons in percent, as wide as the terminal is.
import { clean, columnsOf } from '../../../test/harness/bytes.ts';
import { lessons as workbook } from '../../lessons.ts';
import { columns, paint } from '../../screen.ts';
import type { LessonMark } from '../record.ts';
import {
  lessonPercent,
  meanOf,
  ungradedOf,
  wholePercent,
  type ClassReport,
  type StudentMark,
} from './class.ts';

/** Students in the table. The rest is counted. */
const MOST_STUDENTS = 40;
/** Columns of one lesson, with the gap before it: ` 100`, `  80?`. */
const CELL = 5;
/** Columns of the total: ` 100?`. */
const TOTAL = 7;
const NAME = { least: 8, most: 24 };

/**
 * The lines of the table, none wider than `width` terminal columns. A lesson stands under its number in the workbook; the
 * numbers are explained below. If the names would have less than 8 columns, the lessons are left out and the totals remain.
 */
export function drawTable(report: ClassReport, width = columns()): string[] {
  const { students, lessons } = report;
  if (students.length === 0) return ['no student'];
  const shown = students.slice(0, MOST_STUDENTS);
  const names = shown.map(({ name }) => clean(name, NAME.most));
  const wanted = Math.max(7, ...names.map(columnsOf));
  const fits = width - TOTAL - lessons.length * CELL >= NAME.least;
  const cells = fits ? lessons.length : 0;
  const room = Math.max(Math.min(wanted, width - TOTAL - cells * CELL), 1);
  const line = (name: string, marks: readonly string[], total: string) =>
    pad(clean(name, room), room) + marks.slice(0, cells).join('') + total;

  const head = line(
    'student',
    lessons.map(({ lesson }) => numberOf(lesson).padStart(CELL - 1) + ' '),
    'total'.padStart(TOTAL - 1),
  );
  const mean = line(
    'mean',
    lessons.map(({ mean }) => mark(mean, false, CELL)),
    mark(meanOf(students.map(({ percent }) => percent)), false, TOTAL),
  );
  const rest = students.length - shown.length;
  return [
    paint.dim(head),
    ...shown.map((student) =>
      line(student.name, student.lessons.map(lessonMark), paint.bold(totalMark(student))),
    ),
    ...(rest > 0 ? [paint.dim(clean(`… and ${rest} more: grades.csv`, width))] : []),
    paint.bold(mean),
    ...explain(report, cells, width),
  ].map((text) => text.trimEnd());
}

function lessonMark(lesson: LessonMark | undefined): string {
  if (!lesson) return ' '.repeat(CELL);
  if (lesson.state === 'missing') return paint.dim(`${'–'.padStart(CELL - 1)} `);
  return mark(lessonPercent(lesson), ungradedOf(lesson) > 0, CELL);
}

function totalMark({ percent, ungradedPoints }: StudentMark): string {
  return mark(percent, ungradedPoints > 0, TOTAL);
}

/** The last column is for the `?`, so that the figures stand below each other. */
function mark(percent: number | undefined, open: boolean, width: number): string {
  if (percent === undefined) return paint.yellow(`${'?'.padStart(width - 1)} `);
  const figure = `${wholePercent(percent)}`.padStart(width - 1);
  const tone = percent === 100 ? paint.green : percent < 50 ? paint.red : (text: string) => text;
  return tone(figure) + (open ? paint.yellow('?') : ' ');
}

/** A lesson that the workbook does not know, since the records are older, is told by its first letters. */
function numberOf(lesson: string): string {
  const number = workbook.findIndex(({ name }) => name === lesson) + 1;
  return number > 0 ? `${number}` : clean(lesson, CELL - 1);
}

function explain({ students, lessons }: ClassReport, cells: number, width: number): string[] {
  const words = cells > 0 ? lessons.map(({ lesson }) => `${numberOf(lesson)} ${lesson}`) : [];
  const open = students.filter(({ ungradedPoints }) => ungradedPoints > 0).length;
  const lines = ['', ...flow(['percent of each lesson:', ...words], width)];
  return [
    ...(cells > 0 ? lines : ['', clean(`${lessons.length} lessons: grades.csv`, width)]),
    ...flow(['–', 'nothing handed in'], width),
  ]
    .map((text) => paint.dim(text))
    .concat(
      open > 0
        ? flow(
            `? ${open} of ${students.length} students not fully graded, no points are lost`.split(
              ' ',
            ),
            width,
            ' ',
          ).map((text) => paint.yellow(text))
        : [],
    );
}

/** Words in lines of at most `width` columns. */
function flow(words: readonly string[], width: number, gap = '  '): string[] {
  const lines: string[] = [];
  for (const word of words.map((one) => clean(one, width))) {
    const line = lines.at(-1);
    if (line !== undefined && columnsOf(line + gap + word) <= width)
      lines[lines.length - 1] = line + gap + word;
    else lines.push(word);
  }
  return lines;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(width - columnsOf(text), 0));
}
