// A remote control for processes: reads one command a line from stdin, and says in one line what came of it.
//
//   new <name|-> <job> [words]   makes a process      daemon|start|alive|code|terminate|kill <name>
//   join <name> [seconds]        waits for it; other commands are taken meanwhile
//   status <number>              the parent will end with it      quit <number>   the parent ends with it, now
//
// Try it: npm run ex -- process-class play --solution
import { createInterface } from 'node:readline';
import { jobs } from './jobs.ts';
import { Process } from './process.ts';

const processes = new Map<string, Process>();

const commands: Record<string, (process: Process, word?: string) => unknown> = {
  daemon: (child) => `daemon is ${(child.daemon = true)}`,
  start: async (child) => (await child.start(), `runs as ${child.pid}`),
  join: async (child, seconds) => {
    await child.join(seconds === undefined ? undefined : Number(seconds));
    return `join is over, exit code ${child.exitCode}`;
  },
  alive: (child) => (child.isAlive() ? 'is alive' : 'is not alive'),
  code: (child) => `pid ${child.pid}, exit code ${child.exitCode}`,
  terminate: (child) => (child.terminate(), 'was asked to end'),
  kill: (child) => (child.kill(), 'was killed'),
};

process.on('exit', () => console.log('play: ends'));
for await (const line of createInterface({ input: process.stdin })) {
  const [command = '', name = '', ...words] = line.trim().split(/\s+/);
  const child = processes.get(name);
  const given = /^\d+$/.test(name) ? Number(name) : undefined;
  if (command === 'new' && (words[0] ?? '') in jobs && child === undefined) make(name, words);
  else if (command === 'status' && given !== undefined)
    console.log(`play: status is ${(process.exitCode = given)}`);
  else if (command === 'quit' && given !== undefined) process.exit(given);
  else if (child === undefined || !(command in commands)) console.log(`play: what is ${line}?`);
  else if (command === 'join') void carryOut(child, command, words);
  else await carryOut(child, command, words);
}

function make(name: string, [job = '', ...args]: readonly string[]): void {
  const child = new Process({ target: jobs[job], args, ...(name === '-' ? {} : { name }) });
  processes.set(child.name, child);
  console.log(`${child.name}: is new`);
}

async function carryOut(child: Process, command: string, [word]: readonly string[]): Promise<void> {
  try {
    console.log(`${child.name}: ${await commands[command]?.(child, word)}`);
  } catch (error) {
    console.log(`${child.name}: ${command} is refused: ${(error as Error).message}`);
  }
}
