// What a lesson weighs in a student's percent.
import { findLesson } from '../../lessons.ts';
import { UserError } from '../../user-error.ts';
import { readPairs } from './pairs.ts';

/**
 * What `--weights file.csv` says: lesson → weight, from a table with the columns `lesson,weight`. A lesson may be named as
 * on the command line (by its name, its number, the beginning of its name). A lesson that is not in the table weighs 1; a
 * weight of 0 leaves it out. Throws {@link UserError} for a table that cannot be read and a lesson that does not exist.
 */
export function lessonWeights(table: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const [typed, weight] of readPairs(table, 'weight', '--weights')) {
    const { name } = findLesson(typed);
    if (weights.has(name)) throw new UserError(`--weights: ${name} is there twice`);
    weights.set(name, weight);
  }
  return weights;
}
