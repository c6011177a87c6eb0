// The first process: a target that uses what stands around it, and changes a variable of its own copy.
//
// Try it: npm run ex -- process-class hello --solution -- 小红 41
import { Process } from './process.ts';

const [who = '小红', more = '41'] = process.argv.slice(2);
let count = 1;

/** A closure: it uses `count`, which is not one of its arguments. */
function greet(name: string, number: number): void {
  count += number;
  console.log(`child ${process.pid}: 你好，${name}! count is ${count}`);
}

const child = new Process({ target: greet, args: [who, Number(more)], name: '问候' });
await child.start();
console.log(`parent ${process.pid}: ${child.name} runs as ${child.pid}`);
await child.join();
console.log(`parent ${process.pid}: it ended with ${child.exitCode}; count is ${count}`);
