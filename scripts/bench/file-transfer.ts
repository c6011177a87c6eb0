// file-transfer: 1 GiB over loopback, from memory to memory, against nc, the course's loop in Python and a plain pipeline.
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../test/harness/free-port.ts';
import { seededRandom } from '../../test/harness/random.ts';
import type { Bench, Contender } from './contest.ts';
import { ground, lacks, lacksRoom, peer, shipped, writeNoise } from './ground.ts';
import { run, serve, type Measured } from './process.ts';

const SIZE = 2 ** 30;

export async function fileTransfer(rounds: number): Promise<Bench> {
  const place = ground('file-transfer');
  const noRoom = lacksRoom(3 * SIZE);
  const file = join(place, 'film.bin');
  if (!noRoom) await writeNoise(file, SIZE);
  const program = await shipped('file-transfer');
  const unhashed = await shipped('file-transfer');
  for (const name of ['sender.js', 'store.js'])
    await leaveOut('hash.update(chunk);', join(unhashed, name));
  const random = seededRandom('file-transfer');
  const port = await freePort(random);

  /** The time from the start of the sender until the file stands whole at the other side. */
  const contender = (
    name: string,
    missing: string | undefined,
    transfer: (inbox: string) => Promise<{ seconds: number; peaks: readonly number[] }>,
  ): Contender => {
    const peaks: number[] = [];
    return {
      name,
      missing,
      async measure() {
        const inbox = ground('inbox');
        const result = await transfer(inbox);
        const { size } = await stat(join(inbox, 'film.bin'));
        if (size !== SIZE) throw new Error(`${name} has carried ${size} of ${SIZE} bytes`);
        result.peaks.forEach((peak, index) => (peaks[index] = Math.max(peaks[index] ?? 0, peak)));
        await rm(inbox, { recursive: true });
        return SIZE / 1e6 / result.seconds;
      },
      aside: () => `peak ${peaks.map(Math.round).join(' and ')} MiB`,
    };
  };
  /** A receiver that takes one file and ends, and a sender. */
  const pair = async (
    receiver: readonly [string, ...string[]],
    sender: readonly [string, ...string[]],
    wiring: { readonly stdin?: string; readonly stdout?: string } = {},
  ) => {
    const server = await serve(receiver[0], receiver.slice(1), pick(wiring, 'stdout'));
    const began = performance.now();
    const sent = await run(sender[0], sender.slice(1), pick(wiring, 'stdin'));
    const received: Measured = await server.ended;
    return { seconds: (performance.now() - began) / 1000, peaks: [sent.peak, received.peak] };
  };
  const node = process.execPath;
  const ours = (program: string) => async (inbox: string) => {
    const flags = ['--dir', inbox, '--port', '0'];
    const receiver = await serve(node, [join(program, 'receiver.js'), ...flags]);
    const to = ['--port', `${receiver.port}`];
    const sent = await run(node, [join(program, 'sender.js'), file, ...to]);
    const peaks = [sent.peak, receiver.peak()];
    await receiver.stop();
    return { seconds: sent.seconds, peaks };
  };
  const nc = (inbox: string) =>
    pair(['nc', '-N', '-l', '127.0.0.1', `${port}`], ['nc', '-N', '127.0.0.1', `${port}`], {
      stdin: file,
      stdout: join(inbox, 'film.bin'),
    });
  /** They carry the bytes, and nobody learns whether they arrived whole. */
  const others = [
    contender('nc', lacks('nc'), nc),
    contender('Python, 1,024 bytes at a time', lacks('python3'), (inbox) =>
      pair(
        ['python3', peer('receive-file.py'), join(inbox, 'film.bin'), `${port}`],
        ['python3', peer('send-file.py'), file, `${port}`],
      ),
    ),
    contender('Node, a plain pipeline on each side', undefined, (inbox) =>
      pair(
        [node, peer('receive-file.mjs'), join(inbox, 'film.bin'), `${port}`],
        [node, peer('send-file.mjs'), file, `${port}`],
      ),
    ),
  ];
  return {
    contests: [
      {
        name: 'file-transfer, 1 GiB over loopback, from memory to memory, compared by SHA-256',
        unit: 'MB/s',
        higherIsBetter: true,
        rounds,
        missing: noRoom,
        contenders: [
          contender('the solution', undefined, ours(program)),
          contender('nc, then sha256sum on both sides', lacks('nc'), async (inbox) => {
            const { seconds, peaks } = await nc(inbox);
            const sums = await Promise.all([
              run('sha256sum', [file]),
              run('sha256sum', [join(inbox, 'film.bin')]),
            ]);
            return { seconds: seconds + Math.max(...sums.map((sum) => sum.seconds)), peaks };
          }),
          ...others,
        ],
      },
      {
        name: 'the same, with the hashing taken out of the solution: nobody compares anything',
        unit: 'MB/s',
        higherIsBetter: true,
        rounds,
        missing: noRoom,
        target: '0.9 of nc, 2 times Python, 1.7 times a plain pipeline',
        contenders: [contender('the solution without hash', undefined, ours(unhashed)), ...others],
      },
    ],
    close: () => rm(place, { recursive: true }),
  };
}

/** Takes a statement out of a program. Throws if it is not there: then something else would be measured. */
async function leaveOut(statement: string, path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  if (!text.includes(statement)) throw new Error(`${path} has no ${statement}`);
  await writeFile(path, text.replace(statement, ''));
}

function pick<Name extends 'stdin' | 'stdout'>(
  wiring: { readonly stdin?: string; readonly stdout?: string },
  name: Name,
): { [name in Name]?: string } {
  return wiring[name] === undefined
    ? {}
    : ({ [name]: wiring[name] } as { [name in Name]?: string });
}
