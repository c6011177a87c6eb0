// The graded checks of split-copy: files go in, halves come out, and the kernel tells which process wrote them when.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { open, mkdir, readFile, rm, symlink, truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  canSeeChildren,
  childrenOf,
  hasReaped,
  isDoomed,
  killChild,
  letGoOn,
  stopChildren,
  watch,
} from '#harness/children';
import { memory, processRow } from '#harness/proc';
import { Failure, lesson, type Program, type Seen, type Trial } from '#harness';

const MIB = 1024 * 1024;
const BLOCK = 64 * 1024;
const REPLACEMENT = '\uFFFD';

export default lesson({
  lesson: 'split-copy',
  steps: [
    'Copy one range',
    'Where the halves begin and end',
    'Two processes at the same time',
    'Both halves or none',
    'Join the halves',
  ],
  checks: [
    {
      id: 'range-bytes',
      step: 1,
      points: 10,
      title: 'copies the bytes from start up to, but not including, end, in any number of blocks',
      async run(trial) {
        const source = Buffer.from(`${trial.random.int(10, 99)}: 从前有一座山，山上有座庙。`);
        // From 2: behind a start of 1, a length and an end that is included come to the same.
        const [start, end] = [trial.random.int(2, 9), trial.random.int(12, 20)];
        await expectRange(trial, { source, start: 0, end: 11, at: 0 });
        await expectRange(trial, { source, start, end, at: 0 });
        await expectRange(trial, { source, start, end: source.length, at: 0 });
        await expectRange(trial, { source: NO_TEXT, start: 1, end: 7, at: 0 });
        const long = trial.random.bytes(5 * BLOCK);
        const last = long.length - trial.random.int(1, 999);
        await expectRange(trial, { source: long, start, end: last, at: 0 });
        await expectRange(trial, { source: long, start: BLOCK, end: 2 * BLOCK, at: 0 });
        await expectRange(trial, { source: long, start, end: start + BLOCK + 1, at: 0 });
        await expectRange(trial, { source, before: NO_TEXT, start: end, end, at: 0 });
      },
    },
    {
      id: 'range-keeps',
      step: 1,
      points: 5,
      title: 'writes at its position, and leaves every other byte of the target as it is',
      async run(trial) {
        const source = Buffer.from('0123456789abcdefghij');
        const before = Buffer.from('从前有一座山，山上有座庙。');
        const at = trial.random.int(3, 20);
        // All from the beginning of the source: this is about the target.
        await expectRange(trial, { source, before, start: 0, end: 8, at });
        await expectRange(trial, { source, before, start: 0, end: 3, at: before.length });
        await expectRange(trial, { source, before, start: 0, end: 3, at: 0 });
        const long = trial.random.bytes(2 * BLOCK);
        await expectRange(trial, { source: long, start: 0, end: BLOCK + 1, at });
        await expectRange(trial, { source, before, start: 0, end: 0, at });
      },
    },
    {
      id: 'range-empty',
      step: 1,
      points: 2,
      title: 'makes a target without a byte of an empty range, and keeps one that is there',
      async run(trial) {
        await expectRange(trial, { source: Buffer.from('山'), start: 0, end: 0, at: 0 });
        await expectRange(trial, { source: Buffer.alloc(0), start: 0, end: 0, at: 0 });
        const before = Buffer.from('庙里有个老和尚');
        await expectRange(trial, { source: Buffer.from('山'), before, start: 0, end: 0, at: 0 });
      },
    },
    {
      id: 'range-short',
      step: 1,
      points: 6,
      title: 'says in one line that the source is missing or ends too early, or the target is full',
      async run(trial) {
        const target = join(trial.directory, 'target');
        const size = trial.random.int(601, 700);
        await trial.write(STORY, trial.random.bytes(size));
        await expectRefusal(trial, 'copy-range', rangeArguments(100, 701, 0), {
          when: 'the source ended before the range',
          facts: () => ({ short: sizeOf(target) === size - 100 }),
        });
        await rm(target, { force: true });
        await rm(join(trial.directory, STORY));
        await expectRefusal(trial, 'copy-range', rangeArguments(0, 3, 0), {
          when: 'there was no source',
        });
        await rm(target, { force: true });
        const much = trial.random.bytes(3 * BLOCK);
        await trial.write(STORY, much);
        await expectRefusal(trial, 'copy-range', rangeArguments(0, 3 * BLOCK, 0), {
          when: `the target could take no more than ${ROOM} of ${3 * BLOCK} bytes`,
          through: littleRoom(trial),
          facts: () => ({ full: sizeOf(target) === ROOM, overwrote: endsLike(target, much) }),
        });
        await expectUsage(trial, 'copy-range', [STORY, 'target', '--start', 'eins']);
      },
    },
    {
      id: 'halves',
      step: 2,
      points: 9,
      title: 'gives each half its bytes, of a long file as well: the smaller half comes first',
      async run(trial) {
        for (const size of [10, trial.random.int(50, 500) * 2 + 1])
          await expectHalves(trial, Buffer.from(DIGITS.repeat(101).slice(0, size)));
        const long = trial.random.bytes(3 * BLOCK + 1);
        // No character is cut by the middle: that is asked elsewhere.
        long[Math.floor(long.length / 2)] = 0x41;
        await expectHalves(trial, long);
      },
    },
    {
      id: 'tiny',
      step: 2,
      points: 4,
      title: 'makes both parts of one byte, and of none',
      async run(trial) {
        await expectHalves(trial, Buffer.alloc(0));
        await expectHalves(trial, Buffer.from('!'));
      },
    },
    {
      id: 'bytes',
      step: 2,
      points: 4,
      title: 'separates bytes, not characters, and keeps each as it was',
      async run(trial) {
        await expectHalves(trial, Buffer.from('12. 从前有座山。'));
        await expectHalves(trial, NO_TEXT);
      },
    },
    {
      id: 'again',
      step: 2,
      points: 3,
      title: 'replaces the parts of an earlier run, also longer ones',
      async run(trial) {
        await expectHalves(trial, Buffer.from('从前有一座山，山上有座庙。'.repeat(20)), STORY);
        await expectHalves(trial, Buffer.from(`短 ${trial.random.int(10, 99)}`), STORY, {
          stale: true,
        });
      },
    },
    {
      id: 'places',
      step: 2,
      points: 3,
      title: 'makes its directory, takes any name, and follows a link to the source',
      async run(trial) {
        const content = Buffer.from('庙里有个老和尚。');
        const names = ['我的 故事 (1).txt', '.隐藏'];
        for (const name of names)
          await expectHalves(trial, content, name, { directory: '新/里面 的' });
        await trial.write('真/本.txt', content);
        await symlink(join('真', '本.txt'), join(trial.directory, '快捷.txt'));
        await mkdir(join(trial.directory, '那里'));
        const run = await split(trial, '../快捷.txt', '../新/里面 的', { cwd: '那里' });
        expectParts(trial, run, content);
        const there = await trial.names(join(trial.directory, '新/里面 的'));
        const wanted = [...names, '快捷.txt'].flatMap((name) => [`${name}.part1`, `${name}.part2`]);
        trial.must(there.join('/') === wanted.sort().join('/'), {
          saw: `in the directory after three runs: ${there.join(', ')}.`,
          expected: `two parts of each file, and nothing else: ${wanted.join(', ')}.`,
        });
      },
    },
    {
      id: 'at-the-same-time',
      step: 3,
      points: 11,
      title:
        'copies one half while the other one stands still, and waits for both before it reports',
      timeLimit: 60_000,
      async run(trial) {
        const runs: { readonly place: string; readonly one: HeldOne }[] = [];
        for (const which of [0, 1] as const) {
          const place = which === 0 ? 'first-held' : 'second-held';
          runs.push({ place, one: await holdOne(trial, 'split-copy', which, place) });
        }
        const hasSpoken = ({ exit, stdout }: Program) => exit !== undefined || stdout.text !== '';
        // Both are left alone at the same time: what they want to do by themselves is done after that.
        await trial.happenings.rest(
          () => runs.some(({ one }) => hasSpoken(one.program)),
          LONG_WAIT,
        );
        for (const { one } of runs) expectNotYet(trial, one.program);
        for (const { place, one } of runs) {
          one.finish();
          const exit = await one.program.ended('after both of its children had ended', LONG_WAIT);
          trial.must(exit.code === 0, {
            saw: `the program ended with ${ending(one.program)}.`,
            expected: 'status 0: both halves were copied.',
            facts: factsOf(one.program),
          });
          await expectSizes(trial, HELD, place);
        }
      },
    },
    {
      id: 'by-children',
      step: 3,
      points: 3,
      title: 'prints for each part its bytes and its process, and does not copy by itself',
      async run(trial) {
        const size = trial.random.int(20, 60) * 2 + 1;
        // ASCII: where a character may be cut is asked elsewhere.
        await trial.write(
          STORY,
          trial.random.bytes(size).map((byte) => byte & 0x7f),
        );
        const { program } = await split(trial, STORY, 'halves');
        expectReport(trial, program, 'halves', [
          [`${STORY}.part1`, (size - 1) / 2],
          [`${STORY}.part2`, (size + 1) / 2],
        ]);
      },
    },
    {
      id: 'constant-memory',
      step: 3,
      points: 4,
      title: 'takes less than 120 MiB in each process, for a file of 192 MiB',
      timeLimit: 60_000,
      run: expectConstantMemory,
    },
    {
      id: 'child-killed',
      step: 4,
      points: 6,
      title: 'leaves no part if a child is killed, ends the other one, and says which half failed',
      async run(trial) {
        for (const which of [0, -1] as const) {
          const { program, children } = await holdBegun(trial, 'split-copy');
          const victim = children.at(which) as number;
          const half = halfOf(victim);
          killChild(trial, victim);
          // Whether it waits is seen once: that takes as long as all else together.
          const others = without(children, victim);
          await expectStopped(trial, program, others, 'one child was killed', {
            waits: which === 0,
          });
          expectFailed(trial, program, 'one child was killed', half);
          await expectNoParts(trial, 'one child was killed');
        }
      },
    },
    {
      id: 'no-room',
      step: 4,
      points: 6,
      title: 'leaves no part if one half cannot be copied to its end, and says why',
      timeLimit: 60_000,
      async run(trial) {
        const held = await holdMidway(trial);
        if (held) await expectShrinking(trial, held);
        await expectNoRoom(trial);
      },
    },
    {
      id: 'interrupted',
      step: 4,
      points: 5,
      title: 'leaves no part and no process on SIGTERM and on Ctrl+C',
      async run(trial) {
        for (const signal of ['SIGTERM', 'SIGINT'] as const) {
          const { program, children } = await holdBegun(trial, 'split-copy');
          program.signal(signal);
          const waits = signal === 'SIGTERM';
          const { atOnce } = await expectStopped(trial, program, children, `${signal} came`, {
            waits,
            facts: { signal },
          });
          expectInterrupted(trial, program, signal);
          await expectNoParts(trial, `${signal} came`, { signal, atOnce });
        }
      },
    },
    {
      id: 'bad-source',
      step: 4,
      points: 2,
      title:
        'says in one line that the source is missing, a directory or a pipe, and writes nothing',
      async run(trial) {
        await mkdir(join(trial.directory, '目录'), { recursive: true });
        makePipe(trial, '管道');
        for (const [name, is] of [
          ['没有.txt', 'missing'],
          ['目录', 'a directory'],
          ['管道', 'a named pipe'],
        ] as const) {
          const when = `the source was ${is}`;
          await expectRefusal(trial, 'split-copy', [name, 'halves'], {
            when,
            facts: () => ({ is }),
          });
          await expectNoParts(trial, when);
        }
        await expectUsage(trial, 'split-copy', [STORY]);
      },
    },
    {
      id: 'links',
      step: 4,
      points: 3,
      title: 'replaces a part that is a link and leaves its target alone; refuses its own source',
      run: expectLinksAlone,
    },
    {
      id: 'join-halves',
      step: 5,
      points: 4,
      title: 'gives back the file, however large its parts are',
      async run(trial) {
        for (const [first, second] of [
          [trial.random.int(1, 99), trial.random.int(100, 300)],
          [0, 3],
          [7, 0],
          [0, 0],
        ] as const)
          await expectJoined(trial, trial.random.bytes(first), trial.random.bytes(second));
      },
    },
    {
      id: 'join-by-children',
      step: 5,
      points: 3,
      title: 'joins by two processes, either of which may write first',
      async run(trial) {
        for (const which of [0, 1] as const) {
          const { program, finish } = await holdOne(trial, 'join', which);
          finish();
          await program.ended('after both of its children had ended', LONG_WAIT);
          expectReport(trial, program, 'halves', [
            [`${STORY}.part1`, HELD / 2],
            [`${STORY}.part2`, HELD / 2],
          ]);
          await expectWholeJoin(trial);
        }
      },
    },
    {
      id: 'join-replaces',
      step: 5,
      points: 2,
      title:
        'replaces a longer target; nothing of it, or of a run that was killed, gets into the new one',
      async run(trial) {
        await trial.write('joined/whole', '从前有一座山，山上有座庙。'.repeat(30));
        await expectJoined(trial, Buffer.from('老和尚'), Buffer.from('小和尚'), { stale: true });
        await expectOnly(trial, 'joined', ['whole']);
        const { program, children } = await holdBegun(trial, 'join');
        await program.kill();
        for (const pid of children) killChild(trial, pid);
        const joined = join(trial.directory, 'joined');
        for (const name of await trial.names(joined)) await truncate(join(joined, name), 99);
        trial.note('a join was killed with its children, and left what it had written');
        await expectJoined(trial, Buffer.from('老和尚'), Buffer.from('小和尚'), { stale: true });
      },
    },
    {
      id: 'join-all-or-nothing',
      step: 5,
      points: 3,
      title: 'leaves the old target as it was, until the new one is whole',
      timeLimit: 60_000,
      async run(trial) {
        const { program, children } = await holdBegun(trial, 'join');
        await expectOldTarget(trial, 'the join was in its middle', { inTheMiddle: true });
        program.signal('SIGINT');
        await expectStopped(trial, program, children, 'SIGINT came', {
          facts: { signal: 'SIGINT' },
        });
        expectInterrupted(trial, program, 'SIGINT');
        await expectOldTarget(trial, 'SIGINT came');
        await expectOnly(trial, 'joined', ['whole']);

        const parts = [`${STORY}.part1`, `${STORY}.part2`] as const;
        await trial.write(parts[0], trial.random.bytes(ROOM));
        await trial.write(parts[1], trial.random.bytes(ROOM));
        const through = littleRoom(trial);
        const next = await trial.start('join', [...parts, 'joined/whole'], { through });
        await endOf(next, LONG_WAIT);
        const when = 'there was room for the first part only';
        // Success can mean here that the second part went elsewhere: no status of a child tells of that.
        expectFailed(trial, next, when, '2', { childFails: false });
        await expectOldTarget(trial, when);
        await expectOnly(trial, 'joined', ['whole']);
        await expectEndedEarly(trial);
      },
    },
    {
      id: 'join-refuses',
      step: 5,
      points: 2,
      title:
        'refuses a part that is missing or a pipe, and one that is the target or the file that it writes into',
      timeLimit: 60_000,
      async run(trial) {
        const [one, two] = [`${STORY}.part1`, `${STORY}.part2`];
        await trial.write(one, '从前');
        await trial.write(two, '有座山');
        await symlink(two, join(trial.directory, '快捷'));
        makePipe(trial, '管道');
        for (const [args, when, eats] of [
          [[one, '没有', 'whole'], 'a part was missing', false],
          [[one, '管道', 'whole'], 'a part was a named pipe', false],
          [[one, two, one], 'the target was its first part', true],
          [[one, two, '快捷'], 'the target was a link to its second part', true],
        ] as const) {
          const is = args[1] === '管道' ? { is: 'a named pipe' } : {};
          await expectRefusal(trial, 'join', args, { when, facts: () => ({ eats, ...is }) });
          const kept = await Promise.all([one, two].map((name) => contentOf(trial, name)));
          trial.must(kept.join('') === '从前有座山', {
            saw: `${when}: afterwards the parts hold ${kept.map((part) => part?.length ?? 'no')} bytes.`,
            expected: 'both parts are as they were: 6 and 9 bytes.',
            facts: { eaten: true },
          });
          await expectOnly(trial, '.', [one, two, '快捷', '管道']);
        }
        await expectUsage(trial, 'join', [one, two]);
        if (canSeeChildren()) await expectOwnFileRefused(trial);
      },
    },
  ],
  diagnoses: [
    {
      id: 'characters',
      when: splitting(({ source, middle, first }) => {
        const signs = [...source.toString()];
        const half = Buffer.from(signs.slice(0, signs.length / 2).join(''));
        return signs.length < source.length && half.length !== middle && first.equals(half);
      }),
      cause: () =>
        'the half of the characters was taken. A size is counted in bytes, and one character of Chinese has three of them.',
      step: 2,
      hint: 2,
    },
    {
      id: 'between-characters',
      when: splitting(({ source, middle, first, second }) => {
        const borders = [...source.toString()].map((sign) => Buffer.byteLength(sign));
        const near = middle > 0 && Math.abs(first.length - middle) < 4;
        if (!near || !Buffer.concat([first, second]).equals(source)) return false;
        let end = 0;
        const ends = borders.map((length) => (end += length));
        return end === source.length && !ends.includes(middle) && ends.includes(first.length);
      }),
      cause: (seen) => {
        const [first] = seen.parts as readonly Buffer[];
        return `the halves meet at byte ${first?.length}, where a character begins. They are halves of bytes: byte floor(n / 2) is the border, also inside a character.`;
      },
      step: 2,
      hint: 2,
    },
    {
      id: 'text-not-bytes',
      when: ({ sent, got }) =>
        sent !== undefined &&
        got !== undefined &&
        got.includes(REPLACEMENT) &&
        !sent.includes(REPLACEMENT),
      cause: () =>
        'the bytes were turned into text and back. EF BF BD is the sign for what could not be read as text.',
      hint: 2,
    },
    {
      id: 'truncates-target',
      when: ranging(
        ({ before, at, range, target }) =>
          target.length < before.length &&
          (at > 0
            ? !target.subarray(0, at).equals(before.subarray(0, at))
            : range.length === 0 && target.length === 0),
      ),
      cause: () =>
        "the target was emptied before the range was written. The flag 'w' does that; what stood around the range is lost.",
      hint: 3,
    },
    {
      id: 'cuts-behind',
      when: ranging(
        ({ before, at, range, target }) =>
          at > 0 &&
          at + range.length < before.length &&
          target.equals(Buffer.concat([before.subarray(0, at), range])),
      ),
      cause: () =>
        'what stood behind the range was cut off. To a child, those bytes may be those of somebody else: who starts it removes what is old.',
      hint: 2,
    },
    {
      id: 'appends',
      when: ranging(
        ({ before, target, range }) =>
          before.length > 0 && range.length > 0 && target.equals(Buffer.concat([before, range])),
      ),
      cause: () =>
        "with the flag 'a' every write goes to the end of the file, whatever its position is: the kernel says so in pwrite(2).",
      hint: 3,
    },
    {
      id: 'end-included',
      when: ranging(
        ({ source, start, end, at, before, target }) =>
          end < source.length &&
          target.equals(written(before, at, source.subarray(start, end + 1))),
      ),
      cause: () =>
        'the byte at `end` was copied as well. A range goes up to `end`, and does not include it: it has `end - start` bytes.',
      hint: 2,
    },
    {
      id: 'end-is-length',
      when: ranging(
        ({ source, start, end, at, before, target }) =>
          start > 0 && target.equals(written(before, at, source.subarray(start, start + end))),
      ),
      cause: () =>
        '`end` was taken for a number of bytes. It is a place in the source, like `start`: the range has `end - start` bytes.',
      hint: 2,
    },
    {
      id: 'ignores-start',
      when: ranging(
        ({ source, start, range, at, target }) =>
          start > 0 &&
          range.length > 0 &&
          target.subarray(at, at + range.length).equals(source.subarray(0, range.length)),
      ),
      cause: () =>
        'the bytes come from the beginning of the source. Without a position, a read goes on from where the file stands.',
      hint: 3,
    },
    {
      id: 'wrong-position',
      when: ranging(
        ({ start, at, range, target }) =>
          start > 0 &&
          start !== at &&
          range.length > 0 &&
          target.subarray(start, start + range.length).equals(range),
      ),
      cause: () =>
        'the range was written to the position that it has in the source. In the target its first byte goes to `at`.',
      hint: 3,
    },
    {
      id: 'no-position',
      when: ranging(
        ({ before, at, range, target }) =>
          at > 0 &&
          before.length > 0 &&
          range.length > 0 &&
          target.subarray(0, range.length).equals(range),
      ),
      cause: () =>
        'the range was written to the beginning of the target. Each write needs a position, and it is counted from `at`.',
      hint: 3,
    },
    {
      id: 'writes-too-much',
      when: ranging(
        ({ before, at, range, target }) =>
          before.length === 0 &&
          target.length > at + range.length &&
          target.subarray(at, at + range.length).equals(range),
      ),
      cause: () =>
        'a whole block was read or written. The last one is shorter: no more than what is left of the range, and no more than was read.',
      hint: 3,
    },
    {
      id: 'one-block',
      when: ranging(
        ({ before, at, range, target }) =>
          before.length === 0 &&
          range.length > BLOCK &&
          target.length > at &&
          target.length < at + range.length &&
          range.subarray(0, target.length - at).equals(target.subarray(at)),
      ),
      cause: () =>
        'only the first part of the range was copied. One read gives what fits into the buffer, or less: it takes a loop.',
      hint: 4,
    },
    {
      id: 'not-made',
      when: ({ range, exit, stderr }) =>
        isRange(range) && !range.before && exit?.code !== 0 && stderr.includes('ENOENT'),
      cause: () =>
        "'r+' opens only what is there. O_CREAT makes the target if it is not: combine it with O_WRONLY.",
      hint: 3,
    },
    {
      id: 'open-for-reading',
      when: ({ range, exit, stderr }) =>
        isRange(range) && exit?.code !== 0 && stderr.includes('EBADF'),
      cause: () =>
        'the target is open, but not to be written. O_CREAT only says that it is made: combine it with O_WRONLY.',
      hint: 3,
    },
    {
      id: 'empty-not-made',
      when: ({ range, exit, got }) => isEmptyRange(range) && exit?.code === 0 && got === undefined,
      cause: () =>
        'the target is opened only when there is something to write. An empty range makes an empty target: open it before the loop.',
      hint: 4,
    },
    {
      id: 'empty-range',
      when: ({ range, exit, stderr }) =>
        isEmptyRange(range) && exit?.code !== 0 && /RangeError|ERR_|ends at byte/.test(stderr),
      cause: ({ stderr }) =>
        /RangeError|ERR_/.test(stderr)
          ? "an empty range has no last byte. A stream's `end` is included, so it cannot say `none`: ask for an empty range first."
          : 'a read of no bytes gives 0, and that was taken for a source that is too short. Ask first whether anything is left to read.',
      hint: 2,
    },
    {
      id: 'endless-copy',
      when: ({ spins }) => spins === true,
      cause: () =>
        'a loop that never ends. Does the position grow by what the call returned, and what if that is 0?',
      step: 1,
      hint: 3,
    },
    {
      id: 'short-is-fine',
      when: ({ short, exit }) => short === true && exit?.code === 0,
      cause: () =>
        'the source ended before the range, and the program took it for the end of its work. Whoever waits for it believes that all is there.',
      hint: 2,
    },
    {
      id: 'says-nothing',
      when: ({ short, refusal, exit, stderr }) =>
        short !== undefined && refusal === true && exit?.code === 1 && stderr.trim() === '',
      cause: () =>
        'status 1 says that it failed, and not why. Throw tooShort(): the line on stderr is made of it.',
      hint: 4,
    },
    {
      id: 'rest-over-it',
      when: ({ full, overwrote, exit }) => full === true && overwrote === true && exit?.code === 0,
      cause: () =>
        'a write took fewer bytes than it was given, and the rest was written over them, to the same position. The position grows by what each write returned.',
      step: 1,
      hint: 3,
    },
    {
      id: 'short-write',
      when: ({ full, exit }) => full === true && exit?.code === 0,
      cause: () =>
        'a write took fewer bytes than it was given, and the rest was not written behind them. What it returns says how many it took: the rest must be offered again, from there on.',
      step: 1,
      hint: 3,
    },
    {
      id: 'not-a-whole-number',
      // Where the status of a child is not looked at, no part is there: the even size before this one went well.
      when: ({ source, check, parts, exit, stderr }) =>
        Buffer.isBuffer(source) &&
        source.length % 2 === 1 &&
        (exit?.code === 0
          ? ['halves', 'tiny', 'bytes'].includes(check) &&
            Array.isArray(parts) &&
            parts.every((part) => part === undefined)
          : /usage: copy-range|ERR_OUT_OF_RANGE|\d\.5\b/.test(stderr)),
      cause: ({ source }) => {
        const { length } = source as Buffer;
        return `half of ${length} is ${length / 2}, and copy-range takes whole numbers only: it ended with status 2. Math.floor rounds down.`;
      },
      hint: 2,
    },
    {
      id: 'directory-gone',
      when: ({ noDirectory, exit, stderr }) =>
        noDirectory === true && (exit?.code === 0 || /copy-range: .*ENOENT/.test(stderr)),
      cause: () =>
        'the directory itself is gone. Remove the two parts, by their names; what else is in it is not yours.',
      hint: 3,
    },
    {
      id: 'nothing-to-remove',
      when: ({ parts, halves, badEnd, exit, stderr }) =>
        (parts !== undefined || halves !== undefined || badEnd === true) &&
        exit?.code === 1 &&
        stderr.includes('ENOENT') &&
        !stderr.includes('copy-range'),
      cause: () =>
        'what is to be removed, or looked at, need not be there: not on a first run, and not when a signal comes early. rmSync() takes that for an error unless it is told `force`, and lstatSync() unless it is told `throwIfNoEntry: false`.',
      hint: 3,
    },
    {
      id: 'nothing-made',
      when: ({ check, source, parts, exit }) =>
        check === 'tiny' &&
        Buffer.isBuffer(source) &&
        source.length === 0 &&
        exit?.code === 0 &&
        Array.isArray(parts) &&
        parts.every((part) => part === undefined),
      cause: () =>
        'an empty file has two halves as well, both empty. It needs no case of its own: an empty range is a range.',
      hint: 4,
    },
    {
      id: 'byte-in-none',
      // By one: where more is lost or twice there, it is not the border.
      when: cutting(
        ({ size, end, start, stop }) => start === end + 1 || (start === end && stop === size - 1),
      ),
      cause: (seen) => {
        const { end, start, stop } = cutOf(seen) as Cut;
        return `byte ${start > end ? end : stop} is in neither half. Where one ends, the next one begins, with the same number; the second goes to the end.`;
      },
      hint: 2,
    },
    {
      id: 'byte-in-both',
      when: cutting(({ end, start }) => start === end - 1),
      cause: (seen) =>
        `byte ${cutOf(seen)?.start} is in both halves. Where one ends, the next one begins, with the same number, and \`end\` is not included.`,
      hint: 2,
    },
    {
      id: 'other-middle',
      when: cutting(
        ({ size, end, start, stop }) =>
          end !== Math.floor(size / 2) && start === end && stop === size,
      ),
      cause: (seen) =>
        `no byte is lost, but the halves meet at byte ${cutOf(seen)?.end}. The contract rounds down: floor(n / 2).`,
      hint: 3,
    },
    {
      id: 'stale-tail',
      when: ({ stale, sent, got }) =>
        stale === true &&
        sent !== undefined &&
        got !== undefined &&
        got.length > sent.length &&
        got.subarray(0, sent.length).equals(sent),
      cause: () =>
        'the file is new up to its right size, and behind that is what an earlier run has left. Remove what you write to before the children start.',
      hint: 3,
    },
    {
      id: 'name-in-shell',
      when: ({ check, exit, stderr }) =>
        check === 'places' &&
        exit?.code !== 0 &&
        /usage: copy-range|\/bin\/sh|yntax error/.test(stderr),
      cause: () =>
        'the name was made a part of a command line, and the shell took it apart at its spaces. fork and spawn take a list of arguments, and no shell reads it.',
      hint: 3,
    },
    {
      id: 'no-child',
      when: ({ noChild }) => noChild === true,
      cause: () =>
        'the program copies by itself. The halves are for two child processes, which copy-range.ts is written for.',
      hint: 2,
    },
    {
      id: 'copies-itself',
      when: ({ pids, own }) => Array.isArray(pids) && pids.includes(own),
      cause: () =>
        "the number is process.pid, that of the program itself. A child's own number is child.pid.",
      hint: 3,
    },
    {
      id: 'end-in-report',
      when: ({ report, ends }) => report === true && ends === true,
      cause: () =>
        'the number is the end of the range. The part has `end - start` bytes; for the first one that is the same.',
      step: 3,
      hint: 3,
    },
    {
      id: 'other-report',
      when: ({ report }) => report === true,
      cause: () =>
        'the lines are compared as they are: the name of the part, without the directory that it is in, how many bytes it has, and the process that copied it.',
      step: 3,
      hint: 3,
    },
    {
      id: 'sequential',
      when: ({ sequential }) => sequential === true,
      cause: () =>
        'one child is started and waited for, and only then the other. An `await` in the loop that starts them does that.',
      hint: 2,
    },
    {
      id: 'ends-early',
      when: ({ endedEarly }) => endedEarly === true,
      cause: () =>
        'the program reports, or ends, while a child is still copying. Wait for both, then report: Promise.all, not race.',
      step: 3,
      hint: 3,
    },
    {
      id: 'whole-in-memory',
      when: ({ tookMemory }) => tookMemory !== undefined,
      cause: () =>
        'a process reads its whole range, or the whole file, before it writes. One block at a time is enough.',
      step: 1,
      hint: 2,
    },
    {
      id: 'thrown-in-listener',
      when: ({ signal, crash }) =>
        crash !== undefined &&
        !crash.message.startsWith('SIG') &&
        crash.message.includes(String(signal ?? 'none')),
      cause: () =>
        'the listener throws, and nobody can catch that: the event loop calls it, and not the function that waits for the children. Keep the reason, and throw it once all children have ended.',
      hint: 3,
    },
    {
      id: 'signal-not-caught',
      when: ({ signal, goesOn, partsLeft, atOnce }) =>
        signal !== undefined &&
        (goesOn === 'alone' || goesOn === 'asked' || (partsLeft === true && atOnce === true)),
      cause: () =>
        'the program ended at once: nobody listened for the signal, or the listener called exit(). End the children, wait for them, remove what is left, then end.',
      hint: 3,
    },
    {
      id: 'still-listens',
      when: ({ badEnd, exit }) => badEnd === true && exit?.code === 0,
      cause: () =>
        'your listener still listens, so the signal that you send yourself only calls it. process.off() once all children have ended.',
      hint: 3,
    },
    {
      id: 'status-ignored',
      when: ({ failed, goesOn, is, childFails, exit }) =>
        (failed === true || goesOn !== undefined || is !== undefined) &&
        childFails !== false &&
        exit?.code === 0,
      cause: ({ check }) => {
        const first =
          "that a child has ended does not mean that it has done its work. 'close' brings its status: 0 is success, null is the end by a signal.";
        return check === 'child-killed'
          ? `${first} One that was killed has no words: as a reason why, '' is false in an \`if\`, and says nothing.`
          : first;
      },
      hint: 2,
    },
    {
      id: 'other-goes-on',
      when: ({ goesOn }) => goesOn === 'awaited',
      cause: () =>
        'when one half has failed, the other child goes on to its end, for nothing. kill() it, then wait until it has ended.',
      hint: 3,
    },
    {
      id: 'child-left',
      when: ({ goesOn }) => goesOn === 'alone' || goesOn === 'asked',
      cause: () =>
        "a child that has not ended can write on, and make a removed part anew. kill() only asks it to end: wait for the 'close' of both, then remove and report.",
      hint: 3,
    },
    {
      id: 'parts-left',
      when: ({ partsLeft }) => partsLeft === true,
      cause: () =>
        'what was copied until then is still there. Remove both parts, once both children have ended.',
      hint: 3,
    },
    {
      id: 'waits-for-pipe',
      when: ({ is, stillRunning }) => is === 'a named pipe' && stillRunning === true,
      cause: () =>
        'to open a named pipe waits for somebody who writes into it, for ever if need be. Ask isFile() before anything is opened.',
      hint: 3,
    },
    {
      id: 'follows-links',
      when: ({ followed }) => followed === true,
      cause: () =>
        'whoever opens a link opens the file that it leads to. Remove the name first, then the part is a file of its own.',
      hint: 3,
    },
    {
      id: 'refuses-link',
      when: ({ refusedLink, exit }) => refusedLink === true && exit?.code === 1,
      cause: () =>
        'a link to the source was taken for the source. statSync() follows a link; lstatSync() looks at the name itself.',
      hint: 3,
    },
    {
      id: 'eats-source',
      when: ({ sourceGone }) => sourceGone === true,
      cause: () =>
        'the part of this name was the source, and was removed to make room. Compare `dev` and `ino` before anything is removed.',
      hint: 3,
    },
    {
      id: 'both-at-zero',
      when: joining(
        ({ first, second, joined }) =>
          first.length > 0 &&
          second.length > 0 &&
          joined.length === Math.max(first.length, second.length) &&
          (joined.subarray(0, second.length).equals(second) ||
            // Where both are of one length, the first alone does not show what became of the second.
            (first.length < second.length && joined.subarray(0, first.length).equals(first))),
      ),
      cause: () =>
        'both parts were written to the beginning of the target. The second one goes to where the first one ends.',
      hint: 2,
    },
    {
      id: 'starts-at',
      when: ({ halves, joined, exit, stderr }) => {
        const [first, second] = (halves ?? []) as readonly Buffer[];
        if (!first || !second) return false;
        const [, size, end] = stderr.match(/ends at byte (\d+), before byte (\d+)/) ?? [];
        if (exit?.code !== 0)
          return +(size ?? -1) === second.length && +(end ?? -1) === first.length + second.length;
        const wanted = Buffer.concat([first, second.subarray(first.length)]);
        // Where both are of one length, nothing of the second one would be there.
        if (first.length === 0 || first.length >= second.length) return false;
        return Buffer.isBuffer(joined) && joined.equals(wanted);
      },
      cause: () =>
        'the second part was not read from its beginning to its end. Each part is read from 0 to its size; only `at` moves.',
      hint: 3,
    },
    {
      id: 'same-size',
      when: joining(
        ({ first, second, joined }) =>
          first.length !== second.length &&
          second.length > 0 &&
          joined.length === 2 * second.length &&
          joined.subarray(0, first.length).equals(first) &&
          joined.subarray(second.length).equals(second),
      ),
      cause: () =>
        'the second part was written to where it would go if the first one were as long as itself. It goes to where the first one ends.',
      hint: 3,
    },
    {
      id: 'not-renamed',
      when: ({ halves, joined, exit }) =>
        halves !== undefined && joined === undefined && exit?.code === 0,
      cause: () =>
        'no file has the name of the target. What was written under another name gets it at the end, by a rename.',
      hint: 3,
    },
    {
      id: 'in-place',
      when: ({ inPlace }) => inPlace === true,
      cause: () =>
        'the target itself is written, bit by bit. Write into a file beside it, and rename that when it is whole.',
      hint: 3,
    },
    {
      id: 'files-left',
      when: ({ filesLeft }) => filesLeft === true,
      cause: () =>
        'a file of another name was written, and nobody removed it. That is to be done when it fails, too.',
      hint: 3,
    },
    {
      id: 'eats-own-file',
      when: ({ ownFile }) => ownFile === true,
      cause: () =>
        'the part was the file that is written until the target is whole, and was removed to make room. Compare `dev` and `ino` with that one, too.',
      hint: 3,
    },
    {
      id: 'eats-part',
      when: ({ eats, eaten, exit }) => eaten === true || (eats === true && exit?.code === 0),
      cause: () =>
        'the target is one of the parts under the same or another name, and was replaced. Compare `dev` and `ino` first.',
      hint: 3,
    },
    {
      id: 'other-cause',
      when: ({ failed, otherHalf }) => failed === true && otherHalf === true,
      cause: () =>
        'the first child to fail is the cause, and stays it. The other one was ended by your own program.',
      hint: 4,
    },
    {
      id: 'words-lost',
      when: ({ wordless }) => wordless === true,
      cause: () =>
        "the child has said on its stderr why, and nobody read it. Read child.stderr to its end while you wait for 'close'.",
      hint: 3,
    },
    {
      id: 'empty-line',
      when: ({ failed, stderr }) => failed === true && /^\S.*\n\n$/.test(stderr.trimStart()),
      cause: () =>
        "the child's words end with a line end, and console.error() adds one: the second line is empty. trim() cuts it off.",
      hint: 3,
    },
    {
      id: 'two-voices',
      when: ({ failed, exit, stderr }) =>
        failed === true &&
        exit?.code === 1 &&
        !isStack(stderr) &&
        stderr.trim().split('\n').length > 1,
      cause: () =>
        'more than one process speaks. Let the parent read what a child says on stderr, and say one line for all.',
      step: 4,
      hint: 2,
    },
  ],
});

const STORY = '故事.txt';
const DIGITS = '0123456789';
/** The first bytes of a JPEG file, and others that are no text. */
const NO_TEXT = Buffer.from('ffd8ffe000104a46494600fffec080', 'hex');
/** How much a file may hold where there is little room, in bytes: no multiple of a block, so that one write is cut short. */
const ROOM = 129 * 1024;
/** The source of which one half is held back from its start, in bytes: a sparse file, so that it costs nothing to make. */
const HELD = 64 * MIB;
/** The source whose copies are stopped in the middle: long enough to be caught there. */
const BEGUN = 256 * MIB;
/** How often children may be too fast to be stopped. */
const TRIES = 5;
/** What stands at the ends of a long file. */
const MARK = Buffer.from('山');
/** What a target holds before a join. */
const OLD = Buffer.from('从前的目标');
const LONG_WAIT = { patience: 20_000 };

// --- one range ---

interface Range {
  readonly source: Buffer;
  /** What the target holds before; undefined if it is not there. */
  readonly before?: Buffer;
  readonly start: number;
  readonly end: number;
  readonly at: number;
}

function rangeArguments(start: number, end: number, at: number): string[] {
  return [STORY, 'target', '--start', `${start}`, '--end', `${end}`, '--at', `${at}`];
}

/** Runs copy-range by itself, and compares the whole target with what it should be. */
async function expectRange(trial: Trial, range: Range): Promise<void> {
  const { source, before, start, end, at } = range;
  await trial.write(STORY, source);
  await rm(join(trial.directory, 'target'), { force: true });
  if (before) await trial.write('target', before);
  const wanted = Buffer.alloc(Math.max(before?.length ?? 0, start < end ? at + end - start : 0));
  before?.copy(wanted);
  source.copy(wanted, at, start, end);
  const program = await trial.start('copy-range', rangeArguments(start, end, at));
  const { code } = await endOf(program);
  const got = await contentOf(trial, 'target');
  if (got) trial.exchange.record({ kind: 'file', from: 'copy-range', note: 'target', bytes: got });
  const facts = { ...factsOf(program), range, got };
  const what = `bytes [${start}, ${end}) of a source of ${source.length}, copied to position ${at}`;
  trial.must(code === 0, {
    saw: `${what}: the program ended with ${ending(program)}.`,
    expected: 'status 0: the whole range is there.',
    facts,
  });
  if (!got) {
    trial.fail({
      saw: `${what}: no target was made.`,
      expected: 'a target, even if empty.',
      facts,
    });
  }
  trial.sameBytes(got, wanted, `${what}; the target`, facts);
}

/** A file of these bytes after others were written to a position of it. */
function written(before: Buffer, at: number, bytes: Buffer): Buffer {
  const target = Buffer.alloc(Math.max(before.length, at + bytes.length));
  before.copy(target);
  bytes.copy(target, at);
  return target;
}

// --- two halves ---

interface SplitRun {
  readonly program: Program;
  readonly name: string;
  /** The two parts; undefined if one is not there. */
  readonly parts: readonly (Buffer | undefined)[];
  readonly noDirectory: boolean;
}

interface SplitOptions {
  /** Where it is started, below the trial's directory. */
  readonly cwd?: string;
  readonly through?: readonly string[];
}

/** Runs split-copy to its end, and reads both parts. */
async function split(
  trial: Trial,
  source: string,
  directory: string,
  { cwd = '.', through = [] }: SplitOptions = {},
): Promise<SplitRun> {
  const where = join(trial.directory, cwd);
  const program = await trial.start('split-copy', [source, directory], { cwd: where, through });
  await endOf(program, LONG_WAIT);
  const name = basename(source);
  const parts = await Promise.all(
    [1, 2].map((number) => contentOf(trial, join(cwd, directory, `${name}.part${number}`))),
  );
  parts.forEach((bytes, index) => {
    if (!bytes) return;
    const note = `${name}.part${index + 1}`;
    trial.exchange.record({ kind: 'file', from: 'split-copy', note, bytes });
  });
  return { program, name, parts, noDirectory: !existsSync(join(where, directory)) };
}

async function expectHalves(
  trial: Trial,
  source: Buffer,
  name = `${source.length}.txt`,
  { directory = 'halves', stale = false } = {},
): Promise<void> {
  await trial.write(name, source);
  expectParts(trial, await split(trial, name, directory), source, { stale });
}

function expectParts(
  trial: Trial,
  { program, name, parts, noDirectory }: SplitRun,
  source: Buffer,
  more: Record<string, unknown> = {},
): void {
  const middle = Math.floor(source.length / 2);
  const facts = { ...factsOf(program), source, parts, noDirectory, ...more };
  const file = `${name}, a file of ${source.length} bytes`;
  trial.must(program.exit?.code === 0, {
    saw: `${file}: the program ended with ${ending(program)}.`,
    expected: 'status 0: both halves are copied.',
    facts,
  });
  [source.subarray(0, middle), source.subarray(middle)].forEach((wanted, index) => {
    const part = `${name}.part${index + 1}`;
    const got = parts[index];
    if (!got) {
      trial.fail({
        saw: `${file}: there is no ${part}.`,
        expected: `${part}, with ${wanted.length} bytes.`,
        facts,
      });
    }
    trial.sameBytes(got, wanted, `${part}, of ${source.length} bytes`, facts);
  });
}

/** Two lines on stdout, in the order of the parts, with two processes, neither of which is the program itself. */
function expectReport(
  trial: Trial,
  program: Program,
  directory: string,
  parts: readonly (readonly [name: string, size: number])[],
): void {
  const { lines } = program.stdout;
  const found = lines.map((line) => line.match(/^(.+: \d+ bytes by process )(\d+)$/));
  const pids = found.map((line) => Number(line?.[2]));
  const wanted = parts.map(([name, size]) => `${name}: ${size} bytes by process `);
  const facts = { ...factsOf(program), pids, own: program.pid };
  const actual = parts.map(
    ([name]) => `${name}: ${sizeOf(join(trial.directory, directory, name))} bytes by process `,
  );
  // As if each number of bytes were the place in the file where the part ends.
  let end = 0;
  const ends = parts.map(([name, size]) => `${name}: ${(end += size)} bytes by process `);
  trial.must(program.exit?.code === 0, {
    saw: `the program ended with ${ending(program)}.`,
    expected: 'status 0, and a line for each part.',
    facts: factsOf(program),
  });
  trial.must(found.map((line) => line?.[1]).join('\n') === wanted.join('\n'), {
    saw: `on stdout: ${lines.length === 0 ? 'nothing' : lines.slice(0, 3).join(' | ')}.`,
    expected: `on stdout two lines: ${wanted.map((line) => `${line}<pid>`).join(' | ')}.`,
    facts: {
      ...facts,
      // Lines that tell the truth about wrong parts are no wrong lines.
      report: found.map((line) => line?.[1]).join('\n') !== actual.join('\n'),
      ends: found.length === 2 && found.every((line, index) => line?.[1] === ends[index]),
    },
  });
  trial.must(new Set([...pids, program.pid]).size === 3, {
    saw: `the parts were copied by the processes ${pids.join(' and ')}; the program itself is ${program.pid}.`,
    expected: 'two processes, one for each part, and neither of them the program itself.',
    facts,
  });
}

/** A part that is a link to the source, one that is a link to a diary, and a source that is a link to its own part. */
async function expectLinksAlone(trial: Trial): Promise<void> {
  const [source, diary] = [Buffer.from('庙里有个老和尚，讲故事。'), '今天很好\n'];
  await trial.write('日记.md', diary);
  await mkdir(join(trial.directory, 'halves'));
  const at = (name: string) => join(trial.directory, 'halves', name);
  await symlink(`../${STORY}`, at(`${STORY}.part1`));
  await symlink('../日记.md', at(`${STORY}.part2`));
  await trial.write(STORY, source);
  const run = await split(trial, STORY, 'halves');
  const left = await contentOf(trial, STORY);
  const parts = [1, 2].map((part) => at(`${STORY}.part${part}`));
  const facts = { ...factsOf(run.program), followed: true };
  trial.must(left?.equals(source) === true, {
    saw: `a part was a link to the source: now the source has ${left?.length} of its ${source.length} bytes.`,
    expected: 'the link is removed, and the source stays as it is.',
    facts,
  });
  trial.must((await contentOf(trial, '日记.md'))?.toString() === diary, {
    saw: 'a part was a link to 日记.md: 日记.md was written over.',
    expected: 'the link is removed, and what it led to stays as it is.',
    facts,
  });
  trial.must(run.program.exit?.code === 0, {
    saw: `a part was a link to the source: the program ended with ${ending(run.program)}.`,
    expected: 'status 0: the link is replaced, and the source is no part.',
    facts: { ...factsOf(run.program), refusedLink: parts.every(isLink) },
  });
  trial.must(!parts.some(isLink), {
    saw: 'a part is still a link.',
    expected: 'both parts are files of their own.',
    facts,
  });
  expectParts(trial, run, source);

  await trial.write('halves/本.txt.part1', source);
  await symlink('halves/本.txt.part1', join(trial.directory, '本.txt'));
  const when = 'the source was a link to the file of its own part 1';
  await expectRefusal(trial, 'split-copy', ['本.txt', 'halves'], { when });
  trial.must((await contentOf(trial, 'halves/本.txt.part1'))?.equals(source) === true, {
    saw: `${when}: it is not there any more.`,
    expected: 'the program refuses, and the source stays as it is.',
    facts: { sourceGone: true },
  });
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

async function expectConstantMemory(trial: Trial): Promise<void> {
  const [size, most] = [192 * MIB, 120 * MIB];
  await makeLong(trial, STORY, size);
  const program = await trial.start('split-copy', [STORY, 'halves']);
  // The kernel tells of a peak only while a process lives. It never falls: the last look is what counts.
  let peak = 0;
  const look = () => {
    const peaks = [program.pid, ...childrenOf(program)].map((pid) => memory(pid)?.peak ?? 0);
    peak = Math.max(peak, ...peaks);
  };
  const looking = setInterval(look, 3);
  await endOf(program, { patience: 50_000 }).finally(() => clearInterval(looking));
  trial.must(program.exit?.code === 0, {
    saw: `the program ended with ${ending(program)}.`,
    expected: 'status 0: both halves were copied.',
    facts: factsOf(program),
  });
  const used = Math.round(peak / MIB);
  trial.must(peak < most, {
    saw: `for a file of ${size / MIB} MiB one process took ${used} MiB of memory.`,
    expected: `less than ${most / MIB} MiB, and no more if the file were twice as large.`,
    facts: { tookMemory: used },
  });
  await expectSizes(trial, size);
}

// --- children that are held back ---

interface Held {
  readonly program: Program;
  /** The children that were stopped, in the order in which they were started. */
  readonly children: readonly number[];
}

interface HeldOne extends Held {
  /** Lets the stopped child go on. */
  finish(): void;
}

/**
 * Starts a program on a long file, stops one of its two children as soon as it is seen, and waits until the other one has
 * ended. That proves that neither waits for the other, and needs no clock. `finish` lets the stopped one go on.
 */
async function holdOne(
  trial: Trial,
  name: 'split-copy' | 'join',
  which: 0 | 1,
  place = '.',
): Promise<HeldOne> {
  const held = await hold(trial, name, HELD, (alive) => alive.slice(which, which + 1), place);
  const { program, children } = held;
  const other = await watch(trial, program, () => hasReaped(program) || undefined);
  const early = other === 'ended' && program.exit?.code === 0;
  trial.must(other === true, {
    saw:
      other === 'ended'
        ? `one child was held back; without it the program ended with ${ending(program)}.`
        : 'one child was held back; no other one was started, or came to its end.',
    expected: 'two children that copy at the same time: neither waits for the other.',
    facts: { ...factsOf(program), endedEarly: early, sequential: other === 'asleep' },
  });
  trial.note('the other child has ended');
  return { ...held, finish: () => letGoOn(trial, children) };
}

/** One child is held: until it may go on, the program must neither report nor end. */
function expectNotYet(trial: Trial, program: Program): void {
  trial.must(program.exit === undefined, {
    saw: `one child was held back; without it the program ended with ${ending(program)}.`,
    expected: 'it waits until both of its children have ended.',
    facts: { ...factsOf(program), endedEarly: program.exit?.code === 0 },
  });
  const { length } = program.stdout.lines;
  trial.must(length === 0, {
    saw: `one child was held back; without it ${length} lines were printed already.`,
    expected: 'nothing on stdout until both of its children have ended.',
    facts: { ...factsOf(program), endedEarly: true },
  });
}

/** Starts a program on a long file, and stops all its children once they have begun to write. */
async function holdBegun(trial: Trial, name: 'split-copy' | 'join'): Promise<Held> {
  const files = name === 'join' ? 1 : 2;
  const directory = join(trial.directory, name === 'join' ? 'joined' : 'halves');
  return await hold(trial, name, BEGUN, (alive) =>
    begun(directory) >= files && alive.length >= files ? alive : [],
  );
}

/**
 * As {@link holdBegun}, with no part whole yet. Undefined if that cannot be: of a child that writes its half in one go nobody
 * sees the middle.
 */
async function holdMidway(trial: Trial): Promise<Held | undefined> {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const held = await holdBegun(trial, 'split-copy');
    if (!sizesIn(join(trial.directory, 'halves')).includes(BEGUN / 2)) return held;
    await held.program.kill();
  }
  return undefined;
}

/** Stops the children that `choose` picks, as soon as it picks any. A child that was too fast is tried again. */
async function hold(
  trial: Trial,
  name: 'split-copy' | 'join',
  size: number,
  choose: (alive: readonly number[]) => readonly number[],
  place = '.',
): Promise<Held> {
  if (!canSeeChildren()) trial.skip('there is no /proc here to see children in');
  let most = 0;
  for (let tries = 1; ; tries += 1) {
    const program = await startLong(trial, name, size, place);
    const children = await stopChildren(trial, program, (alive) => {
      most = Math.max(most, alive.length);
      return choose(alive);
    });
    if (typeof children !== 'string') return { program, children };
    const tooFast = children !== 'asleep' && (children !== 'ended' || program.exit?.code === 0);
    if (tooFast && tries < TRIES) {
      await program.kill();
      continue;
    }
    trial.must(children !== 'ended' || program.exit?.code === 0, {
      saw: `the program ended with ${ending(program)}.`,
      expected: 'two child processes that copy at the same time, each one half.',
      facts: factsOf(program),
    });
    trial.must(most > 1, {
      saw:
        most === 0 && program.exit
          ? `the program never had a child, and ended with ${ending(program)}.`
          : `the program never had ${most === 0 ? 'a child' : 'two children at the same time'}.`,
      expected: 'two child processes that copy at the same time, each one half.',
      facts: { ...factsOf(program), [most === 0 ? 'noChild' : 'sequential']: true },
    });
    // Who copies less than all is done soon.
    if (name === 'split-copy') await expectSizes(trial, size, place);
    throw new Error('the children ended before this machine could look at them');
  }
}

async function startLong(
  trial: Trial,
  name: string,
  size: number,
  place: string,
): Promise<Program> {
  const cwd = join(trial.directory, place);
  for (const old of ['halves', 'joined'])
    await rm(join(cwd, old), { recursive: true, force: true });
  if (name === 'split-copy') {
    await makeLong(trial, join(place, STORY), size);
    return trial.start(name, [STORY, 'halves'], { cwd });
  }
  const parts = [`halves/${STORY}.part1`, `halves/${STORY}.part2`];
  for (const part of parts) await makeLong(trial, join(place, part), size / 2);
  await trial.write(join(place, 'joined/whole'), OLD);
  return trial.start(name, [...parts, 'joined/whole'], { cwd });
}

/** A file of zeros that takes no room on the disk, but for a mark at its beginning and one at its end. */
async function makeLong(trial: Trial, name: string, size: number): Promise<void> {
  const file = await open(await trial.write(name, MARK), 'r+');
  await file.write(MARK, 0, MARK.length, size - MARK.length);
  await file.close();
}

/** True if the file has a mark at each of these positions. */
async function isMarked(path: string, positions: readonly number[]): Promise<boolean> {
  const file = await open(path);
  try {
    const found = Buffer.alloc(MARK.length);
    for (const position of positions) {
      await file.read(found, 0, found.length, position);
      if (!found.equals(MARK)) return false;
    }
    return true;
  } finally {
    await file.close();
  }
}

async function expectSizes(trial: Trial, size: number, place = '.'): Promise<void> {
  const halves = join(trial.directory, place, 'halves');
  const paths = [1, 2].map((part) => join(halves, `${STORY}.part${part}`));
  const [first = '', second = ''] = paths;
  const sizes = paths.map(sizeOf);
  const marked = async () =>
    (await isMarked(first, [0])) && (await isMarked(second, [size / 2 - MARK.length]));
  const right = sizes.every((one) => one === size / 2);
  trial.must(right && (await marked()), {
    saw: `the parts have ${sizes.map((one) => one ?? 'no').join(' and ')} bytes${right ? ', and others than the source' : ''}.`,
    expected: `${size / 2} bytes each, as they were.`,
    facts: { sizes },
  });
}

/** How many files of the directory have begun: hold more than an old target does. */
function begun(directory: string): number {
  return sizesIn(directory).filter((size) => size > OLD.length).length;
}

function sizesIn(directory: string): number[] {
  try {
    return readdirSync(directory).flatMap((name) => sizeOf(join(directory, name)) ?? []);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** True if a file ends with the last bytes of a source: where there was no room for them, they stand over others. */
function endsLike(path: string, source: Buffer): boolean {
  return existsSync(path) && readFileSync(path).subarray(-64).equals(source.subarray(-64));
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

// --- failures ---

/**
 * After a failure or a signal: all children must be ended by the program, and then it ends itself. With `waits` it is seen that
 * it waits for them. `atOnce`: it was gone as soon as they had been asked to end.
 */
async function expectStopped(
  trial: Trial,
  program: Program,
  others: readonly number[],
  when: string,
  { waits = false, facts = {} }: { waits?: boolean; facts?: Record<string, unknown> },
): Promise<{ atOnce: boolean }> {
  const how = await watch(trial, program, () => others.every(isDoomed) || undefined);
  const left = others.filter((pid) => !isDoomed(pid));
  const alone = how === 'ended' && left.length > 0;
  if (waits && left.length === 0) await expectWaiting(trial, program, others, when, facts);
  // Children that stand still cannot end while their parent lives, unless it kills them by SIGKILL.
  const atOnce = 'ZX'.includes(processRow(program.pid)?.state ?? 'X');
  // One that was killed by SIGKILL does not stand still any more: it is on its way out, and takes no signal.
  if (!alone)
    letGoOn(
      trial,
      others.filter((pid) => processRow(pid)?.state === 'T'),
    );
  if (how !== 'ended') await program.ended(`after ${when}`, LONG_WAIT);
  const copied = left.length === 1 ? 'a child' : 'both children';
  trial.must(left.length === 0, {
    saw: `${when}; the program ${alone ? `left ${copied} behind` : `let ${copied} copy to the end`}, and ended with ${ending(program)}.`,
    expected: 'the program ends its children: what they copy is of no use any more.',
    facts: { ...factsOf(program), ...facts, goesOn: alone ? 'alone' : 'awaited' },
  });
  return { atOnce };
}

/** A child that was asked to end, and is held, has not ended: until it may go on, its parent must neither report nor end. */
async function expectWaiting(
  trial: Trial,
  program: Program,
  asked: readonly number[],
  when: string,
  facts: Record<string, unknown>,
): Promise<void> {
  // What the program says is looked at before its children are: a child that is there then was there when it spoke.
  const early = await watch(trial, program, () => {
    const spoke = program.exit !== undefined || program.stderr.text !== '';
    const there = asked.filter((pid) => !'ZX'.includes(processRow(pid)?.state ?? 'X'));
    if (spoke) return there.length > 0 ? 'spoke' : 'waited';
    return there.length > 0 ? undefined : 'waited';
  });
  const did = program.exit ? `ended with ${ending(program)}` : `said: ${program.stderr.lines[0]}`;
  trial.must(early !== 'spoke', {
    saw: `${when}; the program asked the other child to end, and ${did}. That child had not ended yet.`,
    expected:
      'it waits until all its children have ended, and then removes what is left and says why.',
    facts: { ...factsOf(program), ...facts, goesOn: 'asked' },
  });
}

/** Status 1 and one line that names the half that failed: 1, 2, or either if it is not known. */
function expectFailed(
  trial: Trial,
  program: Program,
  when: string,
  half?: string,
  more: Record<string, unknown> = {},
): void {
  const { lines } = program.stderr;
  const said = lines.length === 1 && lines[0]?.startsWith(`${program.program}: `) === true;
  const named = lines[0]?.match(/故事\.txt\.part([12])/)?.[1];
  const right = named !== undefined && named === (half ?? named);
  const why = /故事\.txt\.part[12]: \S/.test(lines[0] ?? '');
  trial.must(program.exit?.code === 1 && said && right && why, {
    saw: `${when}; the program ended with ${ending(program)}.`,
    expected: `status 1 and one line on stderr that names the half: ${program.program}: ${STORY}.part${half ?? 'N'}: <why>`,
    facts: {
      ...factsOf(program),
      failed: true,
      // One that has words of its own was not ended by its parent.
      otherHalf: named !== undefined && !right && !lines[0]?.includes('copy-range'),
      ...more,
    },
  });
}

interface ChildAlone {
  readonly childFails?: boolean;
  readonly childWords?: string;
  /** The size of its target. */
  readonly copied?: number | undefined;
}

/** What copy-range does by itself where split-copy took all for well: only what a child tells can its parent know. */
async function alone(
  trial: Trial,
  args: readonly string[],
  through: readonly string[] = [],
): Promise<ChildAlone> {
  await rm(join(trial.directory, 'target'), { force: true });
  const child = await trial.start('copy-range', args, { through });
  const { code } = await endOf(child);
  const copied = sizeOf(join(trial.directory, 'target'));
  return { childFails: code !== 0, childWords: child.stderr.text, copied };
}

async function expectShrinking(trial: Trial, { program, children }: Held): Promise<void> {
  await truncate(join(trial.directory, STORY), BEGUN - 1);
  trial.note(`${STORY} loses its last byte`);
  letGoOn(trial, children);
  const when = 'the source lost its last byte';
  await program.ended(`after ${when}`, LONG_WAIT);
  // Asked only where it has to be told whose fault it is: the child's, or that of a parent that asked for less.
  const asked = program.stdout.text.includes(`${STORY}.part2: ${BEGUN / 2} bytes`);
  const child: ChildAlone = asked ? await alone(trial, rangeArguments(BEGUN - 9, BEGUN, 0)) : {};
  const { childFails = false, copied } = child;
  expectFailed(trial, program, when, '2', { childFails, short: !childFails && copied === 8 });
  await expectNoParts(trial, when);
}

async function expectNoRoom(trial: Trial): Promise<void> {
  const source = trial.random.bytes(2 * ROOM + 1);
  await trial.write(STORY, source);
  const when = 'there was room for the first half only';
  const through = littleRoom(trial);
  const { program } = await split(trial, STORY, 'halves', { through });
  const wordless = !/EFBIG|too large/i.test(program.stderr.text);
  const child = wordless ? await alone(trial, rangeArguments(ROOM, 2 * ROOM + 1, 0), through) : {};
  // Who says that the second half is shorter than it is has asked its child for less.
  const asked = program.stdout.text.includes(`${STORY}.part2: ${ROOM + 1} bytes`);
  const childFails = child.childFails === true && asked;
  expectFailed(trial, program, when, '2', {
    childFails,
    full: !childFails && asked && child.copied === ROOM,
    overwrote: endsLike(join(trial.directory, 'target'), source),
  });
  const hasWords = program.stderr.text.includes('copy-range');
  const wordsLost = !hasWords && child.childWords?.includes('EFBIG') === true;
  trial.must(!wordless, {
    saw: `${when}; the program ended with ${ending(program)}.`,
    expected: 'the words of the child behind the name of the half: they say why (EFBIG).',
    facts: { ...factsOf(program), wordless: wordsLost },
  });
  await expectNoParts(trial, when);
}

/** Which half a child copies, 1 or 2, if it has a file of that name open already. */
function halfOf(pid: number): string | undefined {
  const files = `/proc/${pid}/fd`;
  const open = readdirSync(files).map((file) => readlinkSync(`${files}/${file}`));
  return open.join('\n').match(/故事\.txt\.part([12])/)?.[1];
}

/** A shell shows the end by a signal as 128 and its number: both are right. */
function expectInterrupted(trial: Trial, program: Program, signal: 'SIGTERM' | 'SIGINT'): void {
  const status = signal === 'SIGTERM' ? 143 : 130;
  const { code, signal: by } = program.exit ?? {};
  trial.must((code === status || by === signal) && !isStack(program.stderr.text), {
    saw: `${signal} came; the program ended with ${ending(program)}.`,
    expected: `it ends with status ${status}, or by ${signal} itself.`,
    facts: { ...factsOf(program), signal, badEnd: true },
  });
}

async function expectNoParts(
  trial: Trial,
  when: string,
  facts: Record<string, unknown> = {},
): Promise<void> {
  const left = await trial.names(join(trial.directory, 'halves'));
  trial.must(left.length === 0, {
    saw: `${when}; afterwards the directory holds ${left.join(' and ')}.`,
    expected: 'no part is there: half of a copy looks like a copy.',
    facts: { partsLeft: true, ...facts },
  });
}

/** Runs a program that must refuse: status 1 and one line on stderr. */
async function expectRefusal(
  trial: Trial,
  name: string,
  args: readonly string[],
  {
    when,
    through = [],
    facts = () => ({}),
  }: { when: string; through?: readonly string[]; facts?: () => Record<string, unknown> },
): Promise<void> {
  const program = await trial.start(name, args, { through });
  await endOf(program, undefined, `when ${when}`, facts());
  const { lines } = program.stderr;
  const said = lines.length === 1 && new RegExp(`^${name}: \\S`).test(lines[0] ?? '');
  trial.must(program.exit?.code === 1 && said, {
    saw: `${when}; the program ended with ${ending(program)}.`,
    expected: `status 1 and one line on stderr: ${name}: <file>: <why>`,
    facts: { ...factsOf(program), refusal: true, ...facts() },
  });
}

async function expectUsage(trial: Trial, name: string, args: readonly string[]): Promise<void> {
  const program = await trial.start(name, args);
  const exit = await program.ended('when its arguments were wrong');
  trial.must(exit.code === 2 && program.stderr.text.includes('usage: '), {
    saw: `called as ${[name, ...args].join(' ')}, the program ended with ${ending(program)}.`,
    expected: 'status 2 and the usage line on stderr.',
    facts: factsOf(program),
  });
}

/**
 * A command in front of a program, which can then make no file larger than ROOM: as on a full disk, a write takes less than
 * it is given, and the next one fails. POSIX counts `ulimit -f` in 512 bytes, and some shells count in 1024.
 */
function littleRoom({ directory }: Trial): string[] {
  const script = 'ulimit -f 1; (printf %2000s x > room) 2>&-; wc -c < room; rm room';
  const { stdout } = spawnSync('sh', ['-c', script], { cwd: directory, encoding: 'utf8' });
  return ['sh', '-c', `ulimit -f ${ROOM / Number(stdout)}; exec "$@"`, 'sh'];
}

function makePipe(trial: Trial, name: string): void {
  const { status } = spawnSync('mkfifo', [join(trial.directory, name)]);
  if (status !== 0) trial.skip('there is no command mkfifo');
}

// --- the halves joined ---

async function expectJoined(
  trial: Trial,
  first: Buffer,
  second: Buffer,
  more: Record<string, unknown> = {},
): Promise<void> {
  const names = [`${STORY}.part1`, `${STORY}.part2`] as const;
  await trial.write(names[0], first);
  await trial.write(names[1], second);
  await mkdir(join(trial.directory, 'joined'), { recursive: true });
  if (!more.stale) await rm(join(trial.directory, 'joined/whole'), { force: true });
  const program = await trial.start('join', [...names, 'joined/whole']);
  await endOf(program);
  const joined = await contentOf(trial, 'joined/whole');
  const facts = { ...factsOf(program), halves: [first, second], joined, ...more };
  const what = `parts of ${first.length} and ${second.length} bytes`;
  trial.must(program.exit?.code === 0 && joined !== undefined, {
    saw: `${what}: the program ended with ${ending(program)}${joined ? '' : '; there is no target'}.`,
    expected: 'status 0: the target holds both parts.',
    facts,
  });
  if (joined) trial.exchange.record({ kind: 'file', from: 'join', note: 'whole', bytes: joined });
  trial.sameBytes(joined ?? NO_TEXT, Buffer.concat([first, second]), `${what}, joined`, facts);
}

/** Ctrl+C as soon as both children are there: they have not opened anything, and there is nothing to be removed. */
async function expectEndedEarly(trial: Trial): Promise<void> {
  const both = (alive: readonly number[]) => (alive.length > 1 ? alive : []);
  const held = await hold(trial, 'join', MIB, both).catch((error: unknown) => {
    // That there are two at the same time is asked elsewhere.
    if (!(error instanceof Failure)) throw error;
    return undefined;
  });
  if (held === undefined) return;
  const { program, children } = held;
  // It has started them, and listens for signals from now on.
  await trial.happenings.rest(() => program.exit !== undefined);
  program.signal('SIGINT');
  const when = 'SIGINT came before anything was written';
  await expectStopped(trial, program, children, when, { facts: { signal: 'SIGINT' } });
  expectInterrupted(trial, program, 'SIGINT');
  await expectOldTarget(trial, when);
  await expectOnly(trial, 'joined', ['whole']);
}

/**
 * A part that is the file which the join writes into until the target is whole. What that one is called is seen of a join
 * that is killed in its middle; whoever takes a new name each time has nothing to refuse.
 */
async function expectOwnFileRefused(trial: Trial): Promise<void> {
  const { program, children } = await holdBegun(trial, 'join');
  await program.kill();
  for (const pid of children) killChild(trial, pid);
  const joined = join(trial.directory, 'joined');
  const name = (await trial.names(joined)).find((one) => one !== 'whole');
  if (name === undefined) return;
  const [first, second] = ['从前', '有座山'];
  await trial.write(`joined/${name}`, first);
  await trial.write('后半', second);
  const next = await trial.start('join', [`joined/${name}`, '后半', 'joined/whole']);
  await endOf(next);
  const kept = await contentOf(trial, `joined/${name}`);
  const when = `its first part was ${name}, the file that a join writes into`;
  trial.must(kept?.toString() === first, {
    saw: `${when}: afterwards it ${kept === undefined ? 'is gone' : `holds ${kept.length} bytes`}.`,
    expected: 'the program refuses, and the part is as it was.',
    facts: { ...factsOf(next), ownFile: true },
  });
  const { exit, stderr } = next;
  const target = await contentOf(trial, 'joined/whole');
  const right =
    exit?.code === 0
      ? target?.toString() === first + second
      : exit?.code === 1 && stderr.lines.length === 1;
  trial.must(right, {
    saw: `${when}; the program ended with ${ending(next)}.`,
    expected: 'status 1 and one line on stderr: join: <file>: <why>',
    facts: { ...factsOf(next), refusal: true },
  });
}

async function expectWholeJoin(trial: Trial): Promise<void> {
  const path = join(trial.directory, 'joined/whole');
  const size = sizeOf(path);
  const borders = [0, HELD / 2 - MARK.length, HELD / 2, HELD - MARK.length];
  trial.must(size === HELD && (await isMarked(path, borders)), {
    saw: `the target has ${size} bytes${size === HELD ? ', and a hole where one of the parts should be' : ''}.`,
    expected: `${HELD} bytes, both parts as they were, whichever child wrote last.`,
    facts: { hole: true },
  });
}

async function expectOldTarget(
  trial: Trial,
  when: string,
  facts: Record<string, unknown> = {},
): Promise<void> {
  const path = join(trial.directory, 'joined/whole');
  const size = sizeOf(path);
  const same = size === OLD.length && (await readFile(path)).equals(OLD);
  trial.must(same, {
    saw: `${when}: ${size === undefined ? 'the old target was gone' : `the target had ${size} bytes; the old one had ${OLD.length}`}.`,
    expected: 'the old target is there, as it was. Only a new one that is whole replaces it.',
    facts: { inPlace: true, ...facts },
  });
}

async function expectOnly(
  trial: Trial,
  directory: string,
  wanted: readonly string[],
): Promise<void> {
  const there = await trial.names(join(trial.directory, directory));
  const more = there.filter((name) => !wanted.includes(name));
  trial.must(more.length === 0, {
    saw: `beside the target there is ${more.join(' and ')} afterwards.`,
    expected: 'nothing is left but what was there before, and the target.',
    facts: { filesLeft: true },
  });
}

// --- what all of them use ---

/** Waits for the end of a program. If it does not come, `facts` are told, too. */
async function endOf(
  program: Program,
  options?: { readonly patience: number },
  when = 'when it should have been done',
  facts: Record<string, unknown> = {},
) {
  return await program.ended(when, options).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    const expected = 'it ends by itself.';
    throw new Failure({ ...error, expected, facts: { ...error.facts, ...facts } });
  });
}

async function contentOf(trial: Trial, name: string): Promise<Buffer | undefined> {
  try {
    return await readFile(join(trial.directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function factsOf(program: Program): Record<string, unknown> {
  return { exit: program.exit, stderr: program.stderr.text };
}

function without(pids: readonly number[], pid: number): number[] {
  return pids.filter((one) => one !== pid);
}

/** `status 1 and said: …`, `status 1 and a stack trace`, `SIGTERM and said nothing on stderr`. */
function ending({ exit, stderr: { lines, text } }: Program): string {
  const how = exit?.signal ?? `status ${exit?.code}`;
  if (isStack(text)) return `${how} and a stack trace`;
  if (lines.length === 0) return `${how} and said nothing on stderr`;
  const more = lines.length > 1 ? `, in ${lines.length} lines` : '';
  return `${how} and said: ${lines[0]}${more}`;
}

function isStack(text: string): boolean {
  return /^(\s+at .+:\d|Traceback |Node\.js v\d)/m.test(text);
}

// What the diagnoses ask. All of it is about bytes in files, never about the program.

interface RangeSeen {
  readonly source: Buffer;
  /** What the target held before; empty if it was not there. */
  readonly before: Buffer;
  readonly start: number;
  readonly end: number;
  readonly at: number;
  /** The bytes that should have been copied. */
  readonly range: Buffer;
  readonly target: Buffer;
}

/** A question about a range that was copied, wrongly. */
function ranging(when: (seen: RangeSeen) => boolean): (seen: Seen) => boolean {
  return ({ range, got }) => {
    if (!isRange(range) || got === undefined) return false;
    const bytes = range.source.subarray(range.start, range.end);
    return when({ before: Buffer.alloc(0), ...range, range: bytes, target: got });
  };
}

function isRange(range: unknown): range is Range {
  return typeof range === 'object' && range !== null;
}

function isEmptyRange(range: unknown): boolean {
  return isRange(range) && range.start === range.end;
}

/** Where the first half ends, and where the second one begins and stops: byte numbers of the source. */
interface Cut {
  readonly size: number;
  readonly end: number;
  readonly start: number;
  readonly stop: number;
}

/** The cut of two parts that hold bytes of the source in their order; undefined if they do not. */
function cutOf({ source, parts }: Seen): Cut | undefined {
  const [first, second] = (parts ?? []) as readonly unknown[];
  if (!Buffer.isBuffer(source) || !Buffer.isBuffer(first) || !Buffer.isBuffer(second)) return;
  const [size, end] = [source.length, first.length];
  if (!source.subarray(0, end).equals(first)) return;
  const begins = [end, Math.floor(size / 2), size - second.length];
  const start = begins.find((from) => source.indexOf(second, from) === from);
  return start === undefined ? undefined : { size, end, start, stop: start + second.length };
}

/** A question about a file that was cut, wrongly. */
function cutting(when: (cut: Cut) => boolean): (seen: Seen) => boolean {
  return (seen) => {
    const cut = cutOf(seen);
    return cut !== undefined && when(cut);
  };
}

/** A question about two parts that are there. */
function splitting(
  when: (seen: { source: Buffer; middle: number; first: Buffer; second: Buffer }) => boolean,
): (seen: Seen) => boolean {
  return ({ source, parts }) => {
    const [first, second] = (parts ?? []) as readonly unknown[];
    if (!Buffer.isBuffer(source) || !Buffer.isBuffer(first) || !Buffer.isBuffer(second))
      return false;
    return when({ source, middle: Math.floor(source.length / 2), first, second });
  };
}

/** A question about two parts that were joined, wrongly. */
function joining(
  when: (seen: { first: Buffer; second: Buffer; joined: Buffer }) => boolean,
): (seen: Seen) => boolean {
  return ({ halves, joined }) => {
    const [first, second] = (halves ?? []) as readonly unknown[];
    if (!Buffer.isBuffer(first) || !Buffer.isBuffer(second) || !Buffer.isBuffer(joined))
      return false;
    return when({ first, second, joined });
  };
}
