// Jobs go by stdin and answers come by stdout: no channel.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const args = process.argv.slice(2);
const limit = args[0] === '--limit' ? Number(args.splice(0, 2)[1]) : 10_000;
for (const job of args) {
  const program = fileURLToPath(new URL('./worker.ts', import.meta.url));
  const worker = spawn(process.execPath, [...process.execArgv, program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  worker.stdin.on('error', () => {});
  worker.stdin.end(job);
  let answer = '';
  worker.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
  let late = false;
  const timer = setTimeout(() => (late = worker.kill('SIGKILL')), limit);
  worker.on('close', (code, signal) => {
    clearTimeout(timer);
    if (code === 0) console.log(`${job}: ${answer.trim()}`);
    else {
      const how = signal ?? `exit status ${code}`;
      console.log(`${job}: no answer ${late ? `within ${limit} ms` : `(${how})`}`);
      process.exitCode = 1;
    }
  });
}
