// Names itself by its word.
import { setTimeout as pause } from 'node:timers/promises';
import { Process } from './process.ts';

/** Milliseconds from one word to the next. */
const PERIOD = 50;

class Ticker extends Process {
  readonly word: string;
  readonly times: number;

  constructor(word: string, times: number) {
    super({ name: word });
    this.word = word;
    this.times = times;
  }

  override async run(): Promise<void> {
    for (let count = 1; count <= this.times; count += 1) {
      console.log(`child ${process.pid}: ${this.word} ${count}`);
      await pause(PERIOD);
    }
  }
}

const [word = '滴答', times = '3'] = process.argv.slice(2);
const ticker = new Ticker(word, Number(times));
await ticker.start();
console.log(`parent ${process.pid}: ${ticker.name} runs as ${ticker.pid}`);
await ticker.join();
console.log(`parent ${process.pid}: it ended with ${ticker.exitCode}`);
