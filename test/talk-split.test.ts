// The graded checks of talk-split: a dialogue goes in as a file, files come out, and nothing else is looked at.
import { isUtf8 } from 'node:buffer';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { firstDifference, showDifference, showText } from '#harness/bytes';
import { withFacts } from '#harness/failure';
import { lesson, type Program, type Seen, type Trial } from '#harness';

const REPLACEMENT = '\uFFFD';
const BOM = '\uFEFF';
const MIB = 1024 * 1024;
/** Every size in which programs read files is a multiple of this many bytes. */
const PAGE = 4096;

const NAMES = ['老王', '老李', '小芳', '阿明', '老陈', '欧阳娜'];
const SPEECHES = ['吃了么', '没呢，您呢？', '遛弯啊，刚买菜回来', '是啊', '一言为定！', '再见'];

export default lesson({
  lesson: 'talk-split',
  steps: [
    'Parse one line',
    'One file per speaker',
    'Run it again, and files from Windows',
    'A long dialogue in constant memory',
    'Odd names and bad input',
  ],
  checks: [
    {
      id: 'both-colons',
      step: 1,
      points: 9,
      title:
        'writes what was said into the file of the one who said it, after either colon, ： or :',
      async run(trial) {
        const [a = '', b = ''] = trial.random.shuffle(NAMES);
        const speech = trial.random.pick(SPEECHES);
        await expectSplit(trial, `  ${a}：   ${speech}\n  ${b}:没呢\n${a} : 走吧 \n${b}：好\n`, {
          [a]: [speech, '走吧'],
          [b]: ['没呢', '好'],
        });
      },
    },
    {
      id: 'first-colon',
      step: 1,
      points: 5,
      title: 'separates at the first colon, and leaves all others to the speech',
      async run(trial) {
        const hour = trial.random.int(10, 23);
        await expectSplit(
          trial,
          `小李：他说：好\n老王: ${hour}:30 见\n老张：现在 ${hour}:15 了\n老陈: 记住：不见不散：\n`,
          {
            小李: ['他说：好'],
            老王: [`${hour}:30 见`],
            老张: [`现在 ${hour}:15 了`],
            老陈: ['记住：不见不散：'],
          },
        );
      },
    },
    {
      id: 'sample',
      step: 2,
      points: 9,
      title:
        'separates the dialogue of this lesson into three files, and says how many lines each one spoke',
      async run(trial) {
        const sample = await readFile(new URL('../exercises/talk-split/talk.txt', import.meta.url));
        const first = await expectSplit(trial, sample.toString(), {
          阿明: ['早啊，今天这么早？', '要一杯，少糖', '一言为定！'],
          小芳: ['早，我去买豆浆，你要吗？', '陈叔早，给您也带一杯', '还有两根油条'],
          老陈: ['你们说什么呢：又是豆浆？', '那我 12:30 请你们吃面'],
        });
        expectSummary(trial, first, ['阿明: 3', '小芳: 3', '老陈: 2']);
        // Without the files of the first: what a second run does with them is asked for elsewhere.
        await rm(join(trial.directory, 'out'), { recursive: true });
        const [a = '', b = '', c = ''] = trial.random.shuffle(NAMES);
        // Who speaks first says least: neither the most lines nor the alphabet decide the order.
        const second = await expectSplit(
          trial,
          `${a}：一\n${b}：一\n${c}：一\n还有\n${b}：二\n${c}：二\n`,
          { [a]: ['一'], [b]: ['一', '二'], [c]: ['一', '还有', '二'] },
        );
        expectSummary(trial, second, [`${a}: 1`, `${b}: 2`, `${c}: 3`]);
      },
    },
    {
      id: 'blank-lines',
      step: 2,
      points: 4,
      title: 'skips blank lines, and takes a last line that has no line end',
      async run(trial) {
        const [a = '', b = ''] = trial.random.shuffle(NAMES);
        await expectSplit(trial, `\n   \n${a}：早\n\n\t\n${b}：早\n\n\n${a}：回见`, {
          [a]: ['早', '回见'],
          [b]: ['早'],
        });
      },
    },
    {
      id: 'no-colon',
      step: 2,
      points: 4,
      title: 'gives a line without a colon to the speaker before it, as a line of its own',
      async run(trial) {
        const [a = '', b = ''] = trial.random.shuffle(NAMES);
        await expectSplit(trial, `${a}：买豆浆\n  还有油条\n\n  还有鸡蛋\n${b}：好\n  多少钱\n`, {
          [a]: ['买豆浆', '还有油条', '还有鸡蛋'],
          [b]: ['好', '多少钱'],
        });
      },
    },
    {
      id: 'inner-spaces',
      step: 2,
      points: 4,
      title: 'keeps what stands inside: spaces, signs, an empty speech',
      async run(trial) {
        const speech = `"一  二\t三\u3000四", how are you? ${trial.random.int(10, 99)}% {}`;
        await expectSplit(
          trial,
          `小芳：  ${speech}  \nOld Wang: fine, thanks\n小芳：\n小芳：好\n`,
          {
            小芳: [speech, '', '好'],
            'Old Wang': ['fine, thanks'],
          },
        );
      },
    },
    {
      id: 'in-order',
      step: 2,
      points: 5,
      title: 'keeps what was said in its order, and has all of it written when it ends',
      async run(trial) {
        // The first line is short. A long one is written in several pieces, and takes longer than the short one behind it: whoever does not wait
        // for it finds the short one before it or in the middle of it.
        const spoken: Record<string, string[]> = { 老王: [], 小芳: [] };
        let source = '';
        for (let count = 0; count < 24; count += 1) {
          const name = trial.random.pick(['老王', '小芳']);
          const long =
            count % 3 === 1 ? 'and then '.repeat(trial.random.int(80_000, 120_000)) : '短';
          const speech = `${count} ${long.trim()}`;
          spoken[name]?.push(speech);
          source += `${name}：${speech}\n`;
        }
        // A short one before it: who cannot write even that has another fault than who cannot write a long one.
        await expectSplit(trial, '老王：早\n小芳：好\n', { 老王: ['早'], 小芳: ['好'] });
        const out = join(trial.directory, 'out');
        await rm(out, { recursive: true });
        const facts = () => ({ longSource: Buffer.byteLength(source), writtenTo: sizesIn(out) });
        await expectSplit(trial, source, spoken).catch(withFacts(facts));
      },
    },
    {
      id: 'nothing-said',
      step: 2,
      points: 2,
      title: 'makes no file of a dialogue in which nobody speaks',
      async run(trial) {
        const empty = await expectSplit(trial, '', {});
        expectSummary(trial, empty, []);
        await expectSplit(trial, '\n  \n\u3000\n', {});
        // Nor does a program that does nothing at all. This one makes a file as soon as somebody speaks.
        await expectSplit(trial, '\n老王：在\n', { 老王: ['在'] });
      },
    },
    {
      id: 'again',
      step: 3,
      points: 8,
      title: 'gives the same files when it is run again, with nothing of an earlier run in them',
      async run(trial) {
        const [a = '', b = ''] = trial.random.shuffle(NAMES);
        const spoken = { [a]: ['说来话长，'.repeat(20), '真的'], [b]: ['嗯'] };
        const source = `${a}：${spoken[a]?.[0]}\n${b}：嗯\n${a}：真的\n`;
        await expectSplit(trial, source, spoken);
        await expectSplit(trial, source, spoken, { earlier: spoken });
        // And a file that is not of this dialogue stays as it is, that of a speaker who now says nothing as well.
        await trial.write('out/diary.md', '今天很好\n');
        await expectSplit(
          trial,
          `${a}：短\n`,
          { [a]: ['短'] },
          {
            earlier: spoken,
            kept: { 'diary.md': '今天很好\n', [`${b}.txt`]: '嗯\n' },
          },
        );
      },
    },
    {
      id: 'windows',
      step: 3,
      points: 6,
      title: 'reads a file from Windows: a byte order mark in front, CR LF at each line end',
      async run(trial) {
        const [a = '', b = ''] = trial.random.shuffle(NAMES);
        await expectSplit(
          trial,
          `${BOM}${a}：吃了么\r\n\r\n${b}: 没呢\r\n  您呢？\r\n${a}：走吧\r\n`,
          {
            [a]: ['吃了么', '走吧'],
            [b]: ['没呢', '您呢？'],
          },
        );
      },
    },
    {
      id: 'wide-spaces',
      step: 3,
      points: 4,
      title: 'cuts off the wide space U+3000 of Chinese text and tabs like any other space',
      async run(trial) {
        const [a = '', b = ''] = trial.random.shuffle(NAMES);
        await expectSplit(
          trial,
          `\u3000\u3000${a}\u3000：\u3000吃了么\u3000\n\t${b}\t:\t没呢\t\n\u3000\n \u3000${a}：走吧\n`,
          { [a]: ['吃了么', '走吧'], [b]: ['没呢'] },
        );
      },
    },
    {
      id: 'cut-characters',
      step: 4,
      points: 6,
      title: 'keeps every character whole, also where the file is read in chunks',
      async run(trial) {
        const { bytes, spoken } = acrossBorders(trial, 1);
        await expectSplit(trial, bytes, spoken);
      },
    },
    {
      id: 'constant-memory',
      step: 4,
      points: 8,
      title: 'separates 128 MiB without keeping them in memory',
      timeLimit: 60_000,
      run: expectConstantMemory,
    },
    {
      id: 'odd-names',
      step: 5,
      points: 5,
      title: 'takes names that mean something to a programmer, and keeps their order',
      async run(trial) {
        const names = ['constructor', '10', '__proto__', '7', 'toString'];
        const said = `${trial.random.int(100, 999)}`;
        const source = names.map((name) => `${name}: ${said}\n${name}：好\n`).join('');
        const separated = await expectSplit(
          trial,
          source,
          names.map((name) => [name, [said, '好']]),
        );
        expectSummary(
          trial,
          separated,
          names.map((name) => `${name}: 2`),
        );
      },
    },
    {
      id: 'slashes',
      step: 5,
      points: 6,
      title: 'writes nothing outside its directory, and gives each name a file of its own',
      async run(trial) {
        const outside = join(trial.directory, 'gone');
        const names: readonly (readonly [name: string, file: string])[] = [
          ['x', 'x'],
          ['../x', '..%2Fx'],
          ['a/b', 'a%2Fb'],
          ['a%2Fb', 'a%252Fb'],
          ['a\\b', 'a%5Cb'],
          ['a_b', 'a_b'],
          ['b', 'b'],
          ['.', '.'],
          ['..', '..'],
          ['a\0b', 'a%00b'],
          [outside, outside.replaceAll('/', '%2F')],
        ];
        await expectSplit(
          trial,
          names.map(([name]) => `${name}：我是 ${name}\n`).join(''),
          names.map(([name, file]) => [file, [`我是 ${name}`]]),
        );
      },
    },
    {
      id: 'long-name',
      step: 5,
      points: 3,
      title: 'takes a name for a file of 255 bytes, and says which line has a longer one',
      async run(trial) {
        // 83 Chinese characters are 249 bytes; with two letters and .txt there are 255.
        const most = `${'长'.repeat(83)}ab`;
        await expectSplit(trial, `${most}：我的名字很长\n`, { [most]: ['我的名字很长'] });
        await expectBadLine(trial, `老王：早\n${'长'.repeat(90)}：我的更长\n`, 2);
        await expectBadLine(trial, `${'长'.repeat(84)}：我的也长\n`, 1);
      },
    },
    {
      id: 'nobody-spoke',
      step: 5,
      points: 3,
      title: 'says which line has no speaker: no colon, and nobody spoke before it',
      async run(trial) {
        const blank = trial.random.int(1, 5);
        await expectBadLine(trial, `${'\n'.repeat(blank)}早上好\n老王：早\n`, blank + 1);
      },
    },
    {
      id: 'no-name',
      step: 5,
      points: 2,
      title: 'says which line has no name before its colon',
      async run(trial) {
        await expectBadLine(trial, '老王：早\n\n   ：谁在说话\n老王：不是我\n', 3);
      },
    },
    {
      id: 'not-utf8',
      step: 5,
      points: 5,
      title: 'says which line is not UTF-8, and writes U+FFFD only where it stands in the dialogue',
      async run(trial) {
        // 老王：吃了么 in GBK, the encoding of older Chinese Windows.
        const gbk = Buffer.from('c0cfcdf5a3bab3d4c1cbc3b40a', 'hex');
        // Somebody spoke before it: that it has no colon is not what is wrong with it.
        await expectBadLine(trial, Buffer.concat([Buffer.from('小芳：早\n'), gbk]), 2);
        const whole = Buffer.from('老王：早\n\n老李：没');
        await expectBadLine(trial, whole.subarray(0, -2), 3);
        const lines = trial.random.int(1000, 1500);
        // All of it ASCII: wherever a chunk ends, no character but those of the bad line is cut.
        const before = Buffer.from(`Old Wang: ${'and then '.repeat(40)}\n`.repeat(lines));
        await expectBadLine(trial, Buffer.concat([before, gbk, before]), lines + 1);
        // U+FFFD itself is EF BF BD, and that is UTF-8. Without the files of the runs before.
        await rm(join(trial.directory, 'out'), { recursive: true, force: true });
        await expectSplit(trial, `老王：看${REPLACEMENT}号\n`, { 老王: [`看${REPLACEMENT}号`] });
      },
    },
    {
      id: 'no-file',
      step: 5,
      points: 2,
      title: 'says in one line which file cannot be read or written',
      async run(trial) {
        await expectOneLine(trial, ['nowhere.txt', 'out'], 'when there was no dialogue');
        await trial.write('talk.txt', '老王：早\n');
        await trial.write('taken', 'a file, not a directory\n');
        await expectOneLine(trial, ['talk.txt', 'taken'], 'when a file stood where out should be');
        await mkdir(join(trial.directory, 'out', '老王.txt'), { recursive: true });
        await expectOneLine(trial, ['talk.txt', 'out'], 'when it could not write 老王.txt');
      },
    },
  ],
  diagnoses: [
    {
      id: 'cut-character',
      when: seeing(
        ({ check, files, stderr }) =>
          check === 'cut-characters' &&
          ([...files.values()].some(isDamaged) || /utf-?8|ERR_ENCODING_INVALID/i.test(stderr)),
      ),
      cause: () =>
        'a chunk ended inside a character, and each chunk was looked at by itself. EF BF BD, U+FFFD, is the sign for what could not be read.',
      step: 4,
      hint: 2,
    },
    {
      id: 'decodes-anything',
      when: ({ replaced }) => replaced === true,
      cause: () =>
        'decoding does not fail by itself: it writes U+FFFD for what it cannot read. Ask first, or use a decoder that is fatal.',
      step: 5,
      hint: 2,
    },
    {
      id: 'refuses-replacement',
      when: seeing(
        ({ check, stderr, source }) =>
          check === 'not-utf8' &&
          isUtf8(source) &&
          isDamaged(source.toString()) &&
          /\bline 1\b/.test(lastSaid(stderr)),
      ),
      cause: () =>
        'the line was refused since U+FFFD stands in it. That is a character like others, EF BF BD: a correct file may hold it. Ask the bytes, not the text that was made of them.',
      step: 5,
      hint: 3,
    },
    {
      id: 'half-character-left',
      when: ({ check, badLine, source, stderr, files }) =>
        check === 'not-utf8' &&
        badLine !== undefined &&
        // Only the run before, with bad bytes inside the file, has said anything.
        /\bline 2\b/.test(lastSaid(stderr)) &&
        files instanceof Map &&
        Buffer.isBuffer(source) &&
        endsInsideCharacter(source) &&
        sourceLines(source.subarray(0, source.lastIndexOf(0x0a) + 1)).every((line) =>
          linesOf((files as Files).get(`${splitLine(line).name}.txt`) ?? '').includes(
            splitLine(line).speech,
          ),
        ),
      cause: () =>
        'the file ends inside a character, and nobody asked for the rest. A decoder with `stream: true` keeps half a character until more comes: only a last decode() without it tells that nothing comes.',
      step: 5,
      hint: 3,
    },
    {
      id: 'left-the-directory',
      when: ({ outside }) => outside === true,
      cause: () =>
        'the name is used as a path as it is: `..` leads out of the directory, and a `/` into another one.',
      step: 5,
      hint: 3,
    },
    {
      id: 'first-slash-only',
      when: seeing(
        ({ check, exit, stderr, files }) =>
          check === 'slashes' &&
          // A slash behind an encoded one, in the same name.
          ((exit?.code !== 0 && /%2F[^'\n]*\/[^'\n]*\.txt/i.test(stderr)) ||
            [...files.keys()].some((name) => /%2F.*\//i.test(name))),
      ),
      cause: () =>
        'the first `/` of the name is encoded, the next one is not: replace() with a text replaces one only. Take replaceAll(), or a regular expression with the flag g.',
      step: 5,
      hint: 3,
    },
    {
      id: 'slash-in-name',
      when: seeing(
        ({ check, exit, stderr, files }) =>
          check === 'slashes' &&
          ((exit?.code !== 0 && /\b(ENOENT|ENOTDIR|ERR_INVALID_ARG_VALUE)\b/.test(stderr)) ||
            [...files.keys()].some((name) => name.includes('/'))),
      ),
      cause: () =>
        'a `/` in a file name means a directory, and a NUL cannot stand in one at all. They must be written in another way.',
      step: 5,
      hint: 3,
    },
    {
      id: 'encoded-twice',
      when: seeing(({ extra = [], wanted }) =>
        extra.some((name) => name.includes('%25') && wanted.has(name.replaceAll('%25', '%'))),
      ),
      cause: () =>
        'the `%` of a `%2F` was encoded again, as %252F. Encode `%` before all others, or all of them in one pass.',
      step: 5,
      hint: 3,
    },
    {
      id: 'all-encoded',
      when: seeing(({ extra = [], wanted }) =>
        extra.some((name) => !wanted.has(name) && wanted.has(decoded(name))),
      ),
      cause: () =>
        'more is encoded than has to be: only `/`, `\\`, NUL and `%` are, all else stays.',
      step: 5,
      hint: 3,
    },
    {
      id: 'names-meet',
      when: seeing(
        ({ check, exit, files, wanted }) =>
          check === 'slashes' &&
          exit?.code === 0 &&
          (files.size < wanted.size ||
            [...files.values()].some((text) => linesOf(text).length > 1)),
      ),
      cause: () =>
        'two names end in the same file, for example a/b and a_b, or a/b and a%2Fb. Only if `%` is encoded as well can no two names meet.',
      step: 5,
      hint: 3,
    },
    {
      id: 'plain-object',
      when: (seen) =>
        seen.check === 'odd-names' &&
        ((Array.isArray(seen.summary) && seen.summary[0] === '7: 2') ||
          /is not a function/.test(seen.crash?.message ?? '') ||
          seeing(
            ({ files, wanted }) =>
              files.get('7.txt') === wanted.get('7.txt') &&
              [...wanted].some(([name, text]) => nameOf(name) in {} && files.get(name) !== text),
          )(seen)),
      cause: () =>
        'an object {} already has a `constructor` and other properties, and it puts names of digits first. A Map does neither.',
      step: 5,
      hint: 2,
    },
    {
      id: 'last-colon',
      when: seeing((seen) => namesWithColon(seen).some(({ own, next }) => own.includes(next))),
      cause: () => 'the line is separated at its last colon. The first one counts.',
      step: 1,
      hint: 3,
    },
    {
      id: 'preferred-colon',
      when: seeing((seen) => {
        const known = knownColons(seen);
        return namesWithColon(seen).some(({ own }) => known.has(firstColon(own)));
      }),
      cause: () =>
        'one kind of colon is looked for first, and the other one only if there is none. Whichever comes first in the line counts.',
      step: 1,
      hint: 3,
    },
    {
      id: 'name-kept',
      when: seeing(({ source, files }) =>
        [...files].some(([file, text]) => {
          const [first = ''] = linesOf(text);
          return splitLine(first)?.name === nameOf(file) && sourceLines(source).includes(first);
        }),
      ),
      cause: () =>
        'the whole line is written. Only what stands behind the colon belongs in the file.',
      step: 1,
      hint: 3,
    },
    {
      id: 'one-colon',
      when: seeing((seen) => {
        const unsplit = unsplitColons(seen);
        const refused = refusedLine(seen) ?? '';
        return (
          namesWithColon(seen).length > 0 ||
          (unsplit.size === 1 && !hasKnown(unsplit, seen)) ||
          (/[:：]/.test(refused) && !/utf-?8|\blong\b/i.test(seen.stderr))
        );
      }),
      cause: () =>
        'only one of the two colons is known: the dialogue has the full-width `：` of Chinese text and the ASCII `:`.',
      step: 1,
      hint: 3,
    },
    {
      id: 'colon-and-space',
      when: seeing((seen) => {
        const unsplit = unsplitColons(seen);
        return unsplit.size === 1 && hasKnown(unsplit, seen);
      }),
      cause: () =>
        'some lines with this colon were separated, others were not. A colon separates with a space beside it as well as without.',
      step: 1,
      hint: 3,
    },
    {
      id: 'cut-at-colon',
      when: seeing((seen) =>
        differences(seen).some(
          ({ got, wanted = '' }) =>
            got && wanted.startsWith(got) && /^\s*[:：]/.test(wanted.slice(got.length)),
        ),
      ),
      cause: () =>
        'what was said is cut at its next colon: split() separates at every colon, not at the first one only.',
      step: 1,
      hint: 3,
    },
    {
      id: 'cr-kept',
      when: seeing(
        (seen) =>
          [...seen.files].flat().some((text) => text.includes('\r')) ||
          (seen.source.includes('\r') && unsplitColons(seen).size === 2),
      ),
      cause: () =>
        'a line of a Windows file ends with CR LF, and the CR (\\r) was not cut off. It is a space like any other; `.` and `$` of a regular expression stop before it.',
      step: 3,
      hint: 2,
    },
    {
      id: 'bom-kept',
      when: seeing(({ files }) => [...files.keys()].some((name) => name.includes(BOM))),
      cause: () =>
        'a byte order mark, U+FEFF, stands at the beginning of the file, and became part of the first name.',
      step: 3,
      hint: 2,
    },
    {
      id: 'spaces-kept',
      when: seeing(
        (seen) =>
          extraOf(seen).some((name) => seen.wanted.has(`${nameOf(name).trim()}.txt`)) ||
          differences(seen).some(({ got, wanted }) => got !== wanted && got?.trim() === wanted),
      ),
      cause: (seen) =>
        [...(seen as SplitSeen).files].flat().some((text) => /^\u3000|\u3000(\.txt)?$/m.test(text))
          ? 'the wide space U+3000 was not cut off. It is a space like any other: trim() and \\s know it, a list of your own may not.'
          : 'the spaces around the name, or around what was said, were not cut off.',
      step: 1,
      hint: 2,
    },
    {
      id: 'inner-spaces',
      when: seeing((seen) =>
        differences(seen).some(
          ({ got = '', wanted = '' }) => got.length < wanted.length && bare(got) === bare(wanted),
        ),
      ),
      cause: () => 'spaces inside a line were taken out. Only those at its two ends are cut off.',
      step: 1,
      hint: 2,
    },
    {
      id: 'empty-speech',
      when: seeing((seen) =>
        differences(seen).some(({ got, wanted }) => wanted === '' && got !== wanted),
      ),
      cause: () =>
        'a line with a name and nothing behind its colon was left out. Somebody spoke, and said nothing: it is an empty line in the file.',
      step: 2,
      hint: 4,
    },
    {
      id: 'blank-line-crash',
      when: seeing(
        ({ check, crash, source, files }) =>
          (check === 'blank-lines' || check === 'nothing-said') &&
          files.size === 0 &&
          /^TypeError\b.*\b(undefined|null)\b/.test(crash?.message ?? '') &&
          /^\s*\n/.test(source.toString()),
      ),
      cause: () =>
        "the dialogue begins with blank lines, and nobody spoke before them: there is no speaker yet to whom one could be given. A line of nothing but spaces is blank, too, not only ''.",
      step: 2,
      hint: 3,
    },
    {
      id: 'blank-line',
      when: seeing((seen) => {
        const { files, source } = seen;
        const nobody = NOBODY.map((name) => files.get(name)).find((text) => text !== undefined);
        if (nobody !== undefined) {
          const hasBlank = linesOf(nobody).some((line) => line.trim() === '');
          return hasBlank || linesWithoutColon(source).length === 0;
        }
        return (
          refusedLine(seen)?.trim() === '' ||
          (hasBlankLines(source) &&
            differences(seen).some(({ got, wanted }) => got === '' && wanted !== ''))
        );
      }),
      cause: () =>
        'a blank line was taken for a line of somebody. A line is blank if nothing is left of it without its spaces, the wide ones (U+3000) among them.',
      step: 2,
      hint: 3,
    },
    {
      id: 'blank-line-ends',
      when: seeing((seen) => {
        const refused = refusedLine(seen)?.trim() ?? '';
        const without = linesWithoutColon(seen.source);
        const lines = linesOf(seen.source.toString()).map((line) => line.trim());
        // Behind a blank line; and one that was not behind a blank line was taken.
        return without.indexOf(refused) > 0 && lines[lines.indexOf(refused) - 1] === '';
      }),
      cause: () =>
        'after a blank line nobody is speaking any more. A blank line is skipped, and changes nothing: the next line still belongs to the speaker before it.',
      step: 2,
      hint: 4,
    },
    {
      id: 'no-colon-line',
      when: seeing((seen) => {
        const without = linesWithoutColon(seen.source);
        const isWithout = (line: string) => without.includes(line);
        return (
          NOBODY.some((name) => seen.files.has(name)) ||
          // slice(0, -1): the line without its last character.
          extraOf(seen).some((file) => without.some((line) => line.startsWith(nameOf(file)))) ||
          (isWhole(seen) && lostLines(seen).some(isWithout)) ||
          isWithout(refusedLine(seen)?.trim() ?? '')
        );
      }),
      cause: () =>
        'a line without a colon has no name. It belongs to the speaker before it, and is a line of its own.',
      step: 2,
      hint: 3,
    },
    {
      id: 'already-there',
      when: seeing(({ earlier, stderr }) => earlier.size > 0 && stderr.includes('EEXIST')),
      cause: () =>
        'the directory or the files of the first run are there already. That is no error: make and write them anyway.',
      step: 3,
      hint: 2,
    },
    {
      id: 'directory-emptied',
      when: seeing(({ missing = [], kept }) => missing.some((name) => kept.has(name))),
      cause: () =>
        'the directory was emptied first, with files in it that are not from this dialogue. Write over your own files only.',
      step: 3,
      hint: 3,
    },
    {
      id: 'appended',
      when: seeing(({ earlier, files, wanted }) =>
        [...earlier].some(([name, text]) => {
          const got = files.get(name) ?? '';
          return got !== wanted.get(name) && got === text + (wanted.get(name) ?? '');
        }),
      ),
      cause: () =>
        'the second run appended to the files of the first. The flag `a` keeps what is in a file, `w` begins anew.',
      step: 3,
      hint: 3,
    },
    {
      id: 'not-emptied',
      when: seeing(({ earlier, files, wanted }) =>
        [...earlier].some(([name, text]) => {
          const [got, want] = [files.get(name) ?? '', wanted.get(name) ?? ''];
          // It may begin in the middle of a character.
          const behind = got.slice(want.length).replace(/^\uFFFD+/, '');
          return behind !== '' && got.startsWith(want) && text.endsWith(behind);
        }),
      ),
      cause: () =>
        'the file was written over from its beginning, but what was longer in it is still there. The flag `w` empties it first, `r+` does not.',
      step: 3,
      hint: 3,
    },
    {
      id: 'written-again',
      when: (seen) =>
        wroteMoreThanAll(seen) ||
        seeing(
          ({ check, exit, files, wanted }) =>
            (check === 'in-order' || check === 'cut-characters') &&
            exit?.code === 0 &&
            [...wanted].some(([name, text]) => {
              const [got, right] = [linesOf(files.get(name) ?? ''), linesOf(text)];
              const known = new Set(right);
              return got.length > right.length && got.every((line) => known.has(line));
            }),
        )(seen),
      cause: () =>
        'what was written already was written again, with all that came before it. Once it is in the file, nothing of it is pending any more: empty `pending`.',
      step: 4,
      hint: 3,
    },
    {
      id: 'last-batch-only',
      when: seeing(({ check, exit, source, files, wanted }) => {
        if (exit?.code !== 0 || source.length < BATCHES) return false;
        const wrong = [...wanted].filter(([name, text]) => files.get(name) !== text);
        const isLast = ([name, text]: readonly [string, string]) => {
          const got = files.get(name);
          return got === '' || (got !== undefined && text.endsWith(`\n${got}`));
        };
        // Empty files alone may also come of a program that ended too early. Not in that check: a short dialogue was written.
        const isSure = check === 'in-order' || wrong.some(([name]) => files.get(name) !== '');
        return wrong.length > 0 && isSure && wrong.every(isLast);
      }),
      cause: ({ files }) =>
        `${[...(files as Files).values()].some((text) => text !== '') ? 'only what was written last is left' : 'the files are there, and empty'}: a later write of the same run emptied the file again. Only the first write of a run begins the file anew, with \`w\`; all later ones append.`,
      step: 4,
      hint: 3,
    },
    {
      id: 'no-line-end',
      when: seeing((seen) =>
        [...seen.wanted].some(([name, text]) => `${seen.files.get(name)}\n` === text),
      ),
      cause: () => 'every line in a file ends with a line end, the last one too.',
      step: 1,
      hint: 3,
    },
    {
      id: 'last-line-lost',
      when: seeing((seen) => {
        const lost = lostLines(seen);
        const last = sourceLines(seen.source).at(-1) ?? '';
        const open = !seen.source.toString().endsWith('\n');
        return open && lost.length === 1 && splitLine(last).speech === lost[0];
      }),
      cause: () =>
        'the last line of this dialogue has no line end. What is left when the file is at its end is a line, too.',
      step: 4,
      hint: 3,
    },
    {
      id: 'out-of-order',
      when: seeing(
        (seen) =>
          isWhole(seen) &&
          [...seen.wanted].every(([name, text]) => {
            const got = seen.files.get(name) ?? '';
            return seen.check === 'in-order'
              ? got.length === text.length
              : sorted(got) === sorted(text);
          }),
      ),
      cause: () =>
        'the next write began before the last one had ended, and the shorter one was faster. Wait for each: await.',
      step: 2,
      hint: 4,
    },
    {
      id: 'long-line-cut',
      when: seeing((seen) => {
        const { files, wanted } = seen;
        const long = [...wanted.values()].flatMap(linesOf).filter((line) => line.length > 65_536);
        const isPiece = (text: string) =>
          text.length > 100 && long.some((line) => line !== text && line.includes(text));
        // What ends too early was not finished: that is another fault.
        const goesOn = [...files].some(([name, text]) => !wanted.get(name)?.startsWith(text));
        return isWhole(seen) && goesOn && [...files.values()].flatMap(linesOf).some(isPiece);
      }),
      cause: () =>
        'a line that is longer than a chunk was lost in part, or cut. A chunk without a line end belongs to the rest, too: put it behind what the rest holds already.',
      step: 4,
      hint: 4,
    },
    {
      id: 'unfinished',
      when: seeing(
        ({ exit, source, files, wanted }) =>
          exit?.code === 0 &&
          wanted.size > 0 &&
          // Files that are all empty after a long dialogue may have been emptied by a later write.
          !(
            source.length >= BATCHES && [...wanted.keys()].every((name) => files.get(name) === '')
          ) &&
          [...files].every(([name, text]) => wanted.get(name)?.startsWith(text)) &&
          [...wanted].some(([name, text]) => files.get(name) !== text),
      ),
      cause: () =>
        'the program ended before all was written: something was not awaited, or process.exit() came too early.',
      step: 2,
      hint: 4,
    },
    {
      id: 'too-many-open',
      when: ({ stderr = '' }) => /\bEMFILE\b/.test(stderr),
      cause: () =>
        'too many files are open at once. Each write that is not awaited keeps one open: await it before the next begins.',
      step: 2,
      hint: 4,
    },
    {
      id: 'whole-file',
      when: ({ tookMemory }) => tookMemory !== undefined,
      cause: () =>
        'the whole file, or all that was said, is in memory at once. Read in chunks, and write before the end is reached.',
      step: 4,
      hint: 1,
    },
    {
      id: 'ending-not-counted',
      when: ({ check, stderr, badLine, source }) => {
        if (check !== 'long-name' || !stderr.includes('ENAMETOOLONG')) return false;
        const line = linesOf((source as Buffer).toString())[Number(badLine) - 1] ?? '';
        return Buffer.byteLength(splitLine(line).name ?? '') <= 255;
      },
      cause: () =>
        'the name alone has less than 256 bytes, the file name has more: `.txt` counts, too, and so does each `%2F`. Count the bytes of the whole file name.',
      step: 5,
      hint: 3,
    },
    {
      id: 'name-too-long',
      when: ({ check, stderr }) => check === 'long-name' && stderr.includes('ENAMETOOLONG'),
      cause: () =>
        'a file name has at most 255 bytes, not characters, and a Chinese character takes three. Ask before you write.',
      step: 5,
      hint: 3,
    },
    {
      id: 'line-number',
      when: ({ badLine, named, source }) =>
        named !== undefined &&
        (named === Number(badLine) - 1 ||
          named === sourceLines(source as Buffer, Number(badLine)).length) &&
        named !== badLine,
      cause: () =>
        'the lines are counted in another way: every line of the file counts, the blank ones too, and the first is line 1.',
      step: 5,
      hint: 3,
    },
    {
      id: 'bad-line-accepted',
      when: ({ badLine, exit, files }) =>
        badLine !== undefined &&
        exit?.code === 0 &&
        files instanceof Map &&
        NOBODY.some((name) => files.has(name)),
      cause: () => 'a line of which nobody knows who said it went into a file without a name.',
      step: 5,
      hint: 1,
    },
    {
      id: 'empty-name-goes-on',
      when: ({ check, badLine, exit, files, source }) => {
        if (check !== 'no-name' || exit?.code !== 0 || !(files instanceof Map)) return false;
        const line = linesOf((source as Buffer).toString())[Number(badLine) - 1] ?? '';
        const { speech } = splitLine(line);
        return [...(files as Files)].some(
          ([file, text]) => /老王/.test(file) && linesOf(text).includes(speech),
        );
      },
      cause: () =>
        "the line was taken for one without a colon, and given to the speaker before it. An empty name is not a missing one: '' is as false as undefined to `if (name)`. Ask for undefined.",
      step: 5,
      hint: 3,
    },
    {
      id: 'bad-line-left-out',
      when: ({ badLine, exit, files, source }) => {
        if (badLine === undefined || exit?.code !== 0 || !(files instanceof Map)) return false;
        const line = linesOf((source as Buffer).toString())[Number(badLine) - 1] ?? '';
        const { speech } = splitLine(line);
        const written = [...(files as Files).values()].flatMap(linesOf);
        // All else was written: so it is not a program that ended before it had written anything.
        const others = linesOf((source as Buffer).toString()).filter((one) => one !== line);
        return (
          !isDamaged(line) &&
          !written.some((text) => text.includes(speech)) &&
          others.every((one) => one === '' || written.includes(splitLine(one).speech))
        );
      },
      cause: () =>
        'a line of which nobody knows who said it was left out, and nobody was told. It is an error: say which line it is.',
      step: 5,
      hint: 3,
    },
    {
      id: 'prints-blank-line',
      when: ({ summary }) => Array.isArray(summary) && summary.length === 1 && summary[0] === '',
      cause: () =>
        "console.log prints a line end, also behind '': an empty text becomes a blank line. Print nothing if nobody spoke.",
      step: 2,
      hint: 3,
    },
    {
      id: 'nothing-printed',
      when: ({ summary, wantedSummary }) =>
        Array.isArray(summary) &&
        summary.length === 0 &&
        Array.isArray(wantedSummary) &&
        wantedSummary.length > 0,
      cause: () =>
        'the files are right, and nothing was printed: at the end, one line for each speaker says how much they spoke.',
      step: 2,
      hint: 3,
    },
    {
      id: 'summary-order',
      when: ({ summary, wantedSummary }) =>
        Array.isArray(summary) &&
        Array.isArray(wantedSummary) &&
        summary.toSorted().join('\n') === wantedSummary.toSorted().join('\n'),
      cause: () =>
        'the numbers are right, and in another order: whoever spoke first comes first, not whoever said most.',
      step: 2,
      hint: 3,
    },
    {
      id: 'counts-names',
      when: ({ source, summary, wantedSummary }) => {
        if (!Array.isArray(summary) || !Array.isArray(wantedSummary)) return false;
        const names = sourceLines(source as Buffer).map((line) => splitLine(line).name);
        const counted = wantedSummary.map((text: string) => {
          const name = text.slice(0, text.lastIndexOf(':'));
          return `${name}: ${names.filter((one) => one === name).length}`;
        });
        return counted.join('\n') === summary.join('\n');
      },
      cause: () =>
        'only the lines with a name were counted. A line without a colon is a line of its speaker, too.',
      step: 2,
      hint: 4,
    },
  ],
});

/** Who said what, line by line. */
type Spoken = Readonly<Record<string, readonly string[]>> | readonly Said[];
type Said = readonly [name: string, lines: readonly string[]];

/** Text by file name, as seen from the out directory: `老王.txt`, `../x.txt`. */
type Files = ReadonlyMap<string, string>;

interface SplitOptions {
  /** What an earlier run has written. */
  readonly earlier?: Spoken;
  /** Files of the directory that must still be there, as they were. */
  readonly kept?: Readonly<Record<string, string>>;
}

/** What the diagnoses are matched against, where a dialogue was to be separated. */
interface SplitSeen extends Seen {
  readonly source: Buffer;
  /** What is in the out directory, and beside it. */
  readonly files: Files;
  readonly wanted: Files;
  readonly earlier: Files;
  readonly kept: Files;
  readonly extra?: readonly string[];
  readonly missing?: readonly string[];
}

const AT_END = 'at the end of the dialogue';

/** A dialogue that was separated as it should be, and what was printed then. */
interface Separated {
  readonly source: Buffer;
  readonly stdout: readonly string[];
}

/** Runs the program on a dialogue and compares all that it has written. */
async function expectSplit(
  trial: Trial,
  dialogue: string | Buffer,
  spoken: Spoken,
  { earlier = {}, kept = {} }: SplitOptions = {},
): Promise<Separated> {
  const { program, how, source, files, bytes } = await split(trial, dialogue);
  const unchanged = new Map(Object.entries(kept));
  const wanted: Files = new Map([...filesOf(spoken), ...unchanged]);
  const facts = { source, files, wanted, earlier: filesOf(earlier), kept: unchanged };
  nothingOutside(trial, files, facts);
  trial.must(program.exit?.code === 0, {
    saw: `the program ended with ${how}.`,
    expected: 'status 0: every line of this dialogue can be used.',
    facts,
  });
  const extra = [...files.keys()].filter((name) => !wanted.has(name));
  const missing = [...wanted.keys()].filter((name) => !files.has(name));
  trial.must(extra.length + missing.length === 0, {
    saw: `${[...some('in out is a file', extra), ...some('in out is no file', missing)].join(', and ')}.`,
    expected: wanted.size === 0 ? 'no file in out.' : `in out: ${listed([...wanted.keys()])}.`,
    facts: { ...facts, extra, missing },
  });
  for (const [name, text] of wanted) {
    sameText(trial, name, bytes.get(name) ?? Buffer.alloc(0), text, facts);
  }
  return { source, stdout: program.stdout.lines };
}

/** Runs the program on a dialogue that cannot be used: it must say so in one line, with the number of the bad line. */
async function expectBadLine(trial: Trial, dialogue: string | Buffer, line: number): Promise<void> {
  const { program, how, source, files } = await split(trial, dialogue);
  const { lines } = program.stderr;
  const named = lines[0]?.match(/^talk-split: talk\.txt: line (\d+)\b/)?.[1];
  const facts = { source, files, badLine: line, ...(named ? { named: Number(named) } : {}) };
  const expected = `status 1 and one line on stderr that begins with: talk-split: talk.txt: line ${line}`;
  const damaged = [...files].find(([, text]) => isDamaged(text))?.[0];
  trial.must(damaged === undefined, {
    saw: `${damaged} holds U+FFFD, in place of bytes of line ${line} that are not UTF-8.`,
    expected,
    facts: { ...facts, replaced: true },
  });
  nothingOutside(trial, files, facts);
  trial.must(program.exit?.code === 1 && lines.length === 1 && named === String(line), {
    saw: `the program ended with ${how}.`,
    expected,
    facts,
  });
}

/** Runs the program with files that it cannot read or write. */
async function expectOneLine(trial: Trial, args: readonly string[], when: string): Promise<void> {
  const program = await trial.start('talk-split', args);
  const exit = await program.ended(when);
  const { lines } = program.stderr;
  const fits = lines.length === 1 && /^talk-split: .+/.test(lines[0] ?? '');
  trial.must(exit.code === 1 && fits, {
    saw: `${when}, the program ended with ${ending(program)}.`,
    expected: 'status 1 and one line on stderr, for example: talk-split: nowhere.txt: ENOENT',
  });
}

function expectSummary(
  trial: Trial,
  { source, stdout: got }: Separated,
  wanted: readonly string[],
): void {
  const same = got.length === wanted.length && wanted.every((line, index) => got[index] === line);
  trial.must(same, {
    saw: got.length === 0 ? 'nothing on stdout.' : `on stdout: ${listed(got)}.`,
    expected:
      wanted.length === 0 ? 'nothing on stdout: nobody spoke.' : `on stdout: ${listed(wanted)}.`,
    facts: { source, summary: got, wantedSummary: wanted },
  });
}

/** How long the long dialogue is, and how much memory the program may take for it, Node itself included. */
const LONG = 128 * MIB;
const MOST_MEMORY = 160 * MIB;

async function expectConstantMemory(trial: Trial): Promise<void> {
  // No chunk ends inside a character here: this check is about memory.
  const { bytes, spoken } = acrossBorders(trial, 0);
  const times = LONG / bytes.length;
  const file = await open(await trial.write('talk.txt', ''), 'w');
  for (let count = 0; count < times; count += 1) await file.write(bytes);
  await file.close();
  trial.note(`talk.txt: ${LONG / MIB} MiB`);
  const program = await trial.start('talk-split', ['talk.txt', 'out']);
  // The kernel tells of a peak only while the program runs. It never falls: the last look before the end is what counts.
  let peak = 0;
  const look = () => (peak = Math.max(peak, program.memory()?.peak ?? 0));
  const looking = setInterval(look, 5);
  await program.ended(AT_END, { patience: 50_000 }).finally(() => clearInterval(looking));
  trial.must(program.exit?.code === 0, {
    saw: `the program ended with ${ending(program)}.`,
    expected: 'status 0: every line of this dialogue can be used.',
  });
  const used = Math.round(peak / MIB);
  trial.must(peak < MOST_MEMORY, {
    saw: `for a dialogue of ${LONG / MIB} MiB the program took ${used} MiB of memory.`,
    expected: `less than ${MOST_MEMORY / MIB} MiB, and no more if the dialogue were twice as long.`,
    facts: { tookMemory: used },
  });
  for (const [name, part] of filesOf(spoken)) {
    await sameRepeated(trial, name, Buffer.from(part), times);
  }
}

/** The file must hold `part` so many times, and nothing else. Read part by part: this process need not grow either. */
async function sameRepeated(
  trial: Trial,
  name: string,
  part: Buffer,
  times: number,
): Promise<void> {
  const there = await trial.names(join(trial.directory, 'out'));
  trial.must(there.includes(name), {
    saw: `in out is no file ${quoted(name)}.`,
    expected: `in out: ${quoted(name)}.`,
  });
  const file = await open(join(trial.directory, 'out', name));
  try {
    const got = Buffer.alloc(part.length);
    for (let count = 0; count < times; count += 1) {
      const { bytesRead } = await file.read(got);
      const at = firstDifference(part, got.subarray(0, bytesRead));
      if (at === -1) continue;
      const [from, to] = [Math.max(0, at - 64), at + 64];
      const [want, read] = [part.subarray(from, to), got.subarray(from, Math.min(to, bytesRead))];
      trial.fail({
        saw: `${name} is wrong from byte ${(count * part.length + at).toLocaleString('en')} on.`,
        expected: 'every line as it was said, the last as well as the first.',
        bytes: showDifference(want, read),
      });
    }
    const { size } = await file.stat();
    trial.must(size === part.length * times, {
      saw: `${name} has ${size.toLocaleString('en')} bytes.`,
      expected: `${name} has ${(part.length * times).toLocaleString('en')} bytes.`,
    });
  } finally {
    await file.close();
  }
}

/**
 * 1 MiB of whole lines, with Chinese text across every border of 4 KiB. Of a character of three bytes `cut` lie before the
 * border: with 1 any chunk ends inside a character, with 0 none does.
 */
function acrossBorders({ random }: Trial, cut: 0 | 1): { bytes: Buffer; spoken: Spoken } {
  const spoken: Record<string, string[]> = {};
  let text = '';
  let at = 0;
  const say = (speech: string) => {
    const name = random.pick(['老王', '小芳', '阿明']);
    (spoken[name] ??= []).push(speech);
    text += `${name}：${speech}\n`;
    at += 10 + Buffer.byteLength(speech);
  };
  const english = (length: number) => 'as I was saying, '.repeat(length / 17 + 1).slice(0, length);
  for (let border = PAGE; border < MIB; border += PAGE) {
    say(`从${english(border - 300 - at - 16)}到`);
    // From here on 9 bytes of name and colon and 192 of English: the Chinese begins 99 bytes, 33 characters, before the
    // border, or one byte earlier.
    say(english(192 - cut) + '走走看看'.repeat(20));
  }
  say(`从${english(MIB - at - 16)}完`);
  return { bytes: Buffer.from(text), spoken };
}

interface Split {
  readonly program: Program;
  /** How it ended, in words. */
  readonly how: string;
  readonly source: Buffer;
  readonly files: Files;
  /** The same, undecoded. */
  readonly bytes: ReadonlyMap<string, Buffer>;
}

/** Writes the dialogue, runs the program on it to its end, and reads all files that are there then. */
async function split(trial: Trial, dialogue: string | Buffer): Promise<Split> {
  const source = Buffer.from(dialogue);
  await trial.write('talk.txt', source);
  trial.exchange.record({ kind: 'note', from: 'check', note: 'talk.txt:', bytes: source });
  const program = await trial.start('talk-split', ['talk.txt', 'out']);
  await program.ended(AT_END);
  const bytes = new Map<string, Buffer>();
  for (const path of await filesBelow(trial.directory)) {
    const name = relative(join(trial.directory, 'out'), path);
    if (name === '../talk.txt') continue;
    const content = await readFile(path);
    bytes.set(name, content);
    trial.exchange.record({ kind: 'file', from: program.actor, note: name, bytes: content });
  }
  const files = new Map([...bytes].map(([name, content]) => [name, content.toString()]));
  return { program, how: ending(program), source, files, bytes };
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** `status 1 and said: …`, `status 1 and a stack trace`, `status 0 and said nothing on stderr`. */
function ending({ exit, stderr: { lines, text } }: Program): string {
  const how = exit?.signal ?? `status ${exit?.code}`;
  if (/^(\s+at .+:\d|Traceback |Node\.js v\d)/m.test(text)) return `${how} and a stack trace`;
  if (lines.length === 0) return `${how} and said nothing on stderr`;
  const more = lines.length > 1 ? `, and ${lines.length - 1} more lines` : '';
  return `${how} and said: ${lines[0]}${more}`;
}

function nothingOutside(trial: Trial, files: Files, facts: Record<string, unknown>): void {
  const outside = [...files.keys()].find((name) => name.startsWith('../'));
  trial.must(outside === undefined, {
    saw: `the file ${quoted(outside ?? '')}, seen from out, was written: it is not in out.`,
    expected: 'nothing is written outside the directory; `../x` gets the file ..%2Fx.txt in it.',
    facts: { ...facts, outside: true },
  });
}

/** Throws a failure that names the first line of the file that is not as it should be. */
function sameText(
  trial: Trial,
  name: string,
  got: Buffer,
  text: string,
  facts: Record<string, unknown>,
): void {
  const wanted = Buffer.from(text);
  if (got.equals(wanted)) return;
  const bytes = showDifference(wanted, got);
  const fail = (saw: string, expected: string) => trial.fail({ saw, expected, bytes, facts });
  const [is, should] = [linesOf(got.toString()), linesOf(text)];
  const at = should.findIndex((line, index) => line !== is[index]);
  if (at === -1 && is.length === should.length) {
    fail(
      `the last line of ${name} has no line end.`,
      'every line ends with \\n, the last one too.',
    );
  }
  const index = at === -1 ? should.length : at;
  const where = `line ${index + 1} of ${name}`;
  const [line, right] = [is[index], should[index]];
  if (line === undefined)
    fail(`${name} ends before its line ${index + 1}.`, `${where} is ${quoted(right)}.`);
  if (right === undefined)
    fail(`${where} is ${quoted(line)}.`, `${name} ends after line ${index}.`);
  const same = firstDifference(Buffer.from(line ?? ''), Buffer.from(right ?? ''));
  if (same < 24) fail(`${where} is ${quoted(line)}.`, `${where} is ${quoted(right)}.`);
  fail(
    `${where} is right up to its byte ${same.toLocaleString('en')} only.`,
    `${where} is ${quoted(right)}.`,
  );
}

function filesOf(spoken: Spoken): Map<string, string> {
  const said: readonly Said[] = Array.isArray(spoken) ? spoken : Object.entries(spoken);
  return new Map(
    said.map(([name, lines]) => [`${name}.txt`, lines.map((line) => `${line}\n`).join('')]),
  );
}

function quoted(text = ''): string {
  return showText(Buffer.from(text), 48);
}

/** At most six of them. */
function listed(texts: readonly string[]): string {
  const more = texts.length > 6 ? `, and ${texts.length - 6} more` : '';
  return texts.slice(0, 6).map(quoted).join(', ') + more;
}

function some(words: string, names: readonly string[]): string[] {
  if (names[0] === undefined) return [];
  return [
    `${words} ${quoted(names[0])}${names.length > 1 ? ` (and ${names.length - 1} more)` : ''}`,
  ];
}

// What the diagnoses ask. All of it is about the dialogue and the files, never about the program.

/** A dialogue of so many bytes is long: a program that writes in batches may write it in more than one. */
const BATCHES = 1_000_000;

/** Bytes that end in the first bytes of a character, and are UTF-8 without them. */
function endsInsideCharacter(bytes: Buffer): boolean {
  return !isUtf8(bytes) && [1, 2, 3].some((cut) => isUtf8(bytes.subarray(0, -cut)));
}

/** True if the program was still writing, and had written more than there was to write. */
function wroteMoreThanAll({ stillRunning, longSource, writtenTo }: Seen): boolean {
  return stillRunning === true && Number(writtenTo) > Number(longSource);
}

/** The last line on stderr of all runs of a check. */
function lastSaid(stderr: string): string {
  return linesOf(stderr.trim()).at(-1) ?? '';
}

/** How many bytes the files of a directory hold together. */
function sizesIn(directory: string): number {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  return names.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
}

/** Names that come from no name. */
const NOBODY = ['.txt', 'undefined.txt', 'null.txt'];

/** A question about a dialogue that was separated by a program that is finished. */
function seeing(when: (seen: SplitSeen) => boolean): (seen: Seen) => boolean {
  return (seen) =>
    seen.wanted instanceof Map && !/^TODO: /m.test(seen.stderr) && when(seen as SplitSeen);
}

function isDamaged(text: string): boolean {
  return text.includes(REPLACEMENT);
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function nameOf(file: string): string {
  return file.replace(/\.txt$/, '');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (error instanceof URIError) return name;
    throw error;
  }
}

function bare(text: string): string {
  return text.replace(/\s/g, '');
}

function sorted(text: string): string {
  return linesOf(text).sort().join('\n');
}

/** The lines of a dialogue, up to one of them, without the blank ones and without spaces at their ends. */
function sourceLines(source: Buffer, upTo = Number.POSITIVE_INFINITY): string[] {
  const lines = linesOf(source.toString())
    .slice(0, upTo)
    .map((line) => line.trim());
  return lines.filter((line) => line !== '');
}

function hasBlankLines(source: Buffer): boolean {
  return sourceLines(source).length < linesOf(source.toString()).length;
}

function linesWithoutColon(source: Buffer): string[] {
  return sourceLines(source).filter((line) => !/[:：]/.test(line));
}

/** A line as the lesson separates it. */
function splitLine(line: string): { name?: string; speech: string } {
  const found = line.trim().match(/^([^:：]*)[:：](.*)$/);
  if (!found) return { speech: line.trim() };
  return { name: (found[1] ?? '').trim(), speech: (found[2] ?? '').trim() };
}

function extraOf({ files, wanted }: SplitSeen): string[] {
  return [...files.keys()].filter((name) => !wanted.has(name));
}

/** The first line of each file that is not what it should be. */
function differences({ files, wanted }: SplitSeen): { got?: string; wanted?: string }[] {
  return [...wanted].flatMap(([name, text]) => {
    const is = linesOf(files.get(name) ?? '');
    const should = linesOf(text);
    const at = Array.from({ length: Math.max(is.length, should.length) }).findIndex(
      (_, index) => is[index] !== should[index],
    );
    if (at === -1) return [];
    const [got, want] = [is[at], should[at]];
    return [
      { ...(got === undefined ? {} : { got }), ...(want === undefined ? {} : { wanted: want }) },
    ];
  });
}

/** What should be in a file and is not in it. */
function lostLines({ files, wanted }: SplitSeen): string[] {
  return [...wanted].flatMap(([name, text]) => {
    const is = new Set(linesOf(files.get(name) ?? ''));
    return linesOf(text).filter((line) => !is.has(line));
  });
}

/** Files whose name runs on beyond a colon, and the colon at which it stops, if it stops at one. */
function namesWithColon(seen: SplitSeen): { own: string; next: string }[] {
  const lines = sourceLines(seen.source);
  return extraOf(seen).flatMap((file) => {
    const own = nameOf(file).trim();
    const line = lines.find((one) => one.startsWith(own));
    if (!/[:：]/.test(own) || line === undefined) return [];
    return [{ own, next: line.slice(own.length).trimStart().charAt(0) || '\n' }];
  });
}

/** The colons of those lines of the dialogue that stand in a file as a whole, name and colon included. */
function unsplitColons({ source, files }: SplitSeen): Set<string> {
  const whole = new Map(sourceLines(source).map((line) => [line, line.match(/[:：]/)?.[0]]));
  const written = [...files.values()].flatMap(linesOf).map((line) => whole.get(line.trim()));
  return new Set(written.filter((colon) => colon !== undefined));
}

/** The colons at which some line was separated as it should be: what was said stands in its file. */
function knownColons({ source, files }: SplitSeen): Set<string> {
  const known = sourceLines(source).filter((line) => {
    const { name, speech } = splitLine(line);
    return name && speech && linesOf(files.get(`${name}.txt`) ?? '').includes(speech);
  });
  return new Set(known.map(firstColon));
}

function hasKnown(colons: ReadonlySet<string>, seen: SplitSeen): boolean {
  const known = knownColons(seen);
  return [...colons].some((colon) => known.has(colon));
}

function firstColon(line: string): string {
  return line.match(/[:：]/)?.[0] ?? '';
}

/** True if the program ended well, and each speaker has a file with something in it. */
function isWhole({ exit, files, wanted }: SplitSeen): boolean {
  return exit?.code === 0 && [...wanted.keys()].every((name) => files.get(name));
}

/** The line of the dialogue that the program has refused, by the number that it named. */
function refusedLine({ source, stderr, exit }: SplitSeen): string | undefined {
  const number = stderr.match(/^talk-split: .*\bline (\d+)/m)?.[1];
  return exit?.code === 1 ? linesOf(source.toString())[Number(number) - 1] : undefined;
}
