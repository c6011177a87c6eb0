// The worker lives by its event loop; the middle ends by process.exit().
import { closeSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { _exit, fork, setsid, wait } from '#posix';

const directory = process.argv[2] ?? '';
if (fork() === 0) {
  setsid();
  if (fork() > 0) process.exit();
  work();
} else {
  wait();
  console.log('the worker is on its own');
  process.stdin.once('data', () => process.exit());
}

function work(): void {
  save('pid', `${process.pid}\n`);
  for (const file of [0, 1, 2]) {
    closeSync(file);
    openSync('/dev/null', 'r+');
  }
  setInterval(() => {
    try {
      const text = readFileSync(`${directory}/任务.txt`, 'utf8').trim();
      save('结果.txt', `${Array.from(text).length} characters\n`);
      _exit(0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }, 5);
}

function save(name: string, text: string): void {
  writeFileSync(`${directory}/.new`, text);
  renameSync(`${directory}/.new`, `${directory}/${name}`);
}
