import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('echo', ['$HOME; ls'], {
  encoding: 'utf8',
});
console.log(stdout);
