// What a user can cause and can mend: one clear line, never a stack.

/** Ends the runner with one line on stderr. `exitCode` 2 is wrong usage, 1 is anything else. */
export class UserError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 2, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UserError';
    this.exitCode = exitCode;
  }
}
