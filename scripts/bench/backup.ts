// backup: 10,000 small files and 20 large ones, from memory to memory, against cp -r and rsync.
import { writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../../test/harness/random.ts';
import type { Bench, Contender } from './contest.ts';
import { ground, inventory, lacks, lacksRoom, shipped } from './ground.ts';
import { run } from './process.ts';

const SMALL = 10_000;
const LARGE = 20;
const MIB = 2 ** 20;

export async function backup(rounds: number): Promise<Bench> {
  const place = ground('backup');
  const noRoom = lacksRoom(2 ** 30);
  const from = join(place, 'from');
  const to = join(place, 'to');
  if (!noRoom) await writeFiles(from);
  const program = join(await shipped('backup'), 'backup.js');
  const contender = (
    name: string,
    command: string,
    args: readonly string[],
    again = false,
  ): Contender => {
    let peak = 0;
    return {
      name,
      missing: command === process.execPath ? undefined : lacks(command),
      async measure() {
        if (!again) await rm(to, { recursive: true, force: true });
        else await run(command, args);
        const measured = await run(command, args);
        if ((await inventory(to)) !== (await inventory(from)))
          throw new Error(`${name} has not copied everything`);
        peak = Math.max(peak, measured.peak);
        return measured.seconds;
      },
      aside: () => `peak ${Math.round(peak)} MiB`,
    };
  };
  const ours = [program, from, to];
  return {
    contests: [
      {
        name: `backup, ${SMALL.toLocaleString('en')} files of 1 to 8 KiB and ${LARGE} of 20 MiB, in memory`,
        unit: 's',
        higherIsBetter: false,
        rounds,
        missing: noRoom,
        target: 'as fast as cp -r, 2.5 times as fast as rsync',
        contenders: [
          contender('the solution: times, modes, atomic', process.execPath, ours),
          contender('cp -r', 'cp', ['-r', from, to]),
          contender('cp -rp: times and modes, too', 'cp', ['-rp', from, to]),
          contender('rsync -r --whole-file', 'rsync', ['-r', '--whole-file', `${from}/`, to]),
          contender('rsync -rpt --whole-file', 'rsync', ['-rpt', '--whole-file', `${from}/`, to]),
        ],
      },
      {
        name: 'backup, the same again, nothing has changed',
        unit: 's',
        higherIsBetter: false,
        rounds,
        missing: noRoom,
        contenders: [
          contender('the solution', process.execPath, ours, true),
          contender('rsync -rpt', 'rsync', ['-rpt', `${from}/`, to], true),
        ],
      },
    ],
    close: () => rm(place, { recursive: true }),
  };
}

async function writeFiles(directory: string): Promise<void> {
  await mkdir(directory);
  const random = seededRandom('backup');
  const noise = random.bytes(20 * MIB);
  for (let file = 0; file < SMALL; file += 1) {
    const begin = random.int(0, noise.length - 8 * 1024);
    const content = noise.subarray(begin, begin + random.int(1024, 8 * 1024));
    writeFileSync(join(directory, `照片${file}.jpg`), content);
  }
  for (let file = 0; file < LARGE; file += 1)
    writeFileSync(join(directory, `录像${file}.mp4`), noise);
}
