// The demo of files: a file is made, written over and read in pieces; then a journal that saves, and one that cannot.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Trial } from '../../test/harness/trial.ts';
import type { Demo } from '../commands/demo.ts';

const demo: Demo = {
  actors: ['write', 'read', 'journal', 'look', '日记.txt'],
  about:
    'A file is made, written over and read in pieces; then a journal, which saves, and cannot do so into /dev/null.',
  async play(trial) {
    await toTheEnd(trial, 'write', ['new', '日记.txt', '今天很好']);
    await showFile(trial, 'write');
    await toTheEnd(trial, 'write', ['new', '日记.txt', '昨天']);
    await toTheEnd(trial, 'write', ['6', '日记.txt', '不']);
    await showFile(trial, 'write');
    await toTheEnd(trial, 'read', ['日记.txt', '--start', '6', '--length', '3']);
    await toTheEnd(trial, 'read', ['日记.txt', '--last', '1']);

    const journal = await trial.start('journal', ['日记.txt']);
    for (const line of ['吃了么', '没呢']) {
      journal.write(`${line}\n`);
      await journal.line((said) => said.startsWith('saved'), 'saved');
      await showFile(trial, 'journal');
    }
    journal.endInput();
    await journal.ended('at the end of its input');
    await toTheEnd(trial, 'journal', ['/dev/null'], '谁也看不见\n');
    await toTheEnd(trial, 'look', ['日记.txt', 'nowhere']);
  },
};

async function toTheEnd(
  trial: Trial,
  name: string,
  args: readonly string[],
  input = '',
): Promise<void> {
  const program = await trial.start(name, args);
  if (input !== '') program.write(input);
  program.endInput();
  await program.ended('when all is done');
}

/** What is in the file by now. */
async function showFile(trial: Trial, from: string): Promise<void> {
  const bytes = await readFile(join(trial.directory, '日记.txt'));
  trial.exchange.record({ kind: 'file', from, to: '日记.txt', note: '日记.txt', bytes });
}

export default demo;
