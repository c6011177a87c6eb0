// The demo of backup: a directory of all kinds of things goes in; then the second run; then one in which a copy fails.
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Trial } from '../../test/harness/trial.ts';
import type { Demo } from '../commands/demo.ts';

const demo: Demo = {
  actors: ['照片', 'backup', '备份'],
  about: 'Files are copied, everything else is skipped; the second run copies what has changed.',
  async play(trial) {
    await trial.write('照片/日记.txt', '今天很好\n');
    await trial.write('照片/README', 'no dot, and a file\n');
    await trial.write('照片/相册.jpg/海边.jpg', 'in a directory\n');
    await symlink('/etc/passwd', join(trial.directory, '照片', '快捷方式'));
    execFileSync('mkfifo', [join(trial.directory, '照片', '管道')]);
    await backUp(trial, 'the first run', ['日记.txt', 'README']);

    await trial.write('照片/日记.txt', '今天很好，明天也好\n');
    await backUp(trial, 'the second run: 日记.txt has changed', ['日记.txt']);

    await trial.write('照片/名单.txt', '老王\n小李\n');
    await mkdir(join(trial.directory, '备份', '名单.txt'));
    await backUp(trial, 'the third run: a directory stands where a copy should be', []);
  },
};

/** Runs the program, and shows the files that should be copied. */
async function backUp(trial: Trial, what: string, copied: readonly string[]): Promise<void> {
  trial.note(what);
  const program = await trial.start('backup', ['照片', '备份']);
  for (const name of copied) {
    const bytes = await readFile(join(trial.directory, '照片', name));
    trial.exchange.record({ kind: 'data', from: '照片', to: 'backup', note: name, bytes });
  }
  await program.ended('at the end of the directory');
  for (const note of copied) {
    const bytes = await readFile(join(trial.directory, '备份', note));
    trial.exchange.record({ kind: 'file', from: 'backup', to: '备份', note, bytes });
  }
}

export default demo;
