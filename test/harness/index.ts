// What a lesson's test file imports, as `#harness`.
export { lesson } from './lesson.ts';
export type { Check, Diagnosis, LessonChecks, Seen } from './check.ts';
export { Failure } from './failure.ts';
export type { Trial } from './trial.ts';
export type { Address, Program } from './program.ts';
export { freePort } from './free-port.ts';
