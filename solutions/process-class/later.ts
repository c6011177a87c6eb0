// A target that is asynchronous: the child lives until its promise is settled. With a message, the promise is rejected.
//
// Try it: npm run ex -- process-class later --solution -- 0.5
//         npm run ex -- process-class later --solution -- 0.5 坏了
import { setTimeout as pause } from 'node:timers/promises';
import { Process } from './process.ts';

const [seconds = '0.5', message] = process.argv.slice(2);

async function finish(): Promise<void> {
  console.log(`child ${process.pid}: begins`);
  await pause(Number(seconds) * 1000);
  if (message !== undefined) throw new Error(message);
  console.log(`child ${process.pid}: is done`);
}

const child = new Process({ target: finish });
await child.start();
console.log(`parent ${process.pid}: ${child.name} runs as ${child.pid}`);
await child.join();
console.log(`parent ${process.pid}: it ended with ${child.exitCode}`);
