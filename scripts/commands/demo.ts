// `npm run ex -- <lesson> --demo`: plays the lesson with the solution and draws the exchange while it happens.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createExchange, type Actor } from '../../test/harness/exchange.ts';
import { createLadder } from '../../test/harness/ladder.ts';
import { subjectIn } from '../../test/harness/lesson.ts';
import { drawTimeline } from '../../test/harness/timeline.ts';
import { openTrial, type Trial } from '../../test/harness/trial.ts';
import { root, type Lesson } from '../lessons.ts';
import { colour, columns, paint, print } from '../screen.ts';
import { printPlaces } from './run.ts';

/** A demo as a file of scripts/demos/ declares it. */
export interface Demo {
  /** The columns of the ladder, in order. */
  readonly actors: readonly Actor[];
  /** One sentence: what there is to see. */
  readonly about: string;
  play(trial: Trial): Promise<void>;
}

export async function demo(lesson: Lesson): Promise<void> {
  const { actors, about, play } = loadDemo(lesson);
  printPlaces(lesson);
  print('', `  ${about}`, '');
  const ladder = createLadder({ actors, width: columns(), colour });
  print(...ladder.header());
  const exchange = createExchange((entry) => print(...ladder.row(entry)));
  const { trial, lives, close } = openTrial(
    subjectIn('solutions', lesson.name),
    `${lesson.name}/demo`,
    'demo',
    exchange,
  );
  // Ctrl+C ends a demo as it ends anything: what was started is ended, and the runner with it.
  const interrupt = () => void close().then(() => process.exit(130));
  process.once('SIGINT', interrupt);
  try {
    await play(trial);
    const timeline = drawTimeline(lives(), {
      width: columns(),
      colour,
      entries: exchange.entries,
    });
    if (timeline.length > 0) print('', ...timeline);
  } finally {
    process.off('SIGINT', interrupt);
    await close();
  }
  print(
    '',
    paint.dim(
      `  your turn: exercises/${lesson.name}/README.md, then npm run ex -- ${lesson.name} --watch`,
    ),
    '',
  );
}

function loadDemo(lesson: Lesson): Demo {
  const load = createRequire(import.meta.url);
  return (load(join(root, 'scripts', 'demos', `${lesson.name}.ts`)) as { default: Demo }).default;
}
