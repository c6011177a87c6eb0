// The graded checks of backup: a directory goes in, another one comes out, and the file system is asked what stands there.
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { clean, showDifference, showText } from '#harness/bytes';
import { withFacts } from '#harness/failure';
import { lesson, type Program, type Seen, type Trial } from '#harness';

const MIB = 1024 * 1024;
const SOURCE = '照片';
const TARGET = '备份';

/** Which of the files of the check `changed` was not copied again, and why not. */
const CHANGED = [
  {
    id: 'size-only',
    file: '新',
    hint: 2,
    why: 'a file with other bytes in it may have the same size. Its time tells.',
  },
  {
    id: 'newer-only',
    file: '旧',
    hint: 2,
    why: 'only newer files were copied. A file can be older than its copy: somebody has put an old version back. Another time is enough.',
  },
  {
    id: 'whole-seconds',
    file: '同一秒',
    hint: 3,
    why: 'the times were compared in whole seconds, and the file has changed within one.',
  },
];

/** In checks where every file is there and the destination too: an entry was looked for by its name alone. */
const OWN_NAMES: Readonly<Record<string, RegExp>> = {
  kinds: /^failed .*ENOENT/m,
  copies: /^failed .*ENOENT/m,
  names: /^failed .*ENOENT/m,
  mixed: /^failed .*ENOENT/m,
  links: /^failed (密码|出去): .*ENOENT/m,
  'not-utf8': /^failed [一二]\.txt: .*ENOENT/m,
  vanishes: /ENOENT[^']*'[^'/]+\.txt'/,
  many: /ENOENT[^']*'[^'/]+\.txt'/,
  interrupted: /ENOENT[^']*'[^'/]+\.mp4'/,
};

/** What can be wrong with a progress bar. */
const BARS = [
  {
    id: 'no-bar',
    bar: 'none',
    hint: 3,
    why: 'stderr is a terminal here, and nothing was drawn on it, or not with \\r.',
  },
  {
    id: 'bar-lines',
    bar: 'lines',
    hint: 3,
    why: 'console.error ends a line. process.stderr.write does not, and \\r leads back to its beginning.',
  },
  {
    id: 'bar-too-often',
    bar: 'too often',
    hint: 2,
    why: 'the bar was drawn for every file. To draw takes longer than to copy a small file, and nobody sees more than some ten a second.',
  },
  {
    id: 'bar-in-line',
    bar: 'in the line',
    hint: 3,
    why: 'a line was printed where the bar stood. clear() takes the bar away first; it comes back with one of the next steps.',
  },
  {
    id: 'bar-stays',
    bar: 'stays',
    hint: 3,
    why: 'the bar still stands there when all is done, and the report is written over it.',
  },
];

export default lesson({
  lesson: 'backup',
  steps: [
    'Which entries are files',
    'Copy them into a directory',
    'A directory in your home',
    'One bad entry does not stop the rest',
    'Again and again, and never half',
    'Many files, and a progress bar',
  ],
  checks: [
    {
      id: 'empty',
      step: 1,
      points: 2,
      title: 'finds nothing to do in an empty directory',
      async run(trial) {
        make(trial, SOURCE, {});
        make(trial, TARGET, {});
        await expectBackup(trial, { files: {}, counts: [0, 0, 0, 0] });
      },
    },
    {
      id: 'kinds',
      step: 1,
      points: 5,
      title: 'says what it skips: a directory, a FIFO, a socket',
      async run(trial) {
        make(trial, SOURCE, { 相册: {}, 'README.txt': {}, 管道: FIFO });
        await makeSocket(trial, join(SOURCE, '套接字'));
        make(trial, TARGET, {});
        const skipped = {
          相册: 'a directory',
          'README.txt': 'a directory',
          管道: 'a FIFO',
          套接字: 'a socket',
        };
        await expectBackup(trial, { files: {}, skipped, counts: [0, 0, 4, 0] });
      },
    },
    {
      id: 'links',
      step: 1,
      points: 5,
      title: 'skips symbolic links, wherever they lead, and copies nothing through them',
      async run(trial) {
        make(trial, '外面', { '密码.txt': `不给别人看 ${trial.random.int(1000, 9999)}\n` });
        make(trial, SOURCE, {
          密码: link('../外面/密码.txt'),
          出去: link('../外面'),
          断了: link('没有这个文件'),
          自己: link('自己'),
        });
        make(trial, TARGET, {});
        const kind = 'a symbolic link';
        const skipped = { 密码: kind, 出去: kind, 断了: kind, 自己: kind };
        await expectBackup(trial, { files: {}, skipped, counts: [0, 0, 4, 0] });
      },
    },
    {
      id: 'copies',
      step: 2,
      points: 6,
      title: 'copies every file, each byte as it was, and leaves alone what else is there',
      async run(trial) {
        const files = {
          '日记.txt': '今天很好\n',
          '空.txt': '',
          '照片.jpg': trial.random.bytes(300_000),
          'bytes.bin': Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0d, 0x0a]),
        };
        make(trial, SOURCE, files);
        // A file is never a workshop that was left behind, whatever its name.
        const old = { '旧的.txt': '去年的\n', '.backup-unfinished-笔记.txt': '笔记\n' };
        make(trial, TARGET, old);
        await expectBackup(trial, { files: { ...files, ...old }, counts: [4, 0, 0, 0] });
      },
    },
    {
      id: 'names',
      step: 2,
      points: 5,
      title: 'copies a file whatever its name: README, .env, a.b.c, -rf',
      async run(trial) {
        const long = `${'长'.repeat(84)}abc`; // 255 bytes, the most that there is
        const names = ['README', '.env', 'a.b.c', '-rf', '~', '二 月', '换\n行', '100%', long];
        const files = Object.fromEntries(names.map((name, index) => [name, `${index} ${name}`]));
        make(trial, SOURCE, files);
        make(trial, TARGET, {});
        await expectBackup(trial, { files, counts: [names.length, 0, 0, 0] });
      },
    },
    {
      id: 'mixed',
      step: 2,
      points: 5,
      title: 'copies the files beside a sub-directory, and nothing out of it',
      async run(trial) {
        const files = { '一.txt': '一\n', '三.txt': '三\n' };
        make(trial, SOURCE, {
          ...files,
          '二.txt': { '里面.txt': '不要\n', 更里面: { '也不要.txt': '\n' } },
        });
        make(trial, TARGET, {});
        const skipped = { '二.txt': 'a directory' };
        await expectBackup(trial, { files, skipped, counts: [2, 0, 1, 0] });
      },
    },
    {
      id: 'home',
      step: 3,
      points: 4,
      title: 'copies to 备份 in your home, and makes it, if no other place is given',
      async run(trial) {
        const files = { '日记.txt': `第 ${trial.random.int(1, 365)} 天\n` };
        make(trial, SOURCE, files);
        const target = join(trial.home, TARGET);
        const wanted = { args: [SOURCE], target, files, counts: [1, 0, 0, 0] } as const;
        const glued = () => ({ glued: existsSync(`${trial.home}${TARGET}`) });
        await expectBackup(trial, wanted).catch(withFacts(glued));
      },
    },
    {
      id: 'parents',
      step: 3,
      points: 3,
      title: 'makes the directory with all its parents, also for a source without files',
      async run(trial) {
        make(trial, SOURCE, { '日记.txt': '今天\n' });
        make(trial, '空的', {});
        await expectBackup(trial, { args: ['空的', '新的'], target: '新的', files: {} });
        const target = join('U盘', '2026', '十月');
        await expectBackup(trial, {
          args: [SOURCE, target],
          target,
          files: { '日记.txt': '今天\n' },
        });
      },
    },
    {
      id: 'no-target',
      step: 3,
      points: 3,
      title: 'says in one line that a file stands where the directory should be',
      async run(trial) {
        make(trial, SOURCE, { '日记.txt': '今天\n' });
        make(trial, '.', { 占了: 'a file\n' });
        for (const [target, when] of [
          ['占了', 'a file stood where the directory should be'],
          ['占了/里面', 'a file stood above the directory'],
        ] as const)
          await expectRefusal(trial, [SOURCE, target], when, { why: true });
        sameFiles(trial, '.', { 占了: 'a file\n' }, { others: [SOURCE] });
      },
    },
    {
      id: 'one-fails',
      step: 4,
      points: 5,
      title: 'says which file cannot be copied, and why, and copies all others',
      async run(trial) {
        const files = Object.fromEntries(
          Array.from({ length: 12 }, (_, index) => [`第${index}页.txt`, `第 ${index} 页\n`]),
        );
        const bad = trial.random.pick(Object.keys(files));
        make(trial, SOURCE, files);
        // A directory stands where the copy should be: not even root can get past that.
        make(trial, TARGET, { [bad]: { '别删.txt': '不要动\n' } });
        const failed = [bad];
        if (process.getuid?.() !== 0) {
          make(trial, SOURCE, { '密码.txt': '不给看\n' });
          chmodSync(join(trial.directory, SOURCE, '密码.txt'), 0o000);
          failed.push('密码.txt');
        }
        const { [bad]: _, ...rest } = files;
        const counts = [11, 0, 0, failed.length] as const;
        await expectBackup(trial, { files: rest, others: [bad], failed, counts, status: 1 });
        sameFiles(trial, join(TARGET, bad), { '别删.txt': '不要动\n' });
      },
    },
    {
      id: 'vanishes',
      step: 4,
      points: 3,
      title: 'goes on when files vanish while it is copying',
      async run(trial) {
        const names = makeMany(trial, 2_000);
        make(trial, TARGET, {});
        const program = await trial.start('backup', [SOURCE, TARGET]);
        const target = join(trial.directory, TARGET);
        const begun = await watching(trial, program, () => listing(target).length > 5);
        // Half of those that are not there yet go away while the program is stopped.
        if (begun) program.signal('SIGSTOP');
        const there = new Set(listing(target));
        const gone = names.filter((name, index) => index % 2 === 0 && !there.has(name));
        if (begun)
          for (const name of gone) rmSync(join(trial.directory, SOURCE, name), { force: true });
        if (begun) program.signal('SIGCONT');
        trial.note(`${gone.length} of ${names.length} files were taken away`);
        await program.ended('when some files had vanished', PATIENT);
        expectTheRest(trial, program, names, new Set(begun ? gone : []));
      },
    },
    {
      id: 'not-utf8',
      step: 4,
      points: 3,
      title: 'copes with a file name that is not UTF-8',
      async run(trial) {
        const files = { '一.txt': '一\n', '二.txt': '二\n' };
        make(trial, SOURCE, files);
        make(trial, TARGET, {});
        const odd = Buffer.from('c0cfcdf52e747874', 'hex'); // 老王.txt in GBK
        const path = Buffer.concat([Buffer.from(`${join(trial.directory, SOURCE)}/`), odd]);
        try {
          writeFileSync(path, '三\n');
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EILSEQ') throw error;
          trial.skip('a file system that takes names that are not UTF-8');
        }
        const { program, counts } = await backUp(trial);
        const target = join(trial.directory, TARGET);
        const copied = namesIn(target, 'buffer').some((name) => odd.equals(name as Buffer));
        const wanted = copied ? [3, 0, 0, 0] : [2, 0, 0, 1];
        const others = listing(target).filter((name) => name in files).length;
        trial.must(program.exit?.code === (copied ? 0 : 1) && `${counts}` === `${wanted}`, {
          saw: `the program ended with ${ending(program)}, and its report was: ${reportOf(program)}.`,
          expected:
            'the file with the name c0 cf cd f5 .txt is copied, or told as failed with status 1; the others are copied.',
          facts: { others },
        });
      },
    },
    {
      id: 'no-source',
      step: 4,
      points: 3,
      title: 'says in one line that there is no such directory, and makes nothing',
      async run(trial) {
        make(trial, '.', { 'a.txt': 'a file\n' });
        const why = { why: true };
        await expectRefusal(trial, ['没有', TARGET], 'there was no such directory', why);
        await expectRefusal(trial, ['a.txt', TARGET], 'the source was a file', why);
        sameFiles(trial, '.', { 'a.txt': 'a file\n' });
      },
    },
    {
      id: 'itself',
      step: 4,
      points: 3,
      title: 'refuses to back up a directory to itself, also by another path',
      async run(trial) {
        const files = { '日记.txt': '今天\n', '空.txt': '' };
        make(trial, SOURCE, files);
        make(trial, '.', { 别名: link(SOURCE) });
        for (const target of [SOURCE, `./${SOURCE}/../${SOURCE}`, '别名'])
          await expectRefusal(
            trial,
            [SOURCE, target],
            `the source was ${SOURCE}, and so was ${target}`,
          );
        sameFiles(trial, SOURCE, files);
      },
    },
    {
      id: 'unchanged',
      step: 5,
      points: 4,
      title: 'copies nothing again that has not changed',
      async run(trial) {
        const files = { '一.txt': '一\n', '二.txt': '二\n'.repeat(1_000), '空.txt': '' };
        make(trial, SOURCE, files);
        await expectBackup(trial, { files, counts: [3, 0, 0, 0] });
        const target = join(trial.directory, TARGET);
        const before = inodes(target);
        await expectBackup(trial, { files, counts: [0, 3, 0, 0] });
        trial.must(`${inodes(target)}` === `${before}`, {
          saw: 'the report says "unchanged", but the files were written again.',
          expected: 'a file that is unchanged is not touched.',
          facts: { rewritten: true },
        });
      },
    },
    {
      id: 'changed',
      step: 5,
      points: 6,
      title: 'copies again what has another size or another time, newer or older',
      async run(trial) {
        const base = Date.UTC(2026, 9, 1, 12, 0, 0, 100);
        const set = (name: string, text: string, at: number) => {
          make(trial, SOURCE, { [name]: text });
          utimesSync(join(trial.directory, SOURCE, name), new Date(at), new Date(at));
        };
        for (const name of ['长短', '新', '旧', '同一秒', '不变']) set(name, '1234', base);
        await expectBackup(trial, { files: {}, others: ['长短', '新', '旧', '同一秒', '不变'] });
        set('长短', '12345', base);
        set('新', 'abcd', base + 3_600_000);
        set('旧', 'efgh', base - 3_600_000);
        set('同一秒', 'ijkl', base + 300);
        const files = { 长短: '12345', 新: 'abcd', 旧: 'efgh', 同一秒: 'ijkl', 不变: '1234' };
        await expectBackup(trial, { files, counts: [4, 1, 0, 0] });
      },
    },
    {
      id: 'times',
      step: 5,
      points: 4,
      title: 'keeps the mode and the modification time of every file',
      async run(trial) {
        const modes = { '密码.txt': 0o600, '程序.sh': 0o755, '只读.txt': 0o444, '一般.txt': 0o644 };
        make(trial, SOURCE, Object.fromEntries(Object.keys(modes).map((name) => [name, name])));
        for (const [name, mode] of Object.entries(modes)) {
          const path = join(trial.directory, SOURCE, name);
          const at = new Date(Date.UTC(2019, 3, 5, 6, 7, 8, trial.random.int(1, 999)));
          utimesSync(path, at, at);
          chmodSync(path, mode);
        }
        await expectBackup(trial, { files: {}, others: Object.keys(modes) });
        sameStats(trial, Object.keys(modes));
        // A file that may not be written to can still be replaced by another one.
        const path = join(trial.directory, SOURCE, '只读.txt');
        rmSync(path);
        writeFileSync(path, '改过的', { mode: 0o444 });
        const others = Object.keys(modes).filter((name) => name !== '只读.txt');
        await expectBackup(trial, {
          files: { '只读.txt': '改过的' },
          others,
          counts: [1, 3, 0, 0],
        });
        sameStats(trial, Object.keys(modes));
      },
    },
    {
      id: 'no-space',
      step: 5,
      points: 4,
      title: 'leaves nothing half-written when there is no room, and keeps the copy of before',
      async run(trial) {
        const small = { '一.txt': '一\n', '二.txt': '二\n' };
        make(trial, SOURCE, { ...small, '大片.mp4': Buffer.alloc(4 * MIB, '片') });
        make(trial, TARGET, { '大片.mp4': '去年的大片\n' });
        // A limit for every file that the program writes: to it this is a disk that is full.
        const through = ['sh', '-c', 'ulimit -f 512; exec "$@"', 'sh'];
        const files = { ...small, '大片.mp4': '去年的大片\n' };
        const counts = [2, 0, 0, 1] as const;
        const wanted = { files, failed: ['大片.mp4'], counts, status: 1, through };
        const { program } = await expectBackup(trial, wanted);
        trial.must(!/ENOENT|No such file/.test(program.stderr.text), {
          saw: `the program ended with ${ending(program)}.`,
          expected: 'as the reason, that the file is too large. It is there.',
          facts: { otherReason: true },
        });
      },
    },
    {
      id: 'atomic',
      step: 5,
      points: 5,
      title: 'a copy is the old one or the new one, whole, even if the program is killed',
      async run(trial) {
        make(trial, SOURCE, Object.fromEntries(BIG.map((name) => [name, '去年的'])));
        await expectBackup(trial, { files: {}, others: BIG });
        makeBig(trial);
        const program = await trial.start('backup', [SOURCE, TARGET]);
        if (await watching(trial, program, () => isCopying(trial))) program.signal('SIGKILL');
        await program.ended('when it was killed', PATIENT);
        expectWhole(trial, 'the program was killed with SIGKILL', { killed: true });
        const files = Object.fromEntries(BIG.map((name) => [name, `短的 ${name}`]));
        rmSync(join(trial.directory, SOURCE), { recursive: true });
        make(trial, SOURCE, files);
        await expectBackup(trial, { files, afterKill: true });
      },
    },
    {
      id: 'interrupted',
      step: 5,
      points: 5,
      title: 'leaves nothing unfinished behind on Ctrl+C and on SIGTERM, in the middle of a file',
      async run(trial) {
        makeBig(trial);
        for (const signal of ['SIGINT', 'SIGTERM'] as const) {
          // On a busy machine a file may be whole before a program can hear anything: once is no proof.
          for (let late = 1; await isHeardLate(trial, signal);) {
            late += 1;
            trial.must(late <= 2, {
              saw: `${signal} came in the middle of a file, and the file was copied to its end all the same.`,
              expected:
                'the copying ends when the signal comes, and what is not finished is removed.',
              facts: { signal, heardLate: true },
            });
          }
        }
      },
    },
    {
      id: 'inside',
      step: 5,
      points: 3,
      title: 'works with a destination inside the source, and does not back up the backup',
      async run(trial) {
        const files = { '一.txt': '一\n', '二.txt': '二\n' };
        make(trial, SOURCE, files);
        const target = join(SOURCE, TARGET);
        const args = [SOURCE, target];
        await expectBackup(trial, { args, target, files });
        const skipped = { [TARGET]: 'a directory' };
        await expectBackup(trial, { args, target, files, skipped, counts: [0, 2, 1, 0] });
      },
    },
    {
      id: 'no-link-followed',
      step: 5,
      points: 3,
      title: 'replaces a link that stands in the way, and does not write through it',
      async run(trial) {
        const to = '../外面/像.txt';
        // As large as the link, and as what it leads to, and from the same time: to be taken for a copy.
        const like = 'x'.repeat(Buffer.byteLength(to));
        const files = { '日记.txt': '今天\n', '像.txt': like };
        const outside = { '重要.txt': '别动我\n', '像.txt': like };
        make(trial, '外面', outside);
        make(trial, SOURCE, files);
        make(trial, TARGET, { '日记.txt': link('../外面/重要.txt'), '像.txt': link(to) });
        const at = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
        for (const one of [SOURCE, '外面', TARGET])
          lutimesSync(join(trial.directory, one, '像.txt'), at, at);
        await expectBackup(trial, { files, counts: [2, 0, 0, 0] });
        sameFiles(trial, '外面', outside, { facts: { written: true } });
      },
    },
    {
      id: 'many',
      step: 6,
      points: 4,
      title: 'copies 1,000 files, with 64 open at most, and prints no line for each',
      async run(trial) {
        const names = makeMany(trial, 1_000);
        const through = ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh'];
        const { program } = await backUp(trial, { through });
        expectTheRest(trial, program, names, new Set());
        expectQuiet(trial, program);
      },
    },
    {
      id: 'visible',
      step: 6,
      points: 3,
      title: 'sends no control character of a name to the terminal',
      async run(trial) {
        const names = ['换\n行', '\x1b[31m红', '退\b格', '回\r车'];
        make(trial, SOURCE, Object.fromEntries(names.map((name) => [name, {}])));
        make(trial, TARGET, {});
        const { program } = await backUp(trial);
        expectNoControl(trial, program, names);
        const lines = program.stdout.lines.length;
        trial.must(lines === names.length + 1, {
          saw: `the report has ${lines} ${lines === 1 ? 'line' : 'lines'}, for ${names.length} entries.`,
          expected:
            'one line for each entry; in it a control character is written so that one sees it.',
          // With fewer lines something else is wrong: what is skipped is not told.
          facts: { control: lines > names.length + 1 },
        });
        // The same names as those of files that fail: a directory stands where each copy should be.
        make(trial, '名单', Object.fromEntries(names.map((name) => [name, '好\n'])));
        make(trial, '占了', Object.fromEntries(names.map((name) => [name, {}])));
        const { program: failing } = await backUp(trial, { args: ['名单', '占了'] });
        // That each of them is told, and that none ends the program, is asked for in `one-fails`.
        if (hasStack(failing)) return;
        expectNoControl(trial, failing, names);
        trial.must(failing.stderr.lines.length <= names.length, {
          saw: `${names.length} files could not be copied, and on stderr are ${failing.stderr.lines.length} lines: ${listed(failing.stderr.lines)}.`,
          expected: 'one line for each, also where a line end stands in its name.',
          facts: { control: true },
        });
        const odd = Buffer.from('c0cf1b5b33316d', 'hex'); // GBK, and then the same command as above
        if (!makeOdd(trial, odd)) return;
        // That such a name is told, as skipped or as failed, is asked for in `not-utf8`.
        const again = await backUp(trial);
        expectNoControl(trial, again.program, ['\x1b[31m']);
      },
    },
    {
      id: 'bar',
      step: 6,
      points: 4,
      title:
        'draws a progress bar in a terminal: one line, seldom, out of the way, gone at the end',
      async run(trial) {
        if (!hasScript()) trial.skip('no script(1) of util-linux to make a terminal');
        const names = makeMany(trial, 1_000);
        const began = performance.now();
        const through = inTerminal(' >report.txt');
        const program = await trial.start('backup', [SOURCE, TARGET], { through });
        await program.ended('at the end of the directory', PATIENT);
        const seconds = (performance.now() - began) / 1000;
        const report = readFileSync(join(trial.directory, 'report.txt'), 'utf8');
        sameNames(trial, listing(join(trial.directory, TARGET)), names);
        expectBar(trial, program.stdout.text, report, seconds);
        // The first entry brings the bar, so it is there when the second is told.
        make(trial, '两个相册', { 春: {}, 秋: {} });
        await expectRows(trial, '两个相册');
        make(trial, '两个名单', { 春: '一\n', 秋: '二\n' });
        make(trial, '占了', { 春: {}, 秋: {} });
        await expectRows(trial, '两个名单');
      },
    },
  ],
  diagnoses: [
    {
      id: 'bar-in-pipe',
      when: ({ check, chatty, bar, stderr }) =>
        chatty === 'stderr' ||
        bar === 'in the report' ||
        // In the check `visible` a name has a \r in it.
        (check !== 'bar' && stderr.replaceAll('回\r车', '').includes('\r')),
      cause: () =>
        'the bar was drawn where there is no terminal, and stands in a log file now. process.stderr.isTTY tells.',
      step: 6,
      hint: 2,
    },
    {
      id: 'waits-for-fifo',
      when: ({ check, stillRunning }) => check === 'kinds' && stillRunning === true,
      cause: () =>
        'it tries to read the FIFO 管道, which waits until somebody writes into it. Not everything that is no directory is a file: ask isFile().',
      step: 1,
      hint: 3,
    },
    {
      id: 'follows-links',
      when: seeing(({ source, stdout, there }) =>
        named(source, 'a symbolic link').some(
          (name) =>
            (there.get(name) ?? { kind: 'a symbolic link' }).kind !== 'a symbolic link' ||
            new RegExp(`^skipped ${name}: a [df]`, 'm').test(stdout),
        ),
      ),
      cause: () =>
        'stat looks at what a link leads to, lstat at the link itself. What was copied may stand anywhere.',
      step: 1,
      hint: 2,
    },
    {
      id: 'unjoined',
      when: (seen) =>
        // Every name in the source, but for those links that lead nowhere, is there to be found by its path.
        (OWN_NAMES[seen.check] ?? /(?!)/).test(seen.stderr) ||
        seeing(({ source, stderr }) =>
          [...source.keys()].some((name) =>
            new RegExp(`ENOENT[^']*'${escaped(name)}'`).test(stderr),
          ),
        )(seen),
      cause: () =>
        'readdir returns names, not paths. A name alone is looked for in the directory in which the program was started.',
      step: 1,
      hint: 3,
    },
    {
      id: 'dangling-link',
      when: ({ check, stderr }) => check === 'links' && /ENOENT|ELOOP|FileNotFound/.test(stderr),
      cause: () =>
        'stat follows a link, and this one leads nowhere. lstat looks at the link itself, and that is always there.',
      step: 1,
      hint: 2,
    },
    {
      id: 'copies-tree',
      when: seeing(({ extra = [], source }) =>
        [...named(source, 'a directory', 'a symbolic link'), '里面.txt', '也不要.txt'].some(
          (name) => extra.includes(name),
        ),
      ),
      cause: () =>
        'what stands in sub-directories was copied too. Only the regular files of the directory itself are asked for.',
      step: 2,
      hint: 2,
    },
    {
      id: 'copies-onto-directory',
      when: seeing(({ stderr, wanted }) =>
        new RegExp(`EISDIR.* -> '${escaped(wanted.target ?? TARGET)}/?'`).test(stderr),
      ),
      cause: () =>
        'the destination itself was given as the place of the copy, and it is a directory. A copy has a name in it: pathOf(destination, name).',
      step: 2,
      hint: 3,
    },
    {
      id: 'directory-as-file',
      when: seeing(({ source, stderr }) =>
        named(source, 'a directory').some((name) =>
          new RegExp(
            `${escaped(name)}.*(EISDIR|EINVAL|ENOTSUP)|(EISDIR|EINVAL|ENOTSUP).*${escaped(name)}`,
          ).test(stderr),
        ),
      ),
      cause: () =>
        'a directory was given to a function that copies files. Ask isFile() of each entry first.',
      step: 1,
      hint: 3,
    },
    {
      id: 'literal-tilde',
      when: ({ made }) => Array.isArray(made) && made.includes('~'),
      cause: () =>
        'a directory with the name ~ was made. Only a shell replaces ~ by your home; in a program homedir() knows it.',
      step: 3,
      hint: 2,
    },
    {
      id: 'home-glued',
      when: ({ glued }) => glued === true,
      cause: () =>
        'the directory was made beside your home, and not in it: between the two names a / is missing. join() puts it there.',
      step: 3,
      hint: 3,
    },
    {
      id: 'already-there',
      // Where a file stands in the way, EEXIST is a good answer; in `itself` it is the directory that is there.
      when: ({ check, stderr, refuses }) =>
        (refuses === undefined || check === 'itself') && stderr.includes('EEXIST'),
      cause: () =>
        'mkdir fails if the directory is there already. With recursive: true that is no error, and its parents are made too.',
      step: 3,
      hint: 2,
    },
    {
      id: 'no-parents',
      when: seeing(
        ({ check, stderr, wanted }) =>
          check === 'parents' && stderr.includes('ENOENT') && wanted.target?.includes('/') === true,
      ),
      cause: () =>
        'mkdir makes one directory. With recursive: true it makes all that is missing above it as well.',
      step: 3,
      hint: 3,
    },
    {
      id: 'no-mkdir',
      when: ({ absent, stderr }) => absent === true && stderr.includes('ENOENT'),
      cause: () => 'the directory of the copies is not there, and nobody makes it.',
      step: 3,
      hint: 3,
    },
    {
      id: 'long-temp-name',
      when: ({ stderr }) => stderr.includes('ENAMETOOLONG'),
      cause: () =>
        'a name of 255 bytes is the longest that there is. With .part or .tmp behind it, it is too long: give what is unfinished a name of its own.',
      step: 5,
      hint: 3,
    },
    {
      id: 'nothing-copied',
      when: seeing(
        ({ exit, counts, missing }) =>
          exit?.code === 0 &&
          missing !== undefined &&
          counts?.[0] === 0 &&
          counts[1] === 0 &&
          counts[3] === 0,
      ),
      cause: () =>
        'no file was copied, and none has failed: is backUpFile() called for what is a file, and is it waited for?',
      step: 2,
      hint: 3,
    },
    {
      id: 'chosen-by-name',
      when: ({ check, exit, missing }) =>
        check === 'names' && exit?.code === 0 && missing !== undefined,
      cause: () =>
        'what is a file was decided by its name. A file may have no dot, or begin with one; what an entry is, only lstat knows.',
      step: 1,
      hint: 1,
    },
    {
      id: 'text-not-bytes',
      when: ({ sent, got }) => got?.includes('�') === true && sent?.includes('�') === false,
      cause: () =>
        'the bytes were read as text and written again. EF BF BD is the sign for what could not be read as text.',
      step: 2,
      hint: 2,
    },
    {
      id: 'not-awaited',
      when: seeing(
        ({ counts, exit, wanted, missing, wrongKind }) =>
          exit?.code === 0 &&
          (missing ?? wrongKind) === undefined &&
          counts?.[0] === 0 &&
          (wanted.counts?.[0] ?? 0) > 0,
      ),
      cause: () =>
        'the copies are there, and were not counted: nobody waited for backUpFile(). Before it stands `await`, or a promise is counted; and forEach does not wait for an async function: for … of with await does.',
      step: 2,
      hint: 3,
    },
    {
      id: 'skips-some',
      when: seeing(
        ({ check, exit, stdout }) =>
          check === 'kinds' &&
          exit?.code === 0 &&
          /^skipped /m.test(stdout) &&
          !/管道|套接字/.test(stdout),
      ),
      cause: () =>
        'directories are told as skipped, and the FIFO and the socket are not: what is neither a directory nor a link need not be a file. Ask isFile().',
      step: 1,
      hint: 3,
    },
    {
      id: 'skips-silently',
      when: seeing(
        ({ exit, wanted, stdout, extra, missing }) =>
          exit?.code === 0 &&
          (extra ?? missing) === undefined &&
          wanted.skipped !== undefined &&
          !/^skipped /m.test(stdout),
      ),
      cause: () =>
        'what was skipped is not in the backup, and nobody is told. Say it, one line for each.',
      step: 1,
      hint: 3,
    },
    {
      id: 'nothing-to-say',
      when: ({ check, exit, stdout }) => check === 'empty' && exit?.code === 0 && stdout === '',
      cause: () =>
        'nothing was printed. The counts are the last line of every report, also if they are all 0: a script that reads them waits for that line.',
      step: 1,
      hint: 3,
    },
    {
      id: 'failed-on-stdout',
      // A terminal shows both as one.
      when: ({ check, exit, stdout, stderr }) =>
        check !== 'bar' &&
        exit !== undefined &&
        /^failed \S.*: /m.test(stdout) &&
        !/^failed /m.test(stderr),
      cause: () =>
        'the failure was told on stdout. That is the report, and often goes into a file; what went wrong goes to stderr: console.error.',
      step: 4,
      hint: 3,
    },
    {
      id: 'status-forgotten',
      when: ({ exit, stderr }) => exit?.code === 0 && /^failed .+: /m.test(stderr),
      cause: () =>
        'the failure was told to the person, and not to the shell: a script that calls this program sees status 0.',
      step: 4,
      hint: 3,
    },
    {
      id: 'vanished',
      when: ({ check, crash }) => check === 'vanishes' && /ENOENT/.test(crash?.message ?? ''),
      cause: () =>
        'between the listing and the copying a file was taken away. lstat throws then, too: it belongs inside the try.',
      step: 4,
      hint: 3,
    },
    {
      id: 'one-stops-all',
      when: ({ check, missing, lost, crash, exit, stdout, stderr }) =>
        (check === 'one-fails' || check === 'vanishes') &&
        // Who came to the end and saw no error has another fault.
        !(exit?.code === 0 && /^copied 0, .* failed 0$/m.test(stdout)) &&
        (missing !== undefined ||
          // Those that are told as failed were not forgotten.
          Number(lost) > (stderr.match(/^failed /gm) ?? []).length ||
          crash !== undefined ||
          stdout === ''),
      cause: () =>
        'the first error stopped the whole backup: try and catch stand around all entries and not around one, or `await` is missing before backUpFile(), and its error comes when the try is over.',
      step: 4,
      hint: 2,
    },
    {
      id: 'removes-directory',
      when: seeing(
        ({ check, wanted, there }) =>
          check === 'one-fails' && there.get(wanted.failed?.[0] ?? '')?.kind === 'a file',
      ),
      cause: () =>
        'a directory stood where the copy should be, and was removed with all that was in it. It is not yours: let rename fail, and tell it.',
      step: 4,
      hint: 3,
    },
    {
      id: 'silent-failure',
      when: ({ check, exit, stderr }) =>
        ['one-fails', 'no-space'].includes(check) && exit?.code === 0 && stderr === '',
      cause: () =>
        'an error was caught, and nobody was told. A backup that says nothing is taken for a good one.',
      step: 4,
      hint: 3,
    },
    {
      id: 'stack-for-user',
      when: ({ refuses, crash }) => refuses !== undefined && crash !== undefined,
      cause: () =>
        'this error is to be expected. Nobody catches it, or it is printed whole, with its stack: fail() makes one line of it.',
      hint: 3,
    },
    {
      id: 'no-why',
      when: ({ reasonless }) => reasonless === true,
      cause: () =>
        'the line says what failed, and not why: fail() takes the error as its second argument, and tells the reason.',
      hint: 3,
    },
    {
      id: 'made-too-early',
      when: ({ check, extra }) => check === 'no-source' && Array.isArray(extra),
      cause: () =>
        'the destination was made before anybody looked at the source. Read the source first: then there is nothing to take back.',
      step: 4,
      hint: 3,
    },
    {
      id: 'same-by-name',
      when: ({ check, exit, refuses }) =>
        check === 'itself' && refuses !== undefined && exit?.code === 0,
      cause: () =>
        'nobody asked whether both are the same directory, or their paths were compared. Two paths can lead to one directory: dev and ino of stat tell which it is.',
      step: 4,
      hint: 2,
    },
    {
      id: 'name-not-text',
      // The two other names are found by any program that finds names at all.
      when: ({ check, others, stderr }) =>
        check === 'not-utf8' && (others === 2 || /ENOENT|FileNotFound/.test(stderr)),
      cause: () =>
        "the bytes of this name are no text. As a string it is another name, of a file that is not there; readdir with 'buffer' keeps the bytes.",
      step: 4,
      hint: 2,
    },
    {
      id: 'time-not-kept',
      when: (seen) =>
        (typeof seen.late === 'number' && seen.late >= 1) ||
        seeing(
          ({ counts, wanted, there, source }) =>
            (counts?.[0] ?? 0) > (wanted.counts?.[0] ?? Infinity) &&
            [...source].some(([name, { kind, time }]) => {
              const copy = there.get(name);
              return kind === 'a file' && copy !== undefined && Math.abs(copy.time - time) >= 1;
            }),
        )(seen),
      cause: () =>
        'a new copy has the time at which it was made. utimes gives it the one of the file; without that, every file looks changed at the next run.',
      step: 5,
      hint: 2,
    },
    {
      id: 'copies-again',
      when: (seen) =>
        seen.rewritten === true ||
        seeing(({ counts, wanted }) => (counts?.[0] ?? 0) > (wanted.counts?.[0] ?? Infinity))(seen),
      cause: ({ rewritten }) =>
        rewritten === true
          ? 'the file counts as unchanged, and was copied all the same. Return before the copying begins.'
          : 'files are copied again that have not changed, or counted as if they were. Compare size and time with the copy that is there; two Dates are never === each other. And count what backUpFile() returns.',
      step: 5,
      hint: 3,
    },
    ...CHANGED.map(({ id, file, hint, why }) => ({
      id,
      when: (seen: Seen) => seen.check === 'changed' && seen.differs === file,
      cause: () => why,
      step: 5,
      hint,
    })),
    {
      id: 'mode-not-kept',
      when: ({ mode }) => mode === true,
      cause: () =>
        'a new file gets the mode that every new file gets: a 密码.txt that only you could read can be read by all now. copyFile keeps the mode.',
      step: 5,
      hint: 2,
    },
    {
      id: 'link-as-copy',
      when: seeing(({ check, counts }) => check === 'no-link-followed' && counts?.[1] === 1),
      cause: () =>
        'a link stood where the copy should be, and was taken for the copy. Ask lstat, which does not follow it, and isFile(): a copy is a regular file.',
      step: 5,
      hint: 3,
    },
    {
      id: 'through-link',
      // Who counted no copy may not have touched the link.
      when: ({ check, written, wrongKind, exit, counts }) =>
        check === 'no-link-followed' &&
        exit?.code === 0 &&
        (written ?? wrongKind) !== undefined &&
        !(Array.isArray(counts) && counts[0] === 0),
      cause: () =>
        'a link stood where the copy should be, and was followed: a file outside was overwritten. rename replaces the link itself.',
      step: 5,
      hint: 2,
    },
    {
      id: 'old-copy-lost',
      when: ({ check, missing }) =>
        check === 'no-space' && Array.isArray(missing) && missing.includes('大片.mp4'),
      cause: () =>
        'the old copy is gone, and there is no new one: it was removed beforehand, or copied over, and copyFile removes what it cannot finish. Copy under another name; rename replaces the old copy when the new one is whole.',
      step: 5,
      hint: 2,
    },
    {
      id: 'in-place',
      when: ({ check, half, differs }) =>
        half !== undefined ||
        (check === 'vanishes' && differs !== undefined) ||
        (check === 'no-space' && differs === '大片.mp4'),
      cause: () =>
        'the copy was written under its own name. Whatever ends the program in the middle leaves half a copy, and the old one is gone.',
      step: 5,
      hint: 2,
    },
    {
      id: 'removed-by-name',
      when: ({ check, missing }) =>
        check === 'copies' && `${missing}` === '.backup-unfinished-笔记.txt',
      cause: () =>
        'a file was removed since its name begins like that of a workshop. A workshop is a directory: ask isDirectory() as well.',
      step: 5,
      hint: 3,
    },
    {
      id: 'unfinished-left',
      when: ({ check, extra }) =>
        ['no-space', 'one-fails'].includes(check) && Array.isArray(extra) && extra.length > 0,
      cause: () =>
        'the copy failed, and what there was of it stays. Remove it when copying throws.',
      step: 5,
      hint: 3,
    },
    {
      id: 'leftovers',
      when: ({ check, extra }) => check === 'atomic' && Array.isArray(extra) && extra.length > 0,
      cause: () =>
        'a run that is killed cannot clear up; the next one has to. Give what is unfinished a name by which it can be known.',
      step: 5,
      hint: 3,
    },
    {
      id: 'refuses-inside',
      when: ({ check, exit, crash, stdout, stderr }) =>
        check === 'inside' &&
        exit?.code === 1 &&
        crash === undefined &&
        stdout === '' &&
        stderr.startsWith('backup: '),
      cause: () =>
        'a destination inside of the source was refused. It is a sub-directory like any other, and those are skipped: nothing goes round in circles.',
      step: 4,
      hint: 2,
    },
    {
      id: 'no-clean-up',
      when: ({ check, leftOver }) => check === 'interrupted' && leftOver !== undefined,
      cause: () =>
        'what was being copied is still there. Catch the signal, remove what is unfinished, and end then.',
      step: 5,
      hint: 3,
    },
    {
      id: 'deaf',
      when: ({ check, badEnd, exit }) =>
        check === 'interrupted' && badEnd === true && exit?.code === 0,
      cause: () =>
        'the program went on to its end. While copyFileSync works no signal is heard; or process.exit() ended it with status 0: use process.kill(process.pid, signal).',
      step: 5,
      hint: 4,
    },
    {
      id: 'heard-late',
      when: ({ heardLate }) => heardLate === true,
      cause: () =>
        'the signal was heard when the file was done. While copyFileSync works no signal is heard: copyFile of node:fs/promises leaves a large file to another thread.',
      step: 5,
      hint: 4,
    },
    {
      id: 'too-many-open',
      when: ({ stderr }) => stderr.includes('EMFILE'),
      cause: () =>
        'all files were opened at once. A process may have a thousand or so open, here 64: work on a few at a time.',
      step: 6,
      hint: 2,
    },
    {
      id: 'line-for-each',
      when: ({ chatty }) => chatty === 'stdout',
      cause: () =>
        'a line was printed for each file. Among thousands nobody finds the one that matters.',
      step: 6,
      hint: 1,
    },
    ...BARS.map(({ id, bar, hint, why }) => ({
      id,
      when: (seen: Seen) => seen.bar === bar,
      cause: () => why,
      step: 6,
      hint,
    })),
    {
      id: 'control-characters',
      when: ({ control }) => control === true,
      cause: () =>
        'a name can hold a line end or the signs by which a terminal is commanded. Print what one sees, not what it obeys.',
      step: 6,
      hint: 4,
    },
  ],
});

/** More than any right program needs for the largest of these directories, in milliseconds, also on a slow machine. */
const PATIENT = { patience: 25_000 };
/** Runs a program in a terminal of its own, made by script(1); what it prints on stdout may go elsewhere. */
function inTerminal(elsewhere = ''): string[] {
  const script = `line=; for word; do line="$line '$word'"; done; exec script -qfec "$line${elsewhere}" /dev/null`;
  return ['sh', '-c', script, 'sh'];
}

// --- what is put into a directory ---

const FIFO = Symbol('FIFO');
interface Link {
  readonly to: string;
}
/** What to make, by name: a file with this content, a directory with these entries, a FIFO, a link. */
interface Entries {
  readonly [name: string]: string | Buffer | typeof FIFO | Link | Entries;
}
type Files = Readonly<Record<string, string | Buffer>>;

function link(to: string): Link {
  return { to };
}

/** Makes a directory below that of the trial, with these entries. */
function make(trial: Trial, directory: string, entries: Entries): void {
  const path = join(trial.directory, directory);
  mkdirSync(path, { recursive: true });
  for (const [name, entry] of Object.entries(entries)) {
    const own = join(path, name);
    if (typeof entry === 'string' || Buffer.isBuffer(entry)) writeFileSync(own, entry);
    else if (entry === FIFO) execFileSync('mkfifo', [own]);
    else if (isLink(entry)) symlinkSync(entry.to, own);
    else make(trial, join(directory, name), entry as Entries);
  }
}

function isLink(entry: Entries[string]): entry is Link {
  return typeof (entry as Link).to === 'string';
}

/** A socket in the file system. Its path may have 108 bytes only, so it is made elsewhere and moved. */
async function makeSocket(trial: Trial, name: string): Promise<void> {
  const path = `/tmp/workbook-${process.pid}-${trial.random.int(0, 1e9)}`;
  const listening = async () => {
    const server = createServer().listen(path);
    await once(server, 'listening');
    return server;
  };
  await trial.own(listening(), (server) => server.close());
  renameSync(path, join(trial.directory, name));
}

/** Makes a directory in the source whose name is not UTF-8. False if this file system takes no such names. */
function makeOdd(trial: Trial, name: Buffer): boolean {
  try {
    mkdirSync(Buffer.concat([Buffer.from(`${join(trial.directory, SOURCE)}/`), name]));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EILSEQ') return false;
    throw error;
  }
}

/** Makes so many small files in the source, each with its name in it, and returns their names. */
function makeMany(trial: Trial, count: number): string[] {
  make(trial, SOURCE, {});
  const names = Array.from({ length: count }, (_, index) => `第${index}页.txt`);
  for (const name of names) writeFileSync(join(trial.directory, SOURCE, name), contentOf(name));
  return names;
}

function contentOf(name: string): string {
  return `${name}\n`.repeat(200);
}

const BIG = ['大片一.mp4', '大片二.mp4', '大片三.mp4'];
const BIG_SIZE = 256 * MIB;

/** Three large files that take no room on the disk: to read them gives zeros. The old ones go. */
function makeBig(trial: Trial): void {
  make(trial, SOURCE, {});
  for (const name of BIG) {
    const path = join(trial.directory, SOURCE, name);
    rmSync(path, { force: true });
    writeFileSync(path, '');
    truncateSync(path, BIG_SIZE);
  }
}

// --- what stands in a directory ---

interface Found {
  readonly kind: string;
  readonly size: number;
  /** Modification time in milliseconds. */
  readonly time: number;
  readonly bytes: Buffer;
}

/** What stands in a directory, by name. Of what is larger than a MiB the size only. */
function look(path: string): Map<string, Found> {
  return new Map(
    listing(path).map((name) => {
      const stats = lstatSync(join(path, name));
      const kind = kindOf(stats);
      // 0o400: some are made so that nobody may read them.
      const small = stats.isFile() && stats.size <= MIB && (stats.mode & 0o400) !== 0;
      const bytes = small ? readFileSync(join(path, name)) : Buffer.alloc(0);
      return [name, { kind, size: stats.size, time: stats.mtimeMs, bytes }];
    }),
  );
}

function kindOf(stats: Stats): string {
  if (stats.isFile()) return 'a file';
  if (stats.isDirectory()) return 'a directory';
  return stats.isSymbolicLink() ? 'a symbolic link' : 'no file';
}

function listing(path: string): string[] {
  return namesIn(path, 'utf8').map(String).sort();
}

/** The names in a directory; none if it is not there. */
function namesIn(path: string, encoding: 'utf8' | 'buffer'): (string | Buffer)[] {
  try {
    return readdirSync(path, encoding as 'buffer');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/** Inode number and time of change of each file: both stay as they are if nobody touches it. */
function inodes(path: string): string[] {
  return listing(path).map((name) => {
    const { ino, ctimeMs } = lstatSync(join(path, name));
    return `${name} ${ino} ${ctimeMs}`;
  });
}

/** True if anywhere in the destination a large file has begun to grow and is not whole. */
function isCopying(trial: Trial): boolean {
  const target = join(trial.directory, TARGET);
  try {
    return readdirSync(target, { recursive: true, withFileTypes: true }).some((entry) => {
      const { size } = lstatSync(join(entry.parentPath, entry.name));
      return entry.isFile() && size > 100 && size < BIG_SIZE;
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false; // renamed as we looked
    throw error;
  }
}

/** Waits until something can be seen, looking all the time. False if the program ended before that. */
async function watching(trial: Trial, program: Program, seen: () => boolean): Promise<boolean> {
  const looking = setInterval(() => trial.happenings.happened(), 2);
  const neither = () =>
    trial.fail({ saw: 'nothing was copied.', expected: 'the files are copied.' });
  try {
    return await trial.happenings.until(
      () => (seen() ? true : program.exit ? false : undefined),
      () => neither(),
      PATIENT,
    );
  } finally {
    clearInterval(looking);
  }
}

// --- one run of the program, and what is expected of it ---

interface RunOptions {
  /** Default: 照片 备份. */
  readonly args?: readonly string[];
  readonly through?: readonly string[];
}

/** Numbers in the order of the report: copied, unchanged, skipped, failed. */
type Counts = readonly [number, number, number, number];

interface Run {
  readonly program: Program;
  readonly counts: Counts | undefined;
}

async function backUp(
  trial: Trial,
  { args = [SOURCE, TARGET], through }: RunOptions = {},
): Promise<Run> {
  const program = await trial.start('backup', args, through ? { through } : {});
  await program.ended('at the end of the directory', PATIENT);
  const found = /^copied (\d+), unchanged (\d+), skipped (\d+), failed (\d+)$/.exec(
    program.stdout.lines.at(-1) ?? '',
  );
  return { program, counts: found ? (found.slice(1).map(Number) as unknown as Counts) : undefined };
}

interface Wanted extends RunOptions {
  /** What must stand in the destination, with its bytes. */
  readonly files: Files;
  /** Names that stand there as well. */
  readonly others?: readonly string[];
  /** Default: 备份, in the directory of the trial. */
  readonly target?: string;
  readonly counts?: Counts;
  readonly skipped?: Readonly<Record<string, string>>;
  readonly failed?: readonly string[];
  readonly status?: number;
  readonly afterKill?: boolean;
}

/** Runs the program, and compares all that can be seen of it with what is wanted. */
async function expectBackup(trial: Trial, wanted: Wanted): Promise<Run> {
  const { target = TARGET, files, others = [], skipped = {}, failed = [], status = 0 } = wanted;
  const before = listing(trial.directory);
  const run = await backUp(trial, wanted);
  const { program } = run;
  const there = look(resolved(trial, target));
  for (const [name, { bytes }] of there)
    trial.exchange.record({ kind: 'file', from: program.actor, note: name, bytes });
  const facts = {
    ...said(program),
    counts: run.counts,
    there,
    wanted,
    absent: !existsSync(resolved(trial, target)),
    source: look(join(trial.directory, SOURCE)),
    made: listing(trial.directory).filter((name) => !before.includes(name)),
  };
  sameFiles(trial, target, files, { others, facts, how: ending(program) });
  for (const [name, kind] of Object.entries(skipped)) {
    trial.must(program.stdout.lines.includes(`skipped ${name}: ${kind}`), {
      saw: `nothing on stdout says that ${name} is skipped as ${kind}. ${spoke(program)}`,
      expected: `a line on stdout: skipped ${name}: ${kind}`,
      facts,
    });
  }
  for (const name of failed) {
    const told = program.stderr.lines.some((line) => line.startsWith(`failed ${name}: `));
    trial.must(told, {
      saw: `nothing on stderr says that ${name} has failed. The program ended with ${ending(program)}.`,
      expected: `a line on stderr: failed ${name}: <why>`,
      facts,
    });
  }
  trial.must(!wanted.counts || `${run.counts}` === `${wanted.counts}`, {
    saw: `the report ends with: ${reportOf(program)}.`,
    expected: `its last line is: ${wanted.counts && reportLine(wanted.counts)}`,
    facts,
  });
  trial.must(program.exit?.code === status && !hasStack(program), {
    saw: `the program ended with ${ending(program)}.`,
    expected: status === 0 ? 'status 0: nothing failed.' : `status ${status}: something failed.`,
    facts,
  });
  return run;
}

interface Same {
  readonly others?: readonly string[];
  readonly how?: string;
  readonly facts?: Record<string, unknown>;
}

/** The directory must hold these files, with these bytes, these other names, and nothing else. */
function sameFiles(
  trial: Trial,
  directory: string,
  files: Files,
  { others = [], how, facts = {} }: Same = {},
): void {
  const there = look(resolved(trial, directory));
  const names = [...Object.keys(files), ...others];
  const missing = names.filter((name) => !there.has(name));
  const extra = [...there.keys()].filter((name) => !names.includes(name));
  const where = directory.split('/').at(-1);
  const also = how === undefined ? '' : ` The program ended with ${how}.`;
  trial.must(missing.length === 0, {
    saw: `in ${where} is no ${listed(missing)}.${also}`,
    expected: `in ${where}: ${listed(names)}.`,
    facts: { ...facts, missing },
  });
  trial.must(extra.length === 0, {
    saw: `in ${where} is also ${listed(extra)}.${also}`,
    expected:
      names.length === 0
        ? `nothing in ${where}.`
        : `in ${where}: ${listed(names)}, and nothing else.`,
    facts: { ...facts, extra },
  });
  for (const [name, content] of Object.entries(files)) {
    const [got, want] = [there.get(name), Buffer.from(content)];
    trial.must(got?.kind === 'a file', {
      saw: `${quoted(name)} in ${where} is ${got?.kind}.`,
      expected: 'it is a file.',
      facts: { ...facts, wrongKind: name },
    });
    if (got?.bytes.equals(want)) continue;
    trial.fail({
      saw: `${quoted(name)} in ${where} has ${count(got?.size ?? 0)}, and not the right ones.${also}`,
      expected: `its ${count(want.length)}, each as it is in the source.`,
      bytes: showDifference(want, got?.bytes ?? Buffer.alloc(0)),
      facts: { ...facts, differs: name, sent: want, got: got?.bytes ?? Buffer.alloc(0) },
    });
  }
}

/** With such arguments there is nothing to back up: one line, status 1. `why`: if a reason must be in it. */
async function expectRefusal(
  trial: Trial,
  args: readonly string[],
  when: string,
  { why = false } = {},
): Promise<void> {
  const { program } = await backUp(trial, { args });
  const { lines } = program.stderr;
  const fits = lines.length === 1 && /^backup: [^ :]/.test(lines[0] ?? '') && !hasStack(program);
  trial.must(program.exit?.code === 1 && fits, {
    saw: `${when}: the program ended with ${ending(program)}.`,
    expected: 'status 1 and one line on stderr: backup: <what failed>: <why>',
    facts: { refuses: when, exit: program.exit },
  });
  trial.must(!why || /^backup: [^ :].*: \S/.test(lines[0] ?? ''), {
    saw: `${when}, and all that the program said was: ${clean(lines[0] ?? '', 100)}`,
    expected: 'the reason, too: backup: <what failed>: <why>',
    facts: { refuses: when, exit: program.exit, reasonless: true },
  });
}

/** All of these files must be copied, but for those that are gone; of these each may be copied, or told as failed. */
function expectTheRest(
  trial: Trial,
  program: Program,
  names: readonly string[],
  gone: ReadonlySet<string>,
): void {
  const target = join(trial.directory, TARGET);
  const there = new Set(listing(target));
  const how = `The program ended with ${ending(program)}.`;
  const lost = names.filter((name) => !there.has(name) && !gone.has(name));
  const facts = { ...said(program), lost: lost.length };
  trial.must(lost.length === 0, {
    saw: `${lost.length} of ${names.length} files are not copied, ${quoted(lost[0])} among them. ${how}`,
    expected: 'every file that is there is copied, whatever happens to the others.',
    facts,
  });
  sameNames(
    trial,
    [...there],
    names.filter((name) => there.has(name)),
  );
  const bad = [...there].find(
    (name) => readFileSync(join(target, name), 'utf8') !== contentOf(name),
  );
  trial.must(bad === undefined, {
    saw: `${quoted(bad)} is there, but not all of it is right.`,
    expected: 'each copy is whole.',
    facts: { ...facts, differs: bad },
  });
  const failed = program.stderr.lines.filter((line) => line.startsWith('failed ')).length;
  const report = reportLine([there.size, 0, 0, failed]);
  const status = failed > 0 ? 1 : 0;
  trial.must(reportOf(program) === report && program.exit?.code === status && !hasStack(program), {
    saw: `${there.size} files are copied, ${failed} are told as failed, and the report ends with: ${reportOf(program)}. ${how}`,
    expected: `status ${status}, and as the last line: ${report}`,
    facts: { ...facts, misreported: true },
  });
}

/** What this run has said, where a check has more than one. */
function said({ exit, stdout, stderr }: Program): Record<string, unknown> {
  return { exit, stdout: stdout.text, stderr: stderr.text };
}

/** No control character of these names of directories is printed, and none is left out. */
function expectNoControl(
  trial: Trial,
  { stdout, stderr }: Program,
  names: readonly string[],
): void {
  const control = /[^\n\P{Cc}]/u.exec(stdout.text + stderr.text)?.[0];
  trial.must(control === undefined, {
    saw: `the report holds the byte ${showText(Buffer.from(control ?? ''), 24)} as it is.`,
    expected: 'a control character of a name is written so that one sees it.',
    facts: { control: true },
  });
  const bare = names.map((name) => name.replace(/\p{Cc}/gu, ''));
  const dropped = bare.find((name) => stdout.lines.includes(`skipped ${name}: a directory`));
  trial.must(dropped === undefined, {
    saw: `the report calls a directory ${quoted(dropped)}: its name without the control character.`,
    expected: 'a control character of a name is written so that one sees it.',
    facts: { control: true },
  });
}

/** Into pipes the report is all that is printed. */
function expectQuiet(trial: Trial, { stdout, stderr }: Program): void {
  trial.must(stdout.lines.length === 1 && stderr.text === '', {
    saw:
      stderr.text === ''
        ? `${stdout.lines.length} lines on stdout, the first: ${quoted(stdout.lines[0])}.`
        : `on stderr, which is a pipe: ${quoted(stderr.text)}.`,
    expected: 'one line on stdout, the report, and nothing on stderr.',
    facts: { chatty: stderr.text === '' ? 'stdout' : 'stderr' },
  });
}

/** After an end in the middle: no copy under its own name is half there; after a signal nothing else is there either. */
function expectWhole(trial: Trial, when: string, facts: Record<string, unknown>): void {
  const there = look(join(trial.directory, TARGET));
  const half = BIG.find((name) => {
    const size = there.get(name)?.size;
    return size !== undefined && size > 100 && size !== BIG_SIZE;
  });
  trial.must(half === undefined, {
    saw: `${when}, and ${half} is there with ${count(there.get(half ?? '')?.size ?? 0)} of ${count(BIG_SIZE)}.`,
    expected: 'the name of a copy stands for the old one, for the new one, or for nothing.',
    facts: { ...facts, half },
  });
  const extra = [...there.keys()].filter((name) => !BIG.includes(name));
  trial.must(facts.killed === true || extra.length === 0, {
    saw: `${when}, and ${listed(extra)} was left behind.`,
    expected: 'what was not finished is removed.',
    facts: { ...facts, leftOver: extra },
  });
}

/** Interrupts a backup in the middle of a large file, and looks at what is left. True if a file was copied to its end first. */
async function isHeardLate(trial: Trial, signal: 'SIGINT' | 'SIGTERM'): Promise<boolean> {
  rmSync(join(trial.directory, TARGET), { recursive: true, force: true });
  make(trial, TARGET, {});
  const program = await trial.start('backup', [SOURCE, TARGET]);
  const caught = await watching(trial, program, () => isCopying(trial));
  const before = countWhole(trial);
  if (caught) program.signal(signal);
  await program.ended(`after ${signal}`, PATIENT);
  if (!caught) {
    expectAll(trial, program);
    return false;
  }
  expectWhole(trial, `the program got ${signal} and ended with ${ending(program)}`, { signal });
  trial.must(program.exit?.code !== 0 && !hasStack(program), {
    saw: `after ${signal} the program ended with ${ending(program)}.`,
    expected: 'it clears up and ends by the signal, or with another status than 0.',
    facts: { signal, badEnd: true },
  });
  return countWhole(trial) > before;
}

/** How many large files stand under their own names, whole. */
function countWhole(trial: Trial): number {
  const there = look(join(trial.directory, TARGET));
  return BIG.filter((name) => there.get(name)?.size === BIG_SIZE).length;
}

/** A program that is too fast to be caught in the middle has copied everything. */
function expectAll(trial: Trial, program: Program): void {
  const there = look(join(trial.directory, TARGET));
  const missing = BIG.find((name) => there.get(name)?.size !== BIG_SIZE);
  trial.must(missing === undefined, {
    saw: `the program ended with ${ending(program)}, and ${missing} was not copied.`,
    expected: 'it copies the files, until it is interrupted.',
  });
}

function sameNames(trial: Trial, got: readonly string[], wanted: readonly string[]): void {
  const known = new Set(wanted);
  const extra = got.filter((name) => !known.has(name));
  trial.must(got.length === wanted.length && extra.length === 0, {
    saw: `${got.length} entries instead of ${wanted.length}${extra[0] === undefined ? '' : `, ${quoted(extra[0])} among them`}.`,
    expected: 'the copies, and nothing else.',
    facts: { extra },
  });
}

/** Mode, and modification time to the millisecond. */
function sameStats(trial: Trial, names: readonly string[]): void {
  for (const name of names) {
    const [want, got] = [SOURCE, TARGET].map((one) => lstatSync(join(trial.directory, one, name)));
    const modes = [want, got].map((stats) => ((stats?.mode ?? 0) & 0o7777).toString(8));
    trial.must(modes[0] === modes[1], {
      saw: `${name} has the mode ${modes[0]}, and its copy ${modes[1]}.`,
      expected: 'the same mode.',
      facts: { mode: true },
    });
    const late = Math.abs((got?.mtimeMs ?? 0) - (want?.mtimeMs ?? 0));
    trial.must(late < 1, {
      saw: `${name} is from ${want?.mtime.toISOString()}, and its copy from ${got?.mtime.toISOString()}.`,
      expected: 'the same modification time, to the millisecond.',
      facts: { late },
    });
  }
}

/** How often a bar may be drawn in a second, and how often besides. */
const DRAWN = 20;

function expectBar(trial: Trial, screen: string, report: string, seconds: number): void {
  const facts = { screen };
  const last = reportLine([1_000, 0, 0, 0]);
  const end = report.trimEnd().split('\n').at(-1);
  trial.must(end === last && !report.includes('\r'), {
    saw: `on stdout, which is a file, the last line is: ${quoted(end)}.`,
    expected: `the report, and no bar: ${last}`,
    facts: { ...facts, bar: report.includes('\r') ? 'in the report' : 'report' },
  });
  trial.must(screen.includes('\r') && screen.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '').trim() !== '', {
    saw: screen === '' ? 'nothing on stderr.' : `on stderr: ${quoted(screen)}.`,
    expected: 'how far it is, on one line that begins again with \\r.',
    facts: { ...facts, bar: 'none' },
  });
  trial.must(!screen.includes('\n'), {
    saw: `the bar takes ${screen.split('\n').length} lines.`,
    expected: 'one line, drawn again and again: \\r leads back to its beginning.',
    facts: { ...facts, bar: 'lines' },
  });
  const drawn = screen.split('\r').filter((part) => part.trim() !== '').length;
  const most = Math.ceil(DRAWN * (seconds + 1));
  trial.must(drawn <= most, {
    saw: `the bar was drawn ${drawn.toLocaleString('en')} times in ${seconds.toFixed(1)} s.`,
    expected: `at most ${DRAWN} times in a second.`,
    facts: { ...facts, bar: 'too often' },
  });
  trial.must(lastLine(screen).trim() === '', {
    saw: `at the end there still stands: ${quoted(lastLine(screen))}.`,
    expected: 'the line is empty at the end.',
    facts: { ...facts, bar: 'stays' },
  });
}

/** Where all goes to one terminal, each entry that is told has a line of its own, and so has the report. */
async function expectRows(trial: Trial, source: string): Promise<void> {
  const program = await trial.start('backup', [source, '占了'], { through: inTerminal() });
  await program.ended('at the end of the directory', PATIENT);
  const rows = program.stdout.text
    .split('\n')
    .map((row) => lastLine(row.replace(/\r$/, '')).trimEnd())
    .filter((row) => row !== '');
  const odd = rows.find((row) => !/^(skipped|failed|copied) /.test(row));
  trial.must(odd === undefined, {
    saw: `in a terminal there stands at the end: ${listed(rows)}.`,
    expected: 'what is reported, each on a line of its own; nothing is left of the bar.',
    facts: { bar: /(skipped|failed|copied) /.test(odd ?? '') ? 'in the line' : 'other lines' },
  });
}

/** What stands in the line of a terminal after all that. It knows \r, ESC [ K and ESC [ 2 K. */
function lastLine(screen: string): string {
  let line: string[] = [];
  let at = 0;
  for (const [part] of screen.matchAll(/\x1b\[[0-9;]*[A-Za-z]|./gsu)) {
    if (part === '\r') at = 0;
    else if (part === '\x1b[2K') line = [];
    else if (/^\x1b\[0?K$/.test(part)) line = line.slice(0, at);
    else if (!part.startsWith('\x1b')) {
      while (line.length < at) line.push(' ');
      line[at] = part;
      at += 1;
    }
  }
  return line.join('');
}

// --- what the diagnoses ask ---

interface RunSeen extends Seen, Run {
  readonly wanted: Wanted;
  readonly source: ReadonlyMap<string, Found>;
  readonly there: ReadonlyMap<string, Found>;
  readonly extra?: readonly string[];
}

/** A question about a run that was compared with what is wanted. */
function seeing(when: (seen: RunSeen) => boolean): (seen: Seen) => boolean {
  return (seen) => seen.wanted !== undefined && when(seen as RunSeen);
}

/** The names of the entries of these kinds. */
function named(entries: ReadonlyMap<string, Found>, ...kinds: readonly string[]): string[] {
  return [...entries].filter(([, { kind }]) => kinds.includes(kind)).map(([name]) => name);
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

// --- words ---

let script: boolean | undefined;

function hasScript(): boolean {
  return (script ??= /util-linux/.test(
    spawnSync('script', ['--version']).stdout?.toString() ?? '',
  ));
}

function resolved(trial: Trial, path: string): string {
  return path.startsWith('/') ? path : join(trial.directory, path);
}

/** `status 1 and said: …`, `status 1 and a stack trace`, `status 0 and said nothing on stderr`. */
function ending(program: Program): string {
  const { exit, stderr } = program;
  const how = exit?.signal ?? `status ${exit?.code}`;
  if (hasStack(program)) return `${how} and a stack trace`;
  if (stderr.lines.length === 0) return `${how} and said nothing on stderr`;
  const more = stderr.lines.length > 1 ? `, and ${stderr.lines.length - 1} more` : '';
  return `${how} and said: ${clean(stderr.lines[0] ?? '', 100)}${more}`;
}

function hasStack({ stderr }: Program): boolean {
  return /^(\s+at .+:\d|Traceback |Node\.js v\d)/m.test(stderr.text);
}

function reportOf({ stdout }: Program): string {
  return clean(stdout.lines.at(-1) ?? 'nothing', 80);
}

function reportLine([copied, unchanged, skipped, failed]: Counts): string {
  return `copied ${copied}, unchanged ${unchanged}, skipped ${skipped}, failed ${failed}`;
}

/** What it said instead. */
function spoke(program: Program): string {
  const { stdout, stderr } = program;
  if (stderr.lines.length > 0) return `The program ended with ${ending(program)}.`;
  return stdout.lines.length === 0 ? 'stdout is empty.' : `There is: ${listed(stdout.lines)}.`;
}

function quoted(text = ''): string {
  return showText(Buffer.from(text), 60);
}

/** At most four of them. */
function listed(texts: readonly string[]): string {
  const more = texts.length > 4 ? `, and ${texts.length - 4} more` : '';
  return texts.slice(0, 4).map(quoted).join(', ') + more;
}

function count(bytes: number): string {
  return `${bytes.toLocaleString('en')} byte${bytes === 1 ? '' : 's'}`;
}
