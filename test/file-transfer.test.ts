// The graded checks of file-transfer: a receiver spoken to byte by byte, a sender whose every byte is looked at, and the
// directory in which the files must be, whole or not at all.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { appendFile, mkdir, truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  Failure,
  freePort,
  lesson,
  type Address,
  type Check,
  type Program,
  type Seen,
  type Trial,
} from '#harness';
import { acceptFrom } from '#harness/accept';
import { clean, showText } from '#harness/bytes';
import type { Entry } from '#harness/exchange';
import { firstLine } from '#harness/program';

const REPLACEMENT = Buffer.from('\uFFFD');
/** The first bytes of a picture: no text in any encoding. */
const PICTURE = Buffer.from([0x89, 0x50, 0xff, 0xfe, 0x00, 0x0a]);
const MIB = 1024 * 1024;
/** A program that waits for its own timer sleeps rightly. */
const PATIENT = { mayRest: true, patience: 8_000 };
/** More memory than this is used by nobody who passes the bytes on as they come. */
const MOST_MEMORY = 150 * MIB;

export default lesson({
  lesson: 'file-transfer',
  steps: [
    'The frame, at both ends',
    'Any bytes, any name',
    'The hostile wire',
    'Names that are refused, and how',
    'Whole or not at all',
    'A sender that believes only proof',
    'Big files, and many at once',
  ],
  checks: [
    {
      id: 'receive-text',
      step: 1,
      points: 5,
      title: 'the receiver stores a small file under its name, and answers OK with its sha256',
      async run(trial) {
        const inbox = await openInbox(trial);
        await expectStored(trial, inbox, 'note.txt', Buffer.from('吃了么？老王\n'));
        const told = 'note.txt: 19 bytes from 127.0.0.1:';
        await inbox.receiver
          .line((line) => line.startsWith(told), `a line on stdout: ${told}…`)
          .catch(adding(() => ({ noWord: 'receiver' })));
      },
    },
    {
      id: 'send-text',
      step: 1,
      points: 5,
      title: 'the sender sends header, bytes and FIN, and ends with 0 once the answer is OK',
      async run(trial) {
        const content = Buffer.from('没呢，您呢？\n');
        const sender = await expectSent(trial, 'note.txt', content);
        const told = `sent note.txt: ${content.length} bytes, sha256 ${sha256(content).slice(0, 4)}`;
        await sender
          .line((line) => line.startsWith(told), `a line on stdout: ${told}…`)
          .catch(adding(() => ({ noWord: sender.stdout.text === '' && 'sender' })));
      },
    },
    {
      id: 'receive-bytes',
      step: 2,
      points: 5,
      title: 'the receiver stores every byte as it came, text or not, under any name',
      run: receives({ 'logo.png': PICTURE, 'big.bin': 8 * MIB, '照片 (老王).jpg': PICTURE }),
    },
    {
      id: 'receive-empty',
      step: 2,
      points: 2,
      title: 'the receiver stores an empty file',
      run: receives({ 'empty.txt': 0 }),
    },
    {
      id: 'send-bytes',
      step: 2,
      points: 3,
      title: 'the sender sends every byte as it is, text or not',
      run: sends({ 'logo.png': PICTURE, 'big.bin': MIB }),
    },
    {
      id: 'send-empty',
      step: 2,
      points: 2,
      title: 'the sender sends an empty file: a header, and a FIN behind it',
      run: sends({ 'empty.txt': 0 }),
    },
    {
      id: 'send-chinese',
      step: 2,
      points: 3,
      title: 'the sender counts a name in bytes, and leaves the directories of its path out',
      run: sends({ '相册/2024/照片.txt': Buffer.from('老王和小李\n') }),
    },
    {
      id: 'cut',
      step: 3,
      points: 8,
      title:
        'the receiver understands a frame that comes byte by byte, in larger pieces, or all in one',
      async run(trial) {
        const inbox = await openInbox(trial);
        // Few pieces: a busy machine takes its time for each.
        const texts: [Buffer, Wire][] = [
          [Buffer.from('吃了么\n'), { cut: 1 }],
          ...[4, 5, 4_096].map((cut): [Buffer, Wire] => [
            lettersOf(trial, cut * trial.random.int(3, 6) + 1),
            { cut },
          ]),
          // Sent in parts, and put together on the way.
          [Buffer.from('没呢，您呢？\n'), { merge: true }],
        ];
        for (const [at, [content, wire]] of texts.entries()) {
          const options = { direction: 'to-server', ...wire } as const;
          await expectStored(trial, inbox, `照${at}`, content, {
            via: await trial.relay(inbox.address, options, RELAYED),
            places: 'merge' in wire ? [2, 6, 14] : [],
            facts: async () => ({ tornApart: true, apart: await takesApart(trial) }),
          });
        }
      },
    },
    {
      id: 'answer-cut',
      step: 3,
      points: 4,
      title: 'the sender understands an answer that comes byte by byte',
      async run(trial) {
        const content = Buffer.from('遛弯啊\n');
        const wire = { cut: 1, direction: 'to-client' } as const;
        const inPieces = await expectSent(trial, 'note.txt', content, wire).catch(
          adding(async () => ({ wholeAnswer: await understandsWhole(trial, content) })),
        );
        const inOne = await expectSent(trial, 'note.txt', content);
        trial.must(inPieces.stdout.text === inOne.stdout.text, {
          saw: `after an answer in pieces the sender printed ${shown(inPieces.stdout.text)}, and after the same answer in one piece ${shown(inOne.stdout.text)}.`,
          expected: 'the same line: both answers are OK and the right sha256.',
          facts: { doubts: true, wholeAnswer: true },
        });
      },
    },
    {
      id: 'names-path',
      step: 4,
      points: 4,
      title: 'the receiver refuses a name that leads anywhere else, and writes nothing',
      async run(trial) {
        const inbox = await openInbox(trial);
        await mkdir(join(inbox.directory, 'a'));
        await mkdir(`${inbox.directory}-secret`);
        const outside = join(trial.directory, 'x.txt');
        const secret = `../${basename(inbox.directory)}-secret/x.txt`;
        const names = ['../x.txt', outside, 'a/x.txt', secret, '..\\x.txt'];
        for (const name of [...names, '..', '.', '/', 'a/']) {
          await expectRefused(trial, inbox, frame(name, Buffer.from('x')), name);
        }
      },
    },
    {
      id: 'names-bytes',
      step: 4,
      points: 3,
      title: 'the receiver refuses a name that is not UTF-8, or holds a control character',
      async run(trial) {
        const inbox = await openInbox(trial);
        const cut = Buffer.from('照片.jpg').subarray(1);
        for (const name of [cut, Buffer.from([0xff, 0xfe]), 'a\0b', 'a\nb', '\x1b[31m红', '\x7f']) {
          await expectRefused(trial, inbox, frame(name, Buffer.from('x')), name);
        }
      },
    },
    {
      id: 'names-fine',
      step: 4,
      points: 3,
      title: 'the receiver takes names that only look odd, and one of 255 bytes',
      async run(trial) {
        const inbox = await openInbox(trial);
        const names = ['a..b', '...', '.hidden', '-rf', 'constructor', '\uFEFF空 格.txt'];
        for (const name of [...names, '长'.repeat(85)]) {
          await expectStored(trial, inbox, name, Buffer.from('x'));
        }
      },
    },
    {
      id: 'refused-at-once',
      step: 4,
      points: 3,
      title:
        'the receiver refuses as soon as it knows, and waits for nothing that it does not need',
      async run(trial) {
        const inbox = await openInbox(trial);
        const huge = Buffer.from('00000000000000000000000000000001', 'hex');
        const cases: [Buffer, string][] = [
          [Buffer.from([0, 0]), 'a name of 0 bytes'],
          [Buffer.from([1, 0]), 'a name of 256 bytes, none of them sent yet'],
          [frame('../x.txt', Buffer.alloc(0), 100), '../x.txt, the connection still open'],
          [
            frame('x', huge, 2n ** 53n),
            'a size of 2^53 bytes, which no number of Node counts exactly',
          ],
          [frame('x', huge, 2n ** 64n - 1n), 'a size of 2^64 - 1 bytes'],
        ];
        // What such a sender would have sent then: a receiver that was only late says no at last.
        const rest = [
          Buffer.alloc(9),
          Buffer.concat([Buffer.alloc(256, 'x'), Buffer.alloc(9)]),
          Buffer.alloc(100),
        ];
        for (const [at, [bytes, what]] of cases.entries()) {
          await expectRefused(trial, inbox, bytes, what, { open: true, rest: rest[at] });
        }
      },
    },
    {
      id: 'refusal-heard',
      step: 4,
      points: 3,
      title: 'a refused sender gets its ERR, even if it first sends all it has',
      async run(trial) {
        const inbox = await openInbox(trial);
        const peer = await connect(trial, inbox);
        peer.pause();
        let through = false;
        // More than the buffers of both kernels hold.
        void peer.send(frame('../x.txt', Buffer.alloc(48 * MIB))).then(() => {
          through = true;
          trial.happenings.happened();
        });
        peer.end();
        await trial.happenings.until(
          () => (through ? true : undefined),
          () =>
            new Failure({
              verdict: 'timed out',
              saw: 'the receiver reads no further: a sender that first sends all its 48 MiB, and then reads, is stuck.',
              expected: 'it says ERR, and reads the rest away until the FIN.',
              facts: { busySender: true, silent: true },
            }),
          { patience: 15_000 },
        );
        peer.resume();
        const answer = await answerOf(peer, 'ERR and a reason, then a FIN').catch(
          adding(async () => ({
            busySender: true,
            ...((await givesUpAtOnce(trial)) ? { tooEarly: true } : {}),
          })),
        );
        expectRefusal(trial, answer, '"../x.txt"');
      },
    },
    {
      id: 'not-for-ever',
      step: 4,
      points: 2,
      title: 'a refused sender that goes on and on is cut off after the time of --timeout',
      async run(trial) {
        const inbox = await openInbox(trial, ['--timeout', '1.5']);
        const peer = await connect(trial, inbox);
        await peer.send(frame('..', Buffer.alloc(0), 10 ** 6));
        expectRefusal(trial, await answerOf(peer, 'ERR and a reason, then a FIN'), '".."');
        // A byte now and then: a clock that begins anew with each byte never runs out. The time is long, so that a machine
        // that is slow for once does not make a pause of that length.
        const drip = setInterval(() => void peer.send('x'), 50);
        try {
          await trial.happenings.until(
            () => (peer.wasReset ? true : undefined),
            () =>
              new Failure({
                verdict: 'timed out',
                saw: `${PATIENT.patience / 1000} s after its ERR the connection is still open, and the sender does not stop.`,
                expected:
                  'with --timeout 1.5 it closes the connection one and a half seconds after its ERR.',
                facts: { readsOn: true },
              }),
            PATIENT,
          );
        } finally {
          clearInterval(drip);
        }
      },
    },
    {
      id: 'too-few',
      step: 5,
      points: 3,
      title: 'the receiver answers ERR to a FIN that comes too early, and keeps nothing',
      async run(trial) {
        const inbox = await openInbox(trial);
        const whole = frame('合同.txt', Buffer.from('hello'), 10);
        await expectRefused(trial, inbox, whole, '5 of 10 bytes', { lie: 'too few' });
        for (const length of [0, 1, 8, 15]) {
          const what = `the first ${length} bytes of the header`;
          await expectRefused(trial, inbox, whole.subarray(0, length), what, { lie: 'too few' });
        }
      },
    },
    {
      id: 'too-many',
      step: 5,
      points: 2,
      title: 'the receiver answers ERR to bytes behind the end of the file, and keeps nothing',
      async run(trial) {
        const inbox = await openInbox(trial);
        const lie = 'too many';
        for (const [content, size, open] of [
          ['hello, 老王', 5, false],
          ['!', 0, false],
          ['hello', 1, true],
        ] as const) {
          const bytes = frame('合同.txt', Buffer.from(content), size);
          const what = `${bytes.length - 20} bytes, announced as ${size}${open ? ', and no FIN yet' : ''}`;
          await expectRefused(trial, inbox, bytes, what, {
            lie,
            open,
            rest: open ? Buffer.alloc(0) : undefined,
          });
          // One after the other: that they come at once is another check's.
          await trial.happenings.rest();
        }
      },
    },
    {
      id: 'size-64-bits',
      step: 5,
      points: 2,
      title: 'the receiver reads all 64 bits of the size',
      async run(trial) {
        const inbox = await openInbox(trial);
        for (const size of [2n ** 32n + 5n, 2n ** 31n + 5n]) {
          const bytes = frame('电影.mkv', Buffer.from('hello'), size);
          await expectRefused(trial, inbox, bytes, `5 of ${size} bytes`, {
            lie: 'large size',
            facts: async () => ({ counts: await countsBytes(trial) }),
          });
        }
      },
    },
    {
      id: 'never-a-part',
      step: 5,
      points: 2,
      title: 'under its name a file is either whole or not there',
      async run(trial) {
        const inbox = await openInbox(trial);
        const content = lettersOf(trial, 3 * MIB);
        const [half, rest] = cutAt(frame('照片.jpg', content), [2 * MIB]) as [Buffer, Buffer];
        const peer = await connect(trial, inbox);
        await peer.send(half);
        await trial.happenings.rest();
        trial.must(!names(inbox).includes('照片.jpg'), {
          saw: 'two thirds of the file have come, and 照片.jpg is in the directory already.',
          expected:
            'a name of its own until the file is whole: whoever opens 照片.jpg gets all of it.',
          facts: { partInSight: true },
        });
        await peer.send(rest);
        peer.end();
        await expectWhole(trial, inbox, '照片.jpg', content, peer);
      },
    },
    {
      id: 'existing',
      step: 5,
      points: 3,
      title: 'the receiver never replaces a file that is there already',
      async run(trial) {
        const inbox = await openInbox(trial);
        const path = `${basename(inbox.directory)}/合同.txt`;
        const [old, other] = [Buffer.from('老王：三百块\n'), Buffer.from('老王：三万块\n')];
        const first = await trial.write(path, old);
        const second = frame('合同.txt', other);
        const found = () => (existsSync(first) ? readFileSync(first) : undefined);
        await expectRefused(trial, inbox, second, '合同.txt, which is there already', {
          lie: 'existing',
          async facts() {
            await trial.happenings.rest();
            return { replaced: found()?.equals(other) };
          },
        });
        const now = found();
        trial.must(now !== undefined, {
          saw: '合同.txt, which was there before, is gone.',
          expected: 'a file that is there already stays as it is.',
          facts: { removed: true },
        });
        trial.sameBytes(now ?? old, old, 'the first 合同.txt', { replaced: true });
      },
    },
    {
      id: 'two-at-once',
      step: 5,
      points: 3,
      title: 'of two files of one name at the same time exactly one is stored, the other gets ERR',
      async run(trial) {
        const inbox = await openInbox(trial);
        const contents = ['老王的照片', '小李的照片'].map((text) => Buffer.from(text));
        const peers = [];
        for (const content of contents) {
          const peer = await connect(trial, inbox, peers.length + 1);
          await peer.send(frame('照片.jpg', content.subarray(0, 6), content.length));
          peers.push(peer);
        }
        await trial.happenings.rest();
        for (const [at, peer] of peers.entries()) {
          await peer.send(contents[at]?.subarray(6) ?? '');
          peer.end();
        }
        const answers = [];
        for (const peer of peers) answers.push(await answerOf(peer, 'OK or ERR, then a FIN'));
        const winners = answers.filter((answer) => answer.startsWith('OK '));
        const more =
          winners.length === 1
            ? {}
            : { ...(await basics(trial, inbox)), looks: await refusesExisting(trial) };
        trial.must(winners.length === 1, {
          saw: `${winners.length} of two senders were answered OK: ${answers.map(shown).join(' and ')}.`,
          expected: 'exactly one OK. The other file was not stored, and its sender must know.',
          facts: {
            sameName: true,
            winners: winners.length,
            ...more,
          },
        });
        const winner = contents[answers.indexOf(winners[0] ?? '')] as Buffer;
        await expectContent(trial, inbox, '照片.jpg', winner, async () => ({
          sameName: true,
          ...(await basics(trial, inbox)),
        }));
        await expectOnly(trial, inbox, ['照片.jpg']);
      },
    },
    {
      id: 'cut-off',
      step: 5,
      points: 2,
      title: 'when a connection breaks nothing is left of it, and the others go on',
      async run(trial) {
        const inbox = await openInbox(trial);
        const content = lettersOf(trial, 1_000);
        const whole = frame('好.bin', content);
        // One header after the other: that they come in at once is another check's.
        const bad = await connect(trial, inbox, 1);
        await bad.send(frame('坏.bin', trial.random.bytes(100_000), 200_000));
        await trial.happenings.rest();
        const good = await connect(trial, inbox, 2);
        await good.send(whole.subarray(0, 500));
        await trial.happenings.rest();
        const refused = await connect(trial, inbox, 3);
        await refused.send(frame('..', Buffer.alloc(0), 10));
        await answerOf(refused, 'ERR and a reason, then a FIN');
        await trial.happenings.rest();
        bad.reset();
        refused.reset();
        await good.send(whole.subarray(500));
        good.end();
        await expectWhole(trial, inbox, '好.bin', content, good);
        await expectOnly(trial, inbox, ['好.bin']);
      },
    },
    {
      id: 'disk-full',
      step: 5,
      points: 2,
      title:
        'when a file does not fit on the disk its sender gets ERR, nothing is left, and the others go on',
      async run(trial) {
        // Not a byte more than 128 KiB in one file: to the receiver it is the same as a full disk.
        const through = ['sh', '-c', 'ulimit -f 256; exec "$@"', 'sh'];
        const inbox = await openInbox(trial, [], undefined, { through });
        const large = frame('电影.mkv', trial.random.bytes(2 * MIB));
        await expectRefused(trial, inbox, large, 'more than fits on the disk', {
          lie: 'disk full',
        });
        await expectStored(trial, inbox, '小.txt', Buffer.from('小\n'));
      },
    },
    {
      id: 'stalls',
      step: 5,
      points: 2,
      title: 'a sender that falls silent gets ERR after the time of --timeout, and nothing is left',
      async run(trial) {
        const inbox = await openInbox(trial, ['--timeout', '0.8']);
        const began = performance.now();
        const half = await connect(trial, inbox, 1);
        await half.send(frame('电影.mkv', trial.random.bytes(1_000), 2_000));
        const mute = await connect(trial, inbox, 2);
        for (const [peer, what] of [
          [half, 'half a file, then nothing'],
          [mute, 'no byte at all'],
        ] as const) {
          const answer = await answerOf(peer, 'ERR after 0.8 s without a byte', PATIENT).catch(
            adding(() => ({ stalled: true })),
          );
          expectRefusal(trial, answer, what, { stalled: true });
          const waited = Math.round(performance.now() - began);
          trial.must(waited >= 700, {
            saw: `with --timeout 0.8 the receiver gave up after ${waited} ms.`,
            expected: 'the time is given in seconds: 800 ms without a byte.',
            facts: waited >= 700 ? {} : await basics(trial, inbox),
          });
        }
        await expectOnly(trial, inbox, []);
      },
    },
    {
      id: 'stops',
      step: 5,
      points: 3,
      title:
        'on Ctrl+C and on SIGTERM it ends with status 0 at once, and removes what is not whole',
      async run(trial) {
        const signals = ['SIGINT', 'SIGTERM'] as const;
        const inboxes: [Inbox, Peer][] = [];
        for (const signal of signals) {
          const inbox = await openInbox(trial, [], signal);
          const half = await connect(trial, inbox, 1);
          await half.send(frame('照片.jpg', trial.random.bytes(1_000), 2_000));
          const refused = await connect(trial, inbox, 2);
          await refused.send(frame('..', Buffer.alloc(0), 10));
          inboxes.push([inbox, half]);
        }
        await trial.happenings.rest();
        for (const [at, [inbox, half]] of inboxes.entries()) {
          const signal = signals[at] ?? 'SIGTERM';
          inbox.receiver.signal(signal);
          const expected = 'it catches the signal, clears up and ends with status 0.';
          const when = `after ${signal}, with a file half received`;
          const brokenOff = () => ({ brokenOff: half.ended || half.wasReset });
          const exit = await endOf(inbox.receiver, when, expected, brokenOff);
          trial.must(exit.code === 0, {
            saw: `after ${signal} the receiver ended with ${exit.signal ?? `status ${exit.code}`}.`,
            expected,
            facts: { badEnd: true },
          });
          await expectOnly(trial, inbox, [], { afterSignal: true }).catch(
            adding(async () => ({ leavesAlways: await leavesParts(trial) })),
          );
        }
      },
    },
    {
      id: 'directory',
      step: 5,
      points: 1,
      title:
        'the receiver says in one line that its directory is not there, and ends with status 1',
      async run(trial) {
        const file = await trial.write('note.txt', 'not a directory\n');
        for (const directory of [join(trial.directory, 'nowhere'), file]) {
          const receiver = await trial.start('receiver', ['--dir', directory, '--port', '0']);
          await expectComplaint(trial, receiver, `with --dir ${basename(directory)}`, directory);
        }
      },
    },
    {
      id: 'told-no',
      step: 6,
      points: 3,
      title: 'the sender tells its user why it was refused, in words that are safe to print',
      async run(trial) {
        for (const [answer, words] of [
          ['ERR 磁盘满了\n', '磁盘满了'],
          ['ERR \x1b[2J\x1b[31mred\x07 \x9b1m\rnew line\n', 'red'],
          // Neither yes nor no: as untrue as a wrong sha256, and as little to be obeyed.
          ['FOO \x1b[2J\x1b[31mred\n', ''],
        ] as const) {
          const content = Buffer.from('你好\n');
          const { sender, peer } = await begin(trial, 'note.txt', content);
          await sentTo(peer, undefined, { sent: frame('note.txt', content), sender: true });
          await peer.send(answer);
          peer.end();
          await expectComplaint(trial, sender, `when it was told ${shown(answer)}`, words);
        }
      },
    },
    {
      id: 'told-early',
      step: 6,
      points: 2,
      title: 'the sender hears a no in the middle of its sending, and stops',
      async run(trial) {
        const { sender, peer } = await begin(trial, '电影.mkv', 64 * MIB);
        peer.pause();
        await peer.send('ERR no space left\n');
        peer.end();
        const why = 'when ERR came while it was sending 64 MiB to somebody who does not read';
        await expectComplaint(trial, sender, why, 'no space left', { early: true }).catch(
          adding(async () => {
            // Now it can send all it has: does it hear the no at last?
            peer.resume();
            const exit = sender.exit ?? (await sender.ended('', PATIENT).catch(() => undefined));
            return { inTheEnd: exit?.code };
          }),
        );
      },
    },
    {
      id: 'proof',
      step: 6,
      points: 3,
      title: 'the sender ends with status 1 unless the answer is OK with the right sha256',
      async run(trial) {
        const content = Buffer.from('你好，老王\n');
        const sent = { sent: frame('note.txt', content), sender: true };
        const answers: [string, string][] = [
          ['', 'a FIN instead of an answer'],
          [`OK ${sha256(Buffer.from('你好，小李\n'))}\n`, 'OK with the sha256 of another file'],
          [`OK ${sha256(content).slice(0, 20)}`, 'an answer that was cut off'],
          ['OK\n', 'OK without a sha256'],
          [`OK ${sha256(content)}X`, 'OK, the right sha256, one sign more and no line end'],
        ];
        for (const [answer, what] of answers) {
          const { sender, peer } = await begin(trial, 'note.txt', content);
          await sentTo(peer, undefined, sent);
          if (answer) await peer.send(answer);
          peer.end();
          await expectComplaint(trial, sender, `after ${what}`, '', {
            noProof: true,
            cut: answer !== '' && !answer.endsWith('\n'),
          }).catch(adding(() => ({ printed: sender.stdout.text !== '' })));
        }
        const { sender, peer } = await begin(trial, 'note.txt', content);
        await sentTo(peer, undefined, sent);
        peer.reset();
        await expectComplaint(trial, sender, 'when the connection broke', '', { noProof: true });
      },
    },
    {
      id: 'no-file',
      step: 6,
      points: 2,
      title: 'the sender says in one line that there is no such file, before it connects',
      async run(trial) {
        const host = await trial.listen('receiver', 'sender');
        await mkdir(join(trial.directory, '相册'), { recursive: true });
        const pipe = spawnSync('mkfifo', [join(trial.directory, '管道')]).status === 0;
        for (const [name, kind] of [
          ['没有.txt', 'which is not there'],
          ['相册', 'a directory'],
          ...(pipe ? [['管道', 'a named pipe'] as const] : []),
        ] as const) {
          const args = [join(trial.directory, name), '--port', String(host.address.port)];
          const sender = await trial.start('sender', args);
          await expectComplaint(trial, sender, `when it was asked to send ${name}, ${kind}`, name, {
            kind,
          });
          const connected = await host
            .accept('', { patience: 50 })
            .then(() => true)
            .catch(() => false);
          trial.must(!connected, {
            saw: `the sender connected to the receiver, and only then looked for ${name}.`,
            expected: 'it opens the file first. What cannot be sent concerns no receiver.',
            facts: { connectsFirst: true },
          });
        }
      },
    },
    {
      id: 'nobody',
      step: 6,
      points: 1,
      title: 'the sender says in one line that nobody listens, and ends with status 1',
      async run(trial) {
        const port = String(await freePort(trial.random));
        const path = await trial.write('note.txt', 'hello\n');
        const sender = await trial.start('sender', [path, '--port', port]);
        await expectComplaint(trial, sender, 'when nobody listened', port);
      },
    },
    {
      id: 'file-changes',
      step: 6,
      points: 3,
      title:
        'the sender sends what its header promises, also if the file grows; if it shrinks, it says so',
      timeLimit: 55_000, // a slow machine
      async run(trial) {
        const [grows, shrinks] = [
          await begin(trial, 'log.txt', 64 * MIB),
          await begin(trial, 'old.log', 96 * MIB),
        ];
        for (const { peer } of [grows, shrinks]) peer.pause();
        await trial.happenings.rest();
        await appendFile(grows.path, 'one line more\n');
        await truncate(shrinks.path, 64 * MIB);
        grows.peer.resume();
        // 64 MiB take long on a busy machine.
        const patience = 20_000;
        await trial.happenings.rest(() => grows.peer.ended || grows.peer.wasReset, { patience });
        const content = Buffer.alloc(64 * MIB);
        const sent = frame('log.txt', content);
        const facts = { sent, sender: true };
        const got = await sentTo(grows.peer, '64 MiB behind the header, then a FIN', facts);
        trial.sameBytes(got, sent, 'what the sender sent', { grew: true, sender: true });
        await grows.peer.send(`OK ${sha256(content)}\n`);
        grows.peer.end();
        await expectSuccess(trial, grows.sender);
        shrinks.peer.resume();
        await shrinks.peer.over('when the file has become too short', { patience });
        // Even if somebody is content with what came: the sender must have counted for itself.
        const less = shrinks.peer.received.subarray(10 + Buffer.byteLength('old.log'));
        void shrinks.peer.send(`OK ${sha256(less)}\n`);
        shrinks.peer.end();
        await expectComplaint(trial, shrinks.sender, 'when its file had shrunk', '', {
          shrank: true,
          // All of it came: it had been read before the file shrank.
          readAhead: less.length === 96 * MIB && (shrinks.sender.memory()?.peak ?? 0) > 96 * MIB,
        });
      },
    },
    {
      id: 'receive-big',
      step: 7,
      points: 2,
      title: 'the receiver keeps its memory small while 256 MiB come in',
      timeLimit: 55_000, // a slow disk
      async run(trial) {
        const inbox = await openInbox(trial);
        const peer = await connect(trial, inbox);
        const block = lettersOf(trial, 4 * MIB);
        await peer.send(frame('电影.mkv', Buffer.alloc(0), 256 * MIB));
        const hash = createHash('sha256');
        for (let sent = 0; sent < 256 * MIB; sent += block.length) {
          await peer.send(block);
          hash.update(block);
        }
        const used = () => inbox.receiver.memory()?.peak ?? 0;
        expectMemory(trial, 'receiver', used());
        peer.end();
        const why = () => basics(trial, inbox);
        const expected = 'OK and the sha256 of 256 MiB, then a FIN';
        const answer = await answerOf(peer, expected, { patience: 20_000 }).catch(wondering(why));
        expectMemory(trial, 'receiver', used());
        if (answer !== `OK ${hash.digest('hex')}\n`) {
          const wrong = wrongAnswer(answer, '电影.mkv');
          const facts = isOk(answer) ? { wrongHash: true } : await why();
          trial.fail({ ...wrong, facts: { ...wrong.facts, ...facts } });
        }
      },
    },
    {
      id: 'send-big',
      step: 7,
      points: 2,
      title: 'the sender keeps its memory small while the receiver reads nothing of 256 MiB',
      async run(trial) {
        const { sender, peer } = await begin(trial, '电影.mkv', 256 * MIB);
        peer.pause();
        await trial.happenings.rest();
        expectMemory(trial, 'sender', sender.memory()?.peak ?? 0);
        peer.reset();
        await expectComplaint(trial, sender, 'when the connection broke', '');
      },
    },
    {
      id: 'many-at-once',
      step: 7,
      points: 2,
      title: 'the receiver takes eight files at once, each with its own bytes',
      async run(trial) {
        const inbox = await openInbox(trial);
        const files = [];
        const places = [1, 15, 9_000];
        for (const number of [1, 2, 3, 4, 5, 6, 7, 8]) {
          const content = lettersOf(trial, trial.random.int(20_000, 200_000));
          const peer = await connect(trial, inbox, number);
          const parts = cutAt(frame(`照片${number}.jpg`, content), places);
          files.push({ name: `照片${number}.jpg`, content, peer, parts });
        }
        // In turns, so that each of them has begun before the first is through.
        for (let part = 0; part < 4; part += 1) {
          for (const { peer, parts } of trial.random.shuffle(files)) {
            await peer.send(parts[part] ?? '');
          }
        }
        for (const { peer } of files) peer.end();
        for (const { name, content, peer } of files) {
          await expectWhole(trial, inbox, name, content, peer, async () => {
            const alone = await takesApart(trial, places);
            return alone ? { others: true } : { tornApart: true, apart: await takesApart(trial) };
          });
        }
        await expectOnly(trial, inbox, files.map(({ name }) => name).sort());
      },
    },
  ],
  diagnoses: [
    {
      id: 'digest-twice',
      when: ({ stderr }) => /ERR_CRYPTO_HASH_FINALIZED|Digest already called/.test(stderr),
      cause: () => 'digest() may be called once. Keep its result.',
      step: 1,
      hint: 3,
    },
    {
      id: 'seconds-not-milliseconds',
      when: ({ tooEarly }) => tooEarly === true,
      cause: () => 'Node counts in milliseconds, the option in seconds.',
      step: 5,
      hint: 3,
    },
    {
      id: 'another-directory',
      when: ({ elsewhere, added }) =>
        elsewhere === true ||
        (Array.isArray(added) && added.some((path) => String(path).startsWith('inbox/'))),
      cause: () =>
        'the file has gone into a directory that is called inbox. Where it belongs is said by --dir: use `directory`.',
      step: 1,
      hint: 4,
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
      id: 'ok-too-early',
      when: ({ late, lie, answer }) => late === true || (lie === 'disk full' && isOk(answer)),
      cause: () =>
        'OK went out before the file was in its place. The last byte has come, but it is still on its way to the disk.',
      step: 1,
      hint: 3,
    },
    {
      id: 'little-endian',
      when: ({ worksBackwards, sender, sent, got }) =>
        worksBackwards === true ||
        (sender === true && sent !== undefined && got !== undefined && isSwapped(sent, got)),
      cause: () =>
        'the bytes of a number stand in the wrong order. On this wire the large end comes first: the length 8 is 00 08.',
      step: 1,
      hint: 3,
    },
    {
      id: 'no-frame',
      when: ({ sender, sent, got }) =>
        sender === true &&
        sent !== undefined &&
        got !== undefined &&
        got.length > 2 &&
        sent.subarray(2).indexOf(got.subarray(0, 3)) === 0,
      cause: () =>
        'the name comes first, with nothing before it that tells where it ends. Time is no border: TCP may join what was sent seconds apart.',
      step: 1,
      hint: 2,
    },
    {
      id: 'sends-the-path',
      when: ({ sender, sent, got }) =>
        sender === true && sent !== undefined && got !== undefined && namesPath(got),
      cause: () =>
        'the whole path was sent. The directories of the sender mean nothing at the receiver.',
      hint: 3,
    },
    {
      id: 'length-in-characters',
      when: ({ check, sent, got }) =>
        check === 'send-chinese' &&
        got !== undefined &&
        got.length > 2 &&
        got.readUInt16BE(0) < (sent?.readUInt16BE(0) ?? 0),
      cause: () =>
        'the length of the name counts characters. 照片.jpg has 6 of them, but 10 bytes, and the receiver counts bytes.',
      hint: 2,
    },
    {
      id: 'no-fin',
      when: ({ sender, silent, sent, got }) =>
        sender === true &&
        silent === true &&
        got !== undefined &&
        got.length > 0 &&
        sent?.equals(got) === true,
      cause: () =>
        'all the bytes are there, and only the FIN is missing: end your side, or the receiver waits for more.',
      step: 1,
      hint: 3,
    },
    {
      id: 'answer-without-fin',
      when: ({ silent, got }) => silent === true && /^(OK|ERR) /.test(String(got)),
      cause: ({ got, sent }) =>
        `${
          got?.includes('\n')
            ? 'the answer is there, and only the FIN is missing: the receiver must end its side as well.'
            : 'the answer has no line end and no FIN: write the line with its \\n, and end your side.'
        }${ofNothing(got, sent)}`,
      step: 1,
      hint: 4,
    },
    {
      id: 'end-of-nothing',
      when: ({ check, stderr }) => check === 'send-empty' && /ERR_OUT_OF_RANGE/.test(stderr),
      cause: () =>
        'createReadStream() counts `end` from 0 and reads that byte, too. An empty file has no last byte: size - 1 is -1. Send its header, and nothing more.',
      step: 6,
      hint: 3,
    },
    {
      id: 'empty-refused',
      when: ({ check, answer }) =>
        check === 'receive-empty' && typeof answer === 'string' && answer.startsWith('ERR '),
      cause: () =>
        'a size of 0 is a size like any other. `!size` is true for it, as for a size that is missing.',
      hint: 1,
    },
    {
      id: 'empty-never-ends',
      when: ({ check, silent }) =>
        (check === 'receive-empty' || check === 'send-empty') && silent === true,
      cause: () =>
        'the program waits for a first piece of the file. An empty file has none: only its end comes.',
      hint: 1,
    },
    {
      id: 'rest-thrown-away',
      when: ({ worksApart }) => worksApart === true,
      cause: () =>
        'it works only if header and file come apart. What stands behind the header in the same chunk belongs to the file.',
      step: 1,
      hint: 3,
    },
    {
      id: 'temp-name-too-long',
      when: ({ check, plain, noOk, file }) =>
        check === 'names-fine' && plain === true && noOk === true && file === '长'.repeat(85),
      cause: () =>
        'a name of 255 bytes is as long as a name can be. One more sign at its end, as in .part, and the disk says ENAMETOOLONG.',
      step: 5,
      hint: 2,
    },
    {
      id: 'refuses-too-much',
      when: ({ check, plain, noOk }) => check === 'names-fine' && plain === true && noOk === true,
      cause: () =>
        'a rule is too broad. Two dots are dangerous as a whole name, and harmless inside one.',
      hint: 3,
    },
    {
      id: 'header-in-one-chunk',
      when: ({ tornApart, plain, apart, noOk, silent, crash }) =>
        tornApart === true &&
        plain === true &&
        apart === true &&
        (noOk === true || silent === true || crash !== undefined),
      cause: ({ stderr, answer }) =>
        /EISDIR/.test(`${stderr} ${String(answer)}`)
          ? 'the name was read before its bytes had come. An empty name leads to the directory itself (EISDIR).'
          : 'the header is looked for in one chunk, or each chunk is taken for one part. A chunk is what happened to be there, and nothing more.',
      hint: 2,
    },
    {
      id: 'answer-in-one-chunk',
      when: ({ wholeAnswer, doubts }) => wholeAnswer === true && doubts === true,
      cause: () =>
        'the first chunk of the answer is taken for all of it. It may hold one byte: collect until there is a line end.',
      hint: 3,
    },
    {
      id: 'says-nothing',
      when: ({ noWord, noProof, exit, printed }) =>
        noWord === 'sender' || (noProof === true && exit?.code === 0 && printed === false),
      cause: () =>
        'the sender has ended with 0 and said nothing: the line is missing, or the answer was compared with something else, and nobody says so.',
      step: 1,
      hint: 4,
    },
    {
      id: 'no-line',
      when: ({ noWord, crash }) => noWord === 'receiver' && crash === undefined,
      cause: () =>
        'the file and the answer are right. Only the line on the screen of the receiver is missing, or has other words.',
      step: 1,
      hint: 4,
    },
    {
      id: 'prefix-check',
      when: ({ added }) => Array.isArray(added) && /^inbox-\d+-secret\//.test(String(added[0])),
      cause: () =>
        'the path was compared with the beginning of the directory: /srv/inbox-secret begins with /srv/inbox, too.',
      hint: 2,
    },
    {
      id: 'wrote-outside',
      when: ({ check, added }) =>
        check === 'names-path' &&
        Array.isArray(added) &&
        added.some((path) => !/^inbox-\d+\/[^/]*$/.test(String(path))),
      cause: () =>
        'the name of a stranger was joined to the path as it came. With `..` or `/` in it, it leads anywhere.',
      step: 4,
      hint: 2,
    },
    {
      id: 'backslash',
      when: ({ check, name, answer }) =>
        check === 'names-path' && isOk(answer) && String(name).includes('\\'),
      cause: () =>
        'a `\\` in a name is harmless on Linux and leads into another directory on Windows, where the file may end up one day.',
      hint: 3,
    },
    {
      id: 'renamed-in-silence',
      when: ({ check, answer }) => check === 'names-path' && isOk(answer),
      cause: () =>
        'the name was mended, and the file stored under another one. The sender believes that it has what it asked for: refuse it.',
      hint: 2,
    },
    {
      id: 'decoded-anyway',
      when: ({ check, added }) => check === 'names-bytes' && String(added).includes('\uFFFD'),
      cause: () =>
        'bytes that are not UTF-8 were decoded all the same. toString() never fails: it writes U+FFFD for what it cannot read.',
      hint: 3,
    },
    {
      id: 'control-characters',
      when: ({ check, answer }) => check === 'names-bytes' && isOk(answer),
      cause: () =>
        'a control character was let through. A line end or an escape in a name plays tricks on whoever lists the directory.',
      hint: 3,
    },
    {
      id: 'refuses-late',
      when: ({ open, saidNoAtLast }) => open === true && saidNoAtLast === true,
      cause: () =>
        'the receiver waits for more, or for the end, before it says no. It knows enough: say it now, the sender may have gigabytes to come.',
      hint: 2,
    },
    {
      id: 'reset-destroys-answer',
      when: ({ busySender, silent, crash }) =>
        busySender === true && silent !== true && crash === undefined,
      cause: () =>
        'the receiver closed while bytes stood unread. Then the kernel sends RST, and a RST throws away what the sender has not read yet: the ERR.',
      hint: 2,
    },
    {
      id: 'refusal-stops-reading',
      when: ({ busySender, silent }) => busySender === true && silent === true,
      cause: () =>
        'the receiver reads no further, so the FIN of the sender never comes. If you call resume() and nothing happens, an iterator still holds the socket: first `await chunks.return?.()`.',
      hint: 3,
    },
    {
      id: 'reads-for-ever',
      when: ({ readsOn }) => readsOn === true,
      cause: () =>
        'nothing ends a connection that was refused. A clock that starts anew with each byte does not help: start one that runs once.',
      hint: 3,
    },
    {
      id: 'fin-is-complete',
      when: ({ lie, answer, counts }) =>
        (lie === 'too few' || (lie === 'large size' && counts === false)) && isOk(answer),
      cause: () =>
        'the FIN was taken for "complete". A sender that dies sends one as well: only the size tells whether all is there.',
      step: 5,
      hint: 2,
    },
    {
      id: 'only-32-bits',
      when: ({ lie, answer, counts }) => lie === 'large size' && counts === true && isOk(answer),
      cause: () =>
        'only 32 bits of the size are left. 2^32 + 5 becomes 5, and half a film passes for a whole one. Numbers with more bits do not survive |, & and <<.',
      step: 5,
      hint: 2,
    },
    {
      id: 'stops-at-size',
      when: ({ lie, plain, answer }) => lie === 'too many' && plain === true && isOk(answer),
      cause: () =>
        'the receiver stopped at the size and did not look further. If more comes, one of the two numbers is wrong, and nobody knows which.',
      hint: 2,
    },
    {
      id: 'part-in-sight',
      when: ({ partInSight }) => partInSight === true,
      cause: () =>
        'the bytes go straight into the file of that name. Write elsewhere, and give the name when all is there.',
      hint: 2,
    },
    {
      id: 'replaces',
      when: ({ replaced }) => replaced === true,
      cause: () =>
        'the file that was there is gone. rename(), and opening with the flag w, replace without a word.',
      hint: 3,
    },
    {
      id: 'removes-what-was-there',
      when: ({ removed }) => removed === true,
      cause: () =>
        'the sender was told no, and then the clean-up took the file of another one away. Remove only what this transfer has made.',
      hint: 2,
    },
    {
      id: 'check-then-act',
      when: ({ sameName, winners, looks }) => sameName === true && winners === 2 && looks === true,
      cause: () =>
        'both found the name free, then both took it. Between looking and acting others act: let one call do both, one that fails if the name is taken.',
      hint: 2,
    },
    {
      id: 'shared-between-senders',
      when: ({ plain, sameName, others, noOk, notThere, stored, winners }) =>
        plain === true &&
        ((sameName === true && (winners === 0 || (stored === true && notThere !== true))) ||
          (others === true && (noOk === true || stored === true))),
      cause: () =>
        'two transfers write into one part, or share a variable at the top of the file. Each needs its own.',
      step: 5,
      hint: 2,
    },
    {
      id: 'another-hash',
      when: ({ wrongHash }) => wrongHash === true,
      cause: ({ answer, sent }) =>
        `the sha256 is not that of the bytes of the file. Header bytes do not belong to it, and every byte of the file does, once.${ofNothing(answer, sent)}`,
      step: 1,
      hint: 3,
    },
    {
      id: 'part-left-by-signal',
      when: ({ leftInDirectory, afterSignal, leavesAlways }) =>
        leftInDirectory !== undefined && afterSignal === true && leavesAlways === false,
      cause: () =>
        'process.exit() ends at once: no finally runs, and the part stays. Break the transfers off, and let Node end when all is cleared up.',
      hint: 3,
    },
    {
      id: 'part-left',
      when: ({ leftInDirectory }) => leftInDirectory !== undefined,
      cause: () =>
        'the part of a transfer that failed is still there. Remove it on every way out: finally runs on all of them.',
      step: 5,
      hint: 2,
    },
    {
      id: 'no-timeout',
      when: ({ stalled, silent }) => stalled === true && silent === true,
      cause: () =>
        'nobody looks at the clock. A sender that is silent stays for ever, with its part on your disk.',
      hint: 3,
    },
    {
      id: 'no-answer-after-timeout',
      when: ({ stalled, crash }) => stalled === true && crash === undefined,
      cause: () =>
        'the connection was closed without a word. Send the ERR first: a socket that is destroyed sends nothing any more.',
      hint: 3,
    },
    {
      id: 'signal-not-caught',
      when: ({ badEnd, exit }) =>
        badEnd === true && (exit?.signal === 'SIGINT' || exit?.signal === 'SIGTERM'),
      cause: () =>
        'nobody listens for the signal, so the kernel ends the program as it stands, and the part stays.',
      hint: 3,
    },
    {
      id: 'clock-goes-on',
      when: ({ brokenOff }) => brokenOff === true,
      cause: () =>
        "the senders are broken off, and something else keeps Node alive: a clock that is still running, most likely. clearTimeout() in refuse() when the socket closes: 'close' always comes, 'end' does not come after destroy().",
      hint: 3,
    },
    {
      id: 'waits-for-senders',
      when: ({ check, stillRunning }) => check === 'stops' && stillRunning === true,
      cause: () =>
        'server.close() takes no new senders, and waits for those it has. Break them off as well.',
      hint: 3,
    },
    {
      id: 'directory-not-looked-at',
      when: ({ check, stillRunning }) => check === 'directory' && stillRunning === true,
      cause: () => 'nobody asks for the directory before the first file comes. Ask at the start.',
      hint: 3,
    },
    {
      id: 'error-not-told',
      when: ({ thrown }) => thrown === true,
      cause: () =>
        'an error that nobody caught ends a program with its stack. Catch the errors that a user can cause, by their code, and say each in one line.',
      hint: 4,
    },
    {
      id: 'opens-first',
      when: ({ kind, stillRunning }) => kind === 'a named pipe' && stillRunning === true,
      cause: () =>
        'to open a named pipe waits until somebody writes into it. Ask stat() what it is, and only then open it.',
      hint: 3,
    },
    {
      id: 'refusal-ignored',
      when: ({ check, complaint, exit, inTheEnd }) =>
        (check === 'told-no' && complaint === true && exit?.code === 0) ||
        (check === 'told-early' && inTheEnd === 0),
      cause: () => 'nobody looks whether the line begins with ERR.',
      hint: 3,
    },
    {
      id: 'line-end-in-reason',
      when: ({ check, lines }) =>
        (check === 'told-no' || check === 'told-early') &&
        Array.isArray(lines) &&
        lines.length === 2 &&
        lines[1] === '',
      cause: () => 'the reason still has its line end, and console.error() adds another one.',
      hint: 3,
    },
    {
      id: 'prints-what-it-is-told',
      when: ({ obeyed }) => obeyed === true,
      cause: () =>
        'the words of a stranger were printed as they came. ESC [ 2 J clears a screen; take the control characters out.',
      hint: 3,
    },
    {
      id: 'hears-no-late',
      when: ({ early, stillRunning, inTheEnd }) =>
        early === true && stillRunning === true && inTheEnd === 1,
      cause: () =>
        'the sender listens only after it has sent everything. Sending and listening must go on at the same time.',
      hint: 1,
    },
    {
      id: 'cut-answer-believed',
      when: ({ noProof, cut, exit }) => noProof === true && cut === true && exit?.code === 0,
      cause: () =>
        'an answer without a line end was believed: it was cut off. indexOf() says -1 then, and slice(0, -1) takes the last character away.',
      hint: 3,
    },
    {
      id: 'believes-anything',
      when: ({ noProof, exit }) => noProof === true && exit?.code === 0,
      cause: () =>
        'the sender was content with less than proof. Compare the whole line with OK and the sha256 of what you have sent.',
      hint: 2,
    },
    {
      id: 'connects-first',
      when: ({ connectsFirst }) => connectsFirst === true,
      cause: () => 'the order: open the file, then connect.',
      hint: 3,
    },
    {
      id: 'sends-what-grew',
      when: ({ grew, sent, got }) =>
        grew === true && sent !== undefined && got !== undefined && isBeginning(sent, got),
      cause: () =>
        'the file was sent to its end, and its end has moved. The header has promised a size: send that many bytes.',
      hint: 3,
    },
    {
      id: 'silent-about-less',
      when: ({ shrank, complaint, readAhead }) =>
        shrank === true && complaint === true && readAhead !== true,
      cause: () =>
        'fewer bytes went out than the header had promised, and the sender says nothing of it, or too much. Count them.',
      hint: 3,
    },
    {
      id: 'collects-all',
      when: ({ unbounded, program }) => unbounded === true && program === 'receiver',
      cause: () =>
        'all of the file is kept in memory before it is written. Write each chunk as it comes, and forget it.',
      hint: 2,
    },
    {
      id: 'reads-faster-than-it-sends',
      when: ({ unbounded, program, readAhead }) =>
        readAhead === true || (unbounded === true && program === 'sender'),
      cause: () =>
        'the file is read although nobody takes it: as a whole, or chunk by chunk with no look at what write() returns. pipeline() reads no faster than it can send.',
      hint: 2,
    },
  ],
});
interface Inbox {
  readonly receiver: Program;
  readonly address: Address;
  readonly directory: string;
}

type Peer = Awaited<ReturnType<Trial['connect']>>;
type Wire = Parameters<Trial['relay']>[1];
type Facts = Record<string, unknown>;
/** Files by name; a number stands for so many random bytes. */
type Files = Readonly<Record<string, Buffer | number>>;

// --- checks of which there are many ---

/** A check: each file is stored. */
function receives(files: Files): Check['run'] {
  return async (trial) => {
    const inbox = await openInbox(trial);
    for (const [name, content] of Object.entries(files)) {
      await expectStored(trial, inbox, name, bytesOf(trial, content));
    }
  };
}

/** A check: each file is sent as it should be, and the answer is understood. */
function sends(files: Files): Check['run'] {
  return async (trial) => {
    for (const [name, content] of Object.entries(files)) {
      await expectSent(trial, name, bytesOf(trial, content));
    }
  };
}

const RELAYED = { client: 'sender', server: 'receiver' };

function bytesOf(trial: Trial, content: Buffer | number): Buffer {
  return typeof content === 'number' ? trial.random.bytes(content) : content;
}

/** Random letters and digits: what becomes of bytes that are no text is for one check to ask. */
function lettersOf(trial: Trial, size: number): Buffer {
  return Buffer.from(
    trial.random
      .bytes(Math.ceil(size / 2))
      .toString('hex')
      .slice(0, size),
  );
}

// --- the receiver ---

/** Starts a receiver under check, on a directory of its own. */
async function openInbox(
  trial: Trial,
  options: readonly string[] = [],
  name = `inbox-${trial.random.int(10, 99)}`,
  start: Parameters<Trial['start']>[2] = {},
): Promise<Inbox> {
  const directory = join(trial.directory, name);
  // And one that nobody has asked for: whoever has written its name into the program finds it.
  for (const path of [directory, join(trial.directory, 'inbox')]) {
    await mkdir(path, { recursive: true });
  }
  const args = ['--dir', directory, '--port', '0', ...options];
  const receiver = await trial.start('receiver', args, start);
  return { receiver, address: await receiver.ready(), directory };
}

function connect(
  trial: Trial,
  { address, receiver }: Inbox,
  number: number | string = 1,
): Promise<Peer> {
  return trial.connect(address, `sender ${number}`, receiver.actor);
}

/** A frame as the contract has it; `size` may lie. */
function frame(name: string | Buffer, content: Buffer, size: number | bigint = content.length) {
  const bytes = Buffer.from(name);
  const header = Buffer.alloc(2 + bytes.length + 8);
  header.writeUInt16BE(bytes.length, 0);
  bytes.copy(header, 2);
  header.writeBigUInt64BE(BigInt(size), 2 + bytes.length);
  return Buffer.concat([header, content]);
}

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  return [0, ...places].map((from, at) => bytes.subarray(from, places[at]));
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** What stands in the inbox, parts and hidden files included. */
function names({ directory }: Inbox): string[] {
  return readdirSync(directory).sort();
}

function shown(answer: string): string {
  return showText(Buffer.from(answer), 60);
}

/** Sends a file as it should be sent; expects it in the directory, and OK with its hash. */
async function expectStored(
  trial: Trial,
  inbox: Inbox,
  name: string,
  content: Buffer,
  { via, places = [], facts: more = () => ({}) }: Sending = {},
): Promise<void> {
  const peer = await connect(trial, { ...inbox, address: via ?? inbox.address });
  const before = trial.exchange.entries.length;
  for (const part of cutAt(frame(name, content), places)) void peer.send(part);
  peer.end();
  const facts = async () => ({ sent: content, file: name, ...(await more()) });
  if (via) await delivered(trial, before, 'receiver', () => peer.ended || peer.wasReset);
  await expectWhole(trial, inbox, name, content, peer, facts);
}

interface Sending {
  readonly via?: Address | undefined;
  /** Where the frame is cut into writes. */
  readonly places?: readonly number[];
  /** What to look at if it fails. */
  readonly facts?: () => Facts | Promise<Facts>;
}

/** Expects a file, of which the last byte and the FIN were sent, in the directory, and OK with its hash. */
async function expectWhole(
  trial: Trial,
  inbox: Inbox,
  name: string,
  content: Buffer,
  peer: Peer,
  facts: () => Facts | Promise<Facts> = () => ({}),
): Promise<void> {
  const expected = 'OK and the sha256 of the file, then a FIN';
  const why = async () => {
    const basic = await basics(trial, inbox);
    return { ...basic, ...(basic.plain === true ? await facts() : {}) };
  };
  const answer = await answerOf(peer, expected).catch(wondering(why));
  if (!answer.startsWith('OK ')) {
    trial.fail({
      ...wrongAnswer(answer, name),
      facts: { file: name, ...(await why()), answer, noOk: true },
    });
  }
  await expectContent(trial, inbox, name, content, why);
  const wrong = wrongAnswer(answer, name);
  trial.must(answer === `OK ${sha256(content)}\n`, {
    ...wrong,
    facts: { ...wrong.facts, sent: content, wrongHash: true },
  });
}

/**
 * Something failed. Does the receiver at least take a small file (`plain`), sent as it should be by one who has all the time
 * in the world? If not, that is what is wrong: is it the time, the wire that put header and bytes together, or the order of
 * the bytes?
 */
async function basics(trial: Trial, { receiver }: Inbox): Promise<Facts> {
  if (receiver.stderr.bytes.includes('TODO: ')) return {};
  if (await givesUpAtOnce(trial)) return { tooEarly: true };
  const small = frame(SMALL.name, SMALL.content);
  if (await takes(trial, [small], 'a small file')) return { plain: true };
  if (await takesApart(trial)) return { worksApart: true };
  const swapped = Buffer.from(small);
  swapped.subarray(-8 - SMALL.content.length, -SMALL.content.length).reverse();
  const bothSwapped = Buffer.from(swapped);
  bothSwapped.subarray(0, 2).reverse();
  for (const [bytes, what] of [
    [bothSwapped, 'both numbers with the small end first'],
    [swapped, 'the size with the small end first'],
  ] as const) {
    if (await takes(trial, [bytes], what)) return { worksBackwards: true };
  }
  return {};
}

const SMALL = { name: 'small.txt', content: Buffer.from('hello\n') };

/** Does a new receiver take the small file, if it comes in these parts? */
function takes(trial: Trial, parts: readonly Buffer[], what: string): Promise<boolean> {
  return tries(trial, what, async (tried) => {
    const answer = await answerTo(trial, tried, parts);
    await trial.happenings.rest();
    const path = join(tried.directory, SMALL.name);
    return isOk(answer) && existsSync(path) && readFileSync(path).equals(SMALL.content);
  });
}

/** The same with a pause at these places of the frame: between header and file, if none are given. */
function takesApart(trial: Trial, places = [10 + SMALL.name.length]): Promise<boolean> {
  const parts = cutAt(frame(SMALL.name, SMALL.content), places);
  return takes(trial, parts, `a small file in ${parts.length} pieces`);
}

/** Does it say no to a name that is taken, when nobody else sends? */
function refusesExisting(trial: Trial): Promise<boolean> {
  return tries(trial, 'a file that is there already', async (tried) => {
    await trial.write(`${basename(tried.directory)}/${SMALL.name}`, 'here before\n');
    const answer = await answerTo(trial, tried, [frame(SMALL.name, SMALL.content)]);
    return answer.startsWith('ERR ');
  });
}

/** Does it say no to a file that is shorter than announced, both numbers being small? */
function countsBytes(trial: Trial): Promise<boolean> {
  return tries(trial, 'a small file that is too short', async (tried) => {
    const answer = await answerTo(trial, tried, [frame(SMALL.name, SMALL.content, 10)]);
    return answer.startsWith('ERR ');
  });
}

/** Does it leave something of a file that is too short, although nobody has ended it? */
function leavesParts(trial: Trial): Promise<boolean> {
  return tries(trial, 'a small file that is too short', async (tried) => {
    await answerTo(trial, tried, [frame(SMALL.name, SMALL.content, 10)]);
    await trial.happenings.rest();
    return names(tried).length > 0;
  });
}

/** The answer of a receiver that is tried to a frame in these parts. */
async function answerTo(trial: Trial, tried: Inbox, parts: readonly Buffer[]): Promise<string> {
  const peer = await connect(trial, tried, TRIED);
  for (const [at, part] of parts.entries()) {
    if (at > 0) await trial.happenings.rest();
    void peer.send(part);
  }
  peer.end();
  return answerOf(peer, '');
}

/** Does a receiver, to which nobody has given a time, lose patience in less than a second? */
function givesUpAtOnce(trial: Trial): Promise<boolean> {
  return tries(trial, 'a silent sender', async (tried) => {
    const peer = await connect(trial, tried, TRIED);
    const answer = await answerOf(peer, '', { mayRest: true, patience: 500 });
    return answer.startsWith('ERR ');
  });
}

/** Tries something with a receiver of its own. If that one breaks down in it, it is not held against the program. */
async function tries(
  trial: Trial,
  what: string,
  attempt: (inbox: Inbox) => Promise<boolean>,
): Promise<boolean> {
  const entries = trial.exchange.entries as Entry[];
  const before = entries.length;
  let tried: Inbox | undefined;
  try {
    // A directory of its own: a name that is taken already must not decide.
    let number = 1;
    while (existsSync(join(trial.directory, `tried-${number}`))) number += 1;
    tried = await openInbox(trial, [], `tried-${number}`, { actor: `receiver ${TRIED}` });
    return await attempt(tried);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return false;
  } finally {
    tried?.receiver.signal('SIGKILL');
    await tried?.receiver.ended('', PATIENT).catch(() => {});
    // The drawing is for what failed: a remark is enough.
    const others = entries.slice(before).filter(({ from }) => !from.endsWith(TRIED));
    entries.splice(before, entries.length, ...others);
    trial.note(`the check has also tried, not drawn: ${what}`);
  }
}

const TRIED = '(tried)';

/** The answer of the receiver: all bytes up to its FIN, as text. */
async function answerOf(
  peer: Peer,
  what: string,
  options?: Parameters<Peer['receiveToEnd']>[1],
): Promise<string> {
  return (await peer.receiveToEnd(what, options)).toString();
}

function wrongAnswer(answer: string, name: string) {
  return {
    saw: `the receiver answered ${shown(answer)} to the name \`${clean(name, 40)}\`.`,
    expected:
      'one line, OK and the sha256 of the bytes that it has stored, in hex: the file is whole.',
    facts: { answer },
  };
}

/** Right after the answer: whoever says OK has the file. */
async function expectContent(
  trial: Trial,
  inbox: Inbox,
  name: string,
  content: Buffer,
  facts: () => Facts | Promise<Facts> = () => ({}),
): Promise<void> {
  const found = names(inbox);
  const stored = found.includes(name) ? readFileSync(join(inbox.directory, name)) : undefined;
  if (stored?.equals(content)) return;
  const elsewhere = existsSync(join(trial.directory, 'inbox', name));
  if (!elsewhere) await trial.happenings.rest();
  const late =
    names(inbox).includes(name) && readFileSync(join(inbox.directory, name)).equals(content);
  const seen = { stored: true, ...(elsewhere ? { elsewhere } : late ? { late } : await facts()) };
  if (stored) trial.sameBytes(stored, content, `the file ${clean(name, 40)}`, seen);
  trial.fail({
    saw: `the answer is OK, but ${clean(name, 40)} is not there: the directory ${found.length === 0 ? 'is empty' : `holds ${clean(found.join(', '), 60)}`}.`,
    expected: 'OK means that the file is in its place.',
    facts: { ...seen, notThere: true },
  });
}

/** Sends bytes that must be refused: ERR and a reason, and nothing new in or around the directory. */
async function expectRefused(
  trial: Trial,
  inbox: Inbox,
  bytes: Buffer,
  name: string | Buffer,
  { open = false, lie, rest, facts: more = () => ({}) }: Refusing = {},
): Promise<void> {
  const known = lie !== undefined || open; // what it is; else it is a name
  const what =
    typeof name === 'string' && known ? clean(name, 60) : showText(Buffer.from(name), 40);
  const before = everythingIn(trial.directory);
  const peer = await connect(trial, inbox);
  void peer.send(bytes);
  if (!open) peer.end();
  const facts = () => ({
    name: name.toString(),
    added: everythingIn(trial.directory).filter((path) => !before.includes(path)),
    open,
    ...(lie ? { lie } : {}),
  });
  const why = async (): Promise<Facts> => {
    const seen = facts(); // before anything else is tried
    const basic = await basics(trial, inbox);
    return { ...seen, ...basic, ...(basic.plain === true ? await more() : {}) };
  };
  /** Nothing came: does a no come at last, when all has been sent that was announced? */
  const atLast = async () => {
    const seen = await why();
    if (!open || !rest || seen.plain !== true) return seen;
    void peer.send(rest);
    peer.end();
    const answer = await answerOf(peer, '', PATIENT).catch(() => '');
    return { ...seen, saidNoAtLast: answer.startsWith('ERR ') };
  };
  const expected = `ERR and a reason${open ? ' at once' : ''}, then a FIN, in answer to: ${what}`;
  const answer = await answerOf(peer, expected).catch(wondering(atLast));
  const { added } = facts();
  if (!answer.startsWith('ERR ') || added.some((path) => path.endsWith('x.txt'))) {
    trial.fail({
      saw: `in answer to ${what}, the receiver said ${shown(answer)}${added[0] ? `, and there is a new file: ${clean(added[0], 60)}` : ''}.`,
      expected: 'one line, ERR and a reason, and no new file anywhere.',
      facts: { ...(await why()), answer },
    });
  }
  expectRefusal(trial, answer, what);
  peer.end();
  await expectOnly(trial, inbox, before.flatMap(insideOf(inbox)), facts());
}

interface Refusing {
  /** No FIN: the sender waits. */
  readonly open?: boolean;
  /** What is wrong, if not the name. */
  readonly lie?: string;
  /** For an open connection: what the sender has announced and not sent. */
  readonly rest?: Buffer | undefined;
  /** What to look at if it fails. */
  readonly facts?: () => Facts | Promise<Facts>;
}

function expectRefusal(trial: Trial, answer: string, what: string, facts: Facts = {}): void {
  trial.must(/^ERR [^\n]+\n$/.test(answer), {
    saw: `in answer to ${clean(what, 60)}, the receiver said ${shown(answer)}.`,
    expected: 'one line that is ended by \\n: ERR, a space and a reason.',
    facts: { ...facts, answer },
  });
}

/** Every path below a directory, relative to it. */
function everythingIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true }).map(String).sort();
}

function insideOf({ directory }: Inbox): (path: string) => string[] {
  const prefix = `${basename(directory)}/`;
  return (path) =>
    path.startsWith(prefix) && !path.slice(prefix.length).includes('/')
      ? [path.slice(prefix.length)]
      : [];
}

/** Expects these names in the inbox and no others, at the latest when the receiver has come to rest. */
async function expectOnly(
  trial: Trial,
  inbox: Inbox,
  expected: readonly string[],
  facts: Facts = {},
): Promise<void> {
  const surplus = () => names(inbox).filter((name) => !expected.includes(name));
  const clear = () => (surplus().length === 0 ? true : undefined);
  if (inbox.receiver.exit && clear()) return;
  await trial.happenings.until(
    clear,
    () =>
      new Failure({
        saw: `there is something in the directory that nobody has been told OK for: ${clean(surplus().join(', '), 80)}.`,
        expected: 'what is not whole is removed, however the transfer has ended.',
        facts: { leftInDirectory: surplus(), ...facts },
      }),
    inbox.receiver.exit ? { patience: 1 } : {},
  );
}

// --- the wire ---

/**
 * Waits until a relay has handed on the FIN that was sent behind entry `before`, or there is nobody any more to take it. What
 * it cuts takes long on a busy machine: only from then on it is for the program to act.
 */
async function delivered(
  trial: Trial,
  before: number,
  to: 'sender' | 'receiver',
  over: () => boolean,
): Promise<void> {
  // Recorded twice: when it is sent, and when the relay passes it on.
  const ends = () =>
    trial.exchange.entries
      .slice(before)
      .filter((entry) => entry.kind === 'end' && entry.to?.startsWith(to));
  const wire = { mayRest: true, patience: 25_000 };
  await trial.happenings.rest(() => ends().length >= 2 || over(), wire);
}

// --- the sender ---

/** Starts a sender under check for a new file (a number: so many bytes 0), and takes its connection. */
async function begin(
  trial: Trial,
  name: string,
  content: Buffer | number,
  wire?: Wire,
): Promise<{ sender: Program; peer: Peer; path: string }> {
  const host = await trial.listen('receiver', 'sender');
  const path = await trial.write(name, typeof content === 'number' ? '' : content);
  if (typeof content === 'number') await truncate(path, content);
  const { port } = wire ? await trial.relay(host.address, wire, RELAYED) : host.address;
  const sender = await trial.start('sender', [path, '--port', String(port)]);
  // Long: on a busy machine a program takes its time to start. One that sleeps instead is noticed at once.
  const peer = await acceptFrom(host, sender, {
    patience: 20_000,
    expected: 'it connects to the receiver and sends the file.',
  });
  return { sender, peer, path };
}

/** Expects the frame of a file, and success once it is answered. Returns the sender. */
async function expectSent(
  trial: Trial,
  name: string,
  content: Buffer,
  wire?: Wire,
): Promise<Program> {
  const { sender, peer } = await begin(trial, name, content, wire);
  const sent = frame(basename(name), content);
  const got = await sentTo(peer, 'the header, the bytes, then a FIN', { sent, sender: true });
  trial.sameBytes(got, sent, 'what the sender sent', { sender: true });
  const before = trial.exchange.entries.length;
  await peer.send(`OK ${sha256(content)}\n`);
  peer.end();
  if (wire) await delivered(trial, before, 'sender', () => sender.exit !== undefined);
  await expectSuccess(trial, sender);
  return sender;
}

/** An answer that came in pieces was not understood: is it understood in one piece? */
async function understandsWhole(trial: Trial, content: Buffer): Promise<boolean> {
  try {
    await expectSent(trial, 'whole.txt', content);
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return false;
  }
}

/** All that the sender sends, up to its FIN. */
function sentTo(peer: Peer, what = 'the frame, then a FIN', facts: Facts = {}): Promise<Buffer> {
  return peer.receiveToEnd(what).catch(
    adding(
      () => facts,
      ({ saw }) => ({ saw: saw.replace('came back', 'came from the sender') }),
    ),
  );
}

async function expectSuccess(trial: Trial, sender: Program): Promise<void> {
  const expected = 'status 0: the file has arrived.';
  const when = 'when it was answered OK with the right sha256';
  const exit = await endOf(sender, when, expected);
  trial.must(exit.code === 0, {
    saw: `the answer was OK with the right sha256, and the sender ended with ${exit.signal ?? `status ${exit.code}`}.`,
    expected,
    facts: { doubts: true },
  });
}

/** Expects status 1 and one line on stderr with these words, and no sign in it that a terminal would obey. */
async function expectComplaint(
  trial: Trial,
  program: Program,
  when: string,
  words: string,
  facts: Facts = {},
): Promise<void> {
  const expected = `status 1 and one line on stderr that says what is wrong${words ? `: ${clean(words, 60)}` : ''}.`;
  const exit = await endOf(program, when, expected, () => facts);
  const { lines, text } = program.stderr;
  const thrown = /^\s+at .+:\d+|^Traceback |^Node\.js v\d/m.test(text);
  const line = thrown ? firstLine(text) : (lines[0] ?? '');
  const obeyed = !thrown && /[\p{Cc}\p{Cf}]/u.test(line);
  const said = thrown
    ? 'the stack of an error that nobody caught'
    : `${lines.length} line${lines.length === 1 ? '' : 's'} on stderr`;
  trial.must(exit.code === 1 && lines.length === 1 && line.includes(words) && !obeyed, {
    saw: `${when}, the ${program.program} ended with ${exit.signal ?? `status ${exit.code}`} and ${said}${line ? `: ${shown(line)}` : ''}.`,
    expected,
    facts: { complaint: true, obeyed, thrown, lines, exit, ...facts },
  });
}

// --- diagnoses ---

function isOk(answer: Seen['answer']): boolean {
  return typeof answer === 'string' && answer.startsWith('OK ');
}

/** True if `part` is the beginning of `whole`, and not all of it. */
function isBeginning(part: Buffer, whole: Buffer): boolean {
  return part.length < whole.length && whole.subarray(0, part.length).equals(part);
}

/** True if the name in a frame leads through directories. */
function namesPath(got: Buffer): boolean {
  return got.length > 2 && got.subarray(2, 2 + got.readUInt16BE(0)).includes('/');
}

/** True if one of the two numbers in the header has its bytes in the other order. */
function isSwapped(sent: Buffer, got: Buffer): boolean {
  const sizeAt = 2 + sent.readUInt16BE(0);
  return [
    [0, 2],
    [sizeAt, sizeAt + 8],
  ].some(([from, to]) => {
    const [wanted, found] = [sent.subarray(from, to), Buffer.from(got.subarray(from, to))];
    return !wanted.equals(found) && wanted.equals(found.reverse());
  });
}

/** Words for an answer with the sha256 of 0 bytes, where there were some. */
function ofNothing(answer: unknown, sent: Buffer | undefined): string {
  return sent && sent.length > 0 && String(answer).includes(sha256(Buffer.alloc(0)))
    ? ' Its sha256 is that of 0 bytes: what stands behind the header (`rest`) was not hashed.'
    : '';
}

// --- both ---

function expectMemory(trial: Trial, program: string, peak: number): void {
  trial.must(peak < MOST_MEMORY, {
    saw: `the ${program} has used ${Math.round(peak / MIB)} MiB of memory for a file of 256 MiB.`,
    expected: `less than ${MOST_MEMORY / MIB} MiB, however large the file is.`,
    facts: { program, unbounded: true },
  });
}

/** Waits for the end of a program. If it does not come, the failure tells how the program should have ended. */
function endOf(program: Program, when: string, expected: string, facts: () => Facts = () => ({})) {
  return program.ended(when).catch(adding(facts, () => ({ expected })));
}

/** For `catch`: adds facts to a failure, and may say it in other words. */
function adding(
  facts: () => Facts | Promise<Facts>,
  words: (failure: Failure) => { saw?: string; expected?: string } = () => ({}),
): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!(error instanceof Failure)) throw error;
    const more = { ...error.facts, ...(await facts()) };
    throw new Failure({ ...error, ...words(error), facts: more });
  };
}

/** Like `adding`, but not if the answer is there and only its end is missing: to send it in another way would not help. */
function wondering(facts: () => Promise<Facts>): (error: unknown) => Promise<never> {
  return (error) => {
    const answered = error instanceof Failure && /^(OK|ERR) /.test(String(error.facts?.['got']));
    return adding(answered ? () => ({}) : facts)(error);
  };
}
