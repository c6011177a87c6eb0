// The witness, for the process timeline of the checks: tells who forked and who waited. To look into /proc again and again
// misses a child that is gone after a millisecond. It is silent unless WORKBOOK_WITNESS names a file.
import { appendFileSync } from 'node:fs';

const file = process.env.WORKBOOK_WITNESS;

/** Adds a line to the file: `<time in nanoseconds> <own pid> <forked|reaped> <pid> <status>`. */
export function tell(what: 'forked' | 'reaped', pid: number, status = 0): void {
  if (file === undefined) return;
  try {
    appendFileSync(file, `${process.hrtime.bigint()} ${process.pid} ${what} ${pid} ${status}\n`);
  } catch {
    // Whatever is wrong with the file is no business of the program that is being watched.
  }
}
