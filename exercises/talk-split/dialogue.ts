// The dialogue: how its bytes become lines, and a line a name and what was said.
//
// The task: README.md beside this file. It begins here, with parse().
import { readFile } from 'node:fs/promises';
import { todo } from '#todo';

// Done for you: an error that says in which line of the dialogue it is.
/** A line that cannot be used, by its number in the file, from 1. */
export class BadLine extends Error {
  constructor(number: number, problem: string) {
    super(`line ${number} ${problem}`);
  }
}

export interface Line {
  /** Undefined if the line has no colon: it goes on with what was said before. '' if nothing stands before the colon. */
  readonly name?: string;
  readonly speech: string;
}

/** `  老王：  吃了么 ` is { name: '老王', speech: '吃了么' }. The first colon counts, the ASCII one or the full-width one. */
export function parse(line: string): Line {
  // TODO: step 1: cut off the spaces at both ends of the line.
  // TODO: step 1: find the first colon, `:` or `：`, whichever comes first.
  // TODO: step 1: return the name before that colon and the speech behind it, both without spaces at their ends.
  // TODO: step 2: a line without a colon has no name: return it as { speech }.
  return todo('step 1: separate a line into a name and what was said');
}

/**
 * Reads a UTF-8 file as batches of whole lines, in constant memory as long as no single line is huge.
 * Throws {@link BadLine} where the bytes are not UTF-8, and the errors of fs.
 */
export async function* readLines(file: string): AsyncGenerator<string[]> {
  // Done for you, and good enough until step 4: all lines in one batch.
  const lines = (await readFile(file, 'utf8')).split('\n');
  if (lines.at(-1) === '') lines.pop(); // behind the last line end there is no line
  yield lines;
  // TODO: step 4: read the file chunk by chunk instead, and yield the lines that are complete. The rest waits for the next chunk.
  // TODO: step 4: a chunk may end inside a character. Decode whole lines only: so step 5 can ask the bytes of a line first.
  // TODO: step 5: bytes that are not UTF-8: throw new BadLine(<number of the line>, 'is not UTF-8').
}
