// The demo of talk-split: a dialogue goes in, a file comes out for each speaker; then one from Windows, and one in GBK.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Trial } from '../../test/harness/trial.ts';
import type { Demo } from '../commands/demo.ts';

const demo: Demo = {
  actors: ['talk.txt', 'talk-split', 'out'],
  about: 'A dialogue is separated by speaker; then one from Windows, then one that is not UTF-8.',
  async play(trial) {
    await separate(trial, 'one', '  老王：  早\n\n  小李:   没呢\n  等你\n  老王： 12:30\n');
    await separate(trial, 'two', '\uFEFF老王：走吧\r\n../x：我也去\r\n');
    // 老王：吃了么 in GBK
    await separate(trial, 'three', Buffer.from('c0cfcdf5a3bab3d4c1cbc3b40a', 'hex'));
  },
};

/** Runs the program on a dialogue, and shows what it reads and what it writes. */
async function separate(trial: Trial, out: string, dialogue: string | Buffer): Promise<void> {
  await trial.write('talk.txt', dialogue);
  const program = await trial.start('talk-split', ['talk.txt', out]);
  for (const bytes of linesOf(Buffer.from(dialogue))) {
    trial.exchange.record({ kind: 'data', from: 'talk.txt', to: 'talk-split', bytes });
  }
  await program.ended('at the end of the dialogue');
  const directory = join(trial.directory, out);
  for (const note of await trial.names(directory)) {
    const bytes = await readFile(join(directory, note));
    trial.exchange.record({ kind: 'file', from: 'talk-split', to: 'out', note, bytes });
  }
}

function linesOf(bytes: Buffer): Buffer[] {
  const end = bytes.indexOf('\n') + 1;
  return end === 0 || end === bytes.length
    ? [bytes]
    : [bytes.subarray(0, end), ...linesOf(bytes.subarray(end))];
}

export default demo;
