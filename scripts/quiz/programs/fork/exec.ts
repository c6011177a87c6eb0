import { spawnSync } from 'node:child_process';

const script = "echo $$; exec sh -c 'echo $$'";
const { stdout } = spawnSync('sh', ['-c', script], {
  encoding: 'utf8',
});
const [before, after] = stdout.split('\n');
console.log(before === after);
