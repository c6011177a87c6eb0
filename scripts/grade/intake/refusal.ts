// A refusal: something in a submission that is not accepted, and why, in words for the teacher and the student.
import { codeOf } from '../../workbook-dir.ts';

export interface Refusal {
  /** Where it lies in the submission, cleaned for a terminal. */
  readonly path: string;
  /** A reason that goes behind a colon. */
  readonly why: string;
}

/** Thrown where one file or folder cannot be accepted. Its message is the reason. */
export class Refused extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(why, options);
    this.name = 'Refused';
  }
}

/** Thrown where nothing of a submission can be accepted. Its message is the reason. */
export class Unreadable extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(why, options);
    this.name = 'Unreadable';
  }
}

/** What the system may answer on a file of somebody else (errno(3)). Anything else is a fault of ours. */
const ANSWERS: Record<string, string> = {
  EACCES: 'cannot be read: permission is missing',
  EPERM: 'cannot be read: the system does not permit it',
  EIO: 'cannot be read: the disk reported an error',
  ELOOP: 'a symbolic link',
  ENOENT: 'vanished while it was read',
  ENOTDIR: 'changed while it was read',
  ENXIO: 'not a regular file',
  ENAMETOOLONG: 'its path is too long',
};

/** Runs `read`; what the system refuses becomes {@link Refused}. */
export async function orRefused<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    const why = ANSWERS[codeOf(error)];
    if (why === undefined) throw error;
    throw new Refused(why, { cause: error });
  }
}
