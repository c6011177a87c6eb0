// Copies one range of bytes from a file to a place in another file.
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';

/** What one child has to do: the bytes from `start` up to, but not including, `end` go to position `at` of the target. */
export interface Job {
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly start: number;
  readonly end: number;
  readonly at: number;
}

const BLOCK = 64 * 1024;

/**
 * Copies the bytes of the source from `start` up to, but not including, `end` to position `at` of the target.
 * These calls block: while one waits for the disk, the process can do nothing else. It has nothing else to do.
 */
export function copyRange({ source, target, start, end, at }: Job): void {
  const from = openSync(source, 'r');
  // Made if it is not there, and never emptied: the bytes around the range may be another process's. The flag 'w' would
  // empty it, 'r+' would not make it, and with 'a' every write goes to the end, whatever its position: see pwrite(2).
  const to = openSync(target, constants.O_WRONLY | constants.O_CREAT);
  const block = Buffer.allocUnsafe(BLOCK);
  for (let done = start; done < end;) {
    const count = readSync(from, block, 0, Math.min(BLOCK, end - done), done);
    if (count === 0) throw tooShort(source, done, end);
    writeAll(to, block.subarray(0, count), at + (done - start));
    done += count;
  }
  closeSync(to); // a full disk may be reported as late as here: see close(2)
  closeSync(from);
}

/** One write may take less than it is given, as when the disk is nearly full: the rest is offered again. */
function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
  }
}

/** The source has `size` bytes, and the range goes on. With code and path, as the errors of the system. */
function tooShort(source: string, size: number, end: number): Error {
  const code = `ends at byte ${size}, before byte ${end}`;
  return Object.assign(new Error(code), { code, path: source });
}
