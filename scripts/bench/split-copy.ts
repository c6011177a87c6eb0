// split-copy: 1 GiB in two halves by two processes, against cp of the whole file and split -n 2.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Contender } from './contest.ts';
import { ground, inventory, lacks, lacksRoom, shipped, writeNoise } from './ground.ts';
import { run } from './process.ts';

const SIZE = 2 ** 30;

export async function splitCopy(rounds: number): Promise<Bench> {
  const place = ground('split-copy');
  const noRoom = lacksRoom(3 * SIZE);
  const file = join(place, 'film.bin');
  if (!noRoom) await writeNoise(file, SIZE);
  const shipment = await shipped('split-copy');
  const [program, one] = [join(shipment, 'split-copy.js'), join(shipment, 'copy-range.js')];
  const halves = `${SIZE / 2} ${SIZE / 2}`;
  const contender = (
    name: string,
    command: string,
    args: (out: string) => string[],
    sizes = halves,
  ): Contender => {
    let peak = 0;
    return {
      name,
      missing: command === process.execPath ? undefined : lacks(command),
      async measure() {
        const out = join(place, 'out');
        await mkdir(out);
        const measured = await run(command, args(out));
        const made = (await inventory(out)).replace(/^.* /gm, '').replace('\n', ' ');
        if (made !== sizes) throw new Error(`${name} has made ${made}`);
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
        name: 'split-copy, 1 GiB in memory, two halves',
        unit: 's',
        higherIsBetter: false,
        rounds,
        missing: noRoom,
        target: 'as fast as cp, 1.2 times as fast as split',
        contenders: [
          contender('the solution, two processes', process.execPath, (out) => [program, file, out]),
          contender(
            'one copy-range, the whole file',
            process.execPath,
            (out) => [
              one,
              file,
              join(out, 'film.bin'),
              '--start',
              '0',
              '--end',
              `${SIZE}`,
              '--at',
              '0',
            ],
            `${SIZE}`,
          ),
          contender('cp, the whole file', 'cp', (out) => [file, out], `${SIZE}`),
          contender('split -n 2', 'split', (out) => ['-n', '2', file, join(out, 'part')]),
        ],
      },
    ],
    close: () => rm(place, { recursive: true }),
  };
}
