// A process class of your own: it inherits from Process, keeps what it needs, and says in run() what the child does.
//
// The task: step 5 of README.md beside this file. Try it: npm run ex -- process-class ticker -- 滴答 3
import { setTimeout as pause } from 'node:timers/promises';
import { todo } from '#todo';
import { Process } from './process.ts';

/** Milliseconds from one word to the next. */
const PERIOD = 50;

class Ticker extends Process {
  readonly word: string;
  readonly times: number;

  constructor(word: string, times: number) {
    // TODO: step 5: hand the name to Process, by super(): it is `Ticker <word>`.
    super();
    this.word = word;
    this.times = times;
  }

  override async run(): Promise<void> {
    // TODO: step 5: print `child <pid>: <word> <count>` for each count from 1 to `times`, with a pause(PERIOD) after each.
    todo('step 5: say what the child of a Ticker does');
  }
}

const [word = '滴答', times = '3'] = process.argv.slice(2);
const ticker = new Ticker(word, Number(times));
await ticker.start();
console.log(`parent ${process.pid}: ${ticker.name} runs as ${ticker.pid}`);
await ticker.join();
console.log(`parent ${process.pid}: it ended with ${ticker.exitCode}`);
