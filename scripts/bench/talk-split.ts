// talk-split: a dialogue of 200 MB and 50 speakers, against a Python loop over lines of text and against mawk.
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { seededRandom } from '../../test/harness/random.ts';
import type { Bench, Contender } from './contest.ts';
import { root } from '../lessons.ts';
import { ground, inventory, lacks, peer, shipped } from './ground.ts';
import { run } from './process.ts';

const SPEAKERS = 50;
const BYTES = 200e6;

export async function talkSplit(rounds: number): Promise<Bench> {
  const place = ground('talk-split');
  const dialogue = join(place, 'talk.txt');
  await writeDialogue(dialogue);
  const program = join(await shipped('talk-split'), 'talk-split.js');
  const onBytes = join(
    await shipped('talk-split', join(root, 'test/mistakes/talk-split/variant-bytes')),
    'talk-split.js',
  );
  let agreed: string | undefined;
  const contender = (name: string, command: string, args: (out: string) => string[]): Contender => {
    let peak = 0;
    return {
      name,
      missing: command === process.execPath ? undefined : lacks(command),
      async measure() {
        const out = join(place, 'out');
        await mkdir(out);
        const measured = await run(command, args(out), { environment: { LC_ALL: 'C.UTF-8' } });
        const files = await inventory(out);
        agreed ??= files;
        if (files !== agreed) throw new Error(`${name} has not made the same files`);
        await rm(out, { recursive: true });
        peak = Math.max(peak, measured.peak);
        return measured.seconds;
      },
      aside: () => `peak ${Math.round(peak)} MiB`,
    };
  };
  return {
    contests: [
      {
        name: `talk-split, ${BYTES / 1e6} MB, ${SPEAKERS} speakers`,
        unit: 's',
        higherIsBetter: false,
        rounds,
        target: '2 times as fast as Python, as fast as mawk',
        contenders: [
          contender('the solution', process.execPath, (out) => [program, dialogue, out]),
          contender('its variant on bytes', process.execPath, (out) => [onBytes, dialogue, out]),
          contender('Python, line by line', 'python3', (out) => [
            peer('talk-split.py'),
            dialogue,
            out,
          ]),
          contender('mawk', 'mawk', (out) => [
            '-F：',
            '-v',
            `out=${out}`,
            '{ print $2 > (out "/" $1 ".txt") }',
            dialogue,
          ]),
        ],
      },
    ],
    close: () => rm(place, { recursive: true }),
  };
}

/** Lines of 20 to 140 bytes, each speaker again and again. */
async function writeDialogue(path: string): Promise<void> {
  const random = seededRandom('dialogue');
  const file = createWriteStream(path);
  const words = '今天天气很好我们一起去吃饭吧你说呢 hello node ';
  for (let written = 0; written < BYTES;) {
    let block = '';
    for (let line = 0; line < 5_000; line += 1) {
      const text = words.repeat(2).slice(0, random.int(4, 40));
      block += `说话人${random.int(1, SPEAKERS)}：${text}。\n`;
    }
    written += Buffer.byteLength(block);
    if (!file.write(block)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}
