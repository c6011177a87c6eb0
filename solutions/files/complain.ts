// What every program of this lesson says when the system refuses something.

/**
 * One line on stderr, `<program>: <file>: <why>`, and status 1 at the end. `why` is the code of the error, as ENOENT.
 * An error without a code is a fault of the program, not of its user: it is thrown on.
 */
export function complain(program: string, file: string, error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || code.startsWith('ERR_INVALID')) throw error;
  console.error(`${program}: ${file}: ${code}`);
  process.exitCode = 1;
}
