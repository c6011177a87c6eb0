// The mark of an unfinished place in a starter: `todo('what is missing')` says where it stands and ends the program.
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Ends the program with one line on stderr, `TODO: <what> (server.ts:42)`, and exit status 1.
 *
 * It exits instead of throwing, so that no `catch` and no `'error'` listener of an unfinished program can hide it.
 * It returns `never`: `return todo('…')` fits a function of any return type.
 */
export function todo(what: string): never {
  process.stderr.write(`TODO: ${what}${place()}\n`);
  process.exit(1);
}

/** Where the caller stands, as ` (server.ts:42)`, read from the stack; nothing if the stack does not tell. */
function place(): string {
  const caller = new Error('where').stack?.split('\n')[3];
  const found = caller?.match(/(file:\/\/[^():]*|\/[^():]*|[A-Za-z]:[^():]*):(\d+):\d+\)?$/);
  if (!found?.[1]) return '';
  const file = found[1].startsWith('file:') ? fileURLToPath(found[1]) : found[1];
  return ` (${basename(file)}:${found[2]})`;
}
