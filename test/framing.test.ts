// The graded checks of framing: values as bytes, a client whose frames are looked at byte by byte, and a server that gets its
// frames merged, cut at every place, and with lengths that lie.
import { Failure, lesson, type Address, type Program, type Trial } from '#harness';
import { acceptFrom } from '#harness/accept';
import { count, showText } from '#harness/bytes';
import type { Facts } from '#harness/failure';

const REPLACEMENT = '\uFFFD';
/** What the server takes if nobody says otherwise. */
const LIMIT = 65_536;
/** How Node says that a field was written or read behind the end of a Buffer. */
const OUTSIDE = /"offset" is out of range|outside buffer bounds/;
/** What a broken connection is called. */
const BROKEN = /\b(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE)\b/;
/** An error line without a reason. */
const NO_REASON = /^\w+: (\S+:\d+:)?\s*$/;
/** Three messages whose frames have 29 bytes together. */
const THREE = ['吃了么', 'ok', '没呢'];

export default lesson({
  lesson: 'framing',
  steps: [
    'Pack: values to bytes',
    'Unpack: bytes to values',
    'A frame for each message',
    'Messages out of a stream',
    'Lengths that lie',
    'Receipts',
  ],
  checks: [
    {
      id: 'pack-order',
      step: 1,
      points: 5,
      title: 'pack writes numbers of 1, 2 and 4 bytes one behind the other, the large end first',
      run: (trial) =>
        expectPacked(trial, '>BHIi', ['200', '513', '16909060', '-2'], {
          bytes: 'c8 02 01 01 02 03 04 ff ff ff fe',
          reversed: 'c8 01 02 04 03 02 01 fe ff ff ff',
        }),
    },
    {
      id: 'pack-text',
      step: 1,
      points: 5,
      title: 'pack writes text in UTF-8, and fills up what is left of its room with zero bytes',
      async run(trial) {
        await expectPacked(trial, '>6s', ['老王'], { bytes: 'e8 80 81 e7 8e 8b' });
        await expectPacked(trial, '>B8sB', ['7', '老王', '9'], {
          bytes: '07 e8 80 81 e7 8e 8b 00 00 09',
        });
      },
    },
    {
      id: 'pack-large',
      step: 1,
      points: 3,
      title: 'pack writes a number of 8 bytes exactly',
      run: (trial) =>
        expectPacked(trial, '>QQ', ['9007199254740993', '9223372036854775809'], {
          bytes: '00 20 00 00 00 00 00 01 80 00 00 00 00 00 00 01',
          reversed: '01 00 00 00 00 00 20 00 01 00 00 00 00 00 00 80',
        }),
    },
    {
      id: 'pack-refuses',
      step: 1,
      points: 4,
      title: 'pack refuses in one line what does not fit, and writes no byte of it',
      async run(trial) {
        await expectRefused(trial, 'pack', ['>H', '65536'], 'a number of more than 2 bytes');
        await expectRefused(trial, 'pack', ['>4s', '老王'], 'a text of 6 bytes for 4');
        await expectRefused(trial, 'pack', ['>HI', '1'], 'one value for two fields');
        await expectRefused(trial, 'pack', ['>H', '1', '2'], 'two values for one field');
      },
    },
    {
      id: 'unpack-numbers',
      step: 2,
      points: 4,
      title: 'unpack prints the numbers in the bytes, one a line, with their signs',
      run: (trial) =>
        expectUnpacked(trial, '>BHIi', 'c8 02 01 fe 02 03 04 ff ff ff fe', {
          lines: ['200', '513', '4261544708', '-2'],
          reversed: ['200', '258', '67306238', '-16777217'],
        }),
    },
    {
      id: 'unpack-text',
      step: 2,
      points: 3,
      title: 'unpack prints text without the zero bytes behind it, and with those inside',
      run: (trial) =>
        expectUnpacked(trial, '>8s6s3s', 'e8 80 81 e7 8e 8b 00 00 e5 b0 8f e6 9d 8e 61 00 62', {
          lines: ['老王', '小李', 'a\0b'],
        }),
    },
    {
      id: 'unpack-large',
      step: 2,
      points: 3,
      title: 'unpack prints a number of 8 bytes exactly',
      run: (trial) =>
        expectUnpacked(trial, '>QQ', '00 20 00 00 00 00 00 01 ff ff ff ff ff ff ff ff', {
          lines: ['9007199254740993', '18446744073709551615'],
          reversed: ['72057594037936128', '18446744073709551615'],
        }),
    },
    {
      id: 'unpack-size',
      step: 2,
      points: 3,
      title: 'unpack refuses in one line more or fewer bytes than the format has',
      async run(trial) {
        await expectRefused(trial, 'unpack', ['>HI'], '7 bytes for 6', Buffer.alloc(7));
        await expectRefused(trial, 'unpack', ['>4s'], '3 bytes for 4', Buffer.from('abc'));
      },
    },
    {
      id: 'client-frame',
      step: 3,
      points: 5,
      title:
        'the client sends a line as its length in bytes, then its bytes, as soon as it is typed',
      async run(trial) {
        const sending = await openClient(trial);
        sending.client.write('吃了么\n');
        await expectFrames(sending, ['吃了么']);
      },
    },
    {
      id: 'client-lines',
      step: 3,
      points: 3,
      title: 'the client sends a frame for every line, also an empty one, and then its FIN',
      async run(trial) {
        const sending = await openClient(trial);
        const { client, peer } = sending;
        client.write('one\n\nthree\n');
        client.endInput();
        await expectFrames(sending, ['one', '', 'three']);
        const rest = await peer
          .receiveToEnd('a FIN behind the last frame')
          .catch(adding(() => ({ noFin: true })));
        trial.sameBytes(rest, Buffer.alloc(0), 'what follows the last frame', { behind: true });
      },
    },
    {
      id: 'whole',
      step: 4,
      points: 5,
      title: 'the server prints a message with its sender, and answers with a receipt',
      async run(trial) {
        const talk = await talkTo(trial, await startServer(trial));
        const { peer, server } = talk;
        await peer.send(frame('吃了么'));
        await expectTaken(talk, ['吃了么'], { first: true });
        await peer.send(frame('没呢'));
        await expectTaken(talk, ['没呢']);
        const senders = server.stdout.lines.flatMap((line) => /^(\S+) "/.exec(line)?.[1] ?? []);
        const told = new Set(senders).size === 1 ? senders[0] : senders.join(' and ');
        const own = peerPort(server, talk.address, told);
        trial.must(own, {
          saw: `the server says that ${told} has sent this.`,
          expected: 'the address of the sender: 127.0.0.1 and the port of its end.',
          facts: { wrongSender: true },
        });
      },
    },
    {
      id: 'merged',
      step: 4,
      points: 7,
      title: 'the server finds all messages in frames that arrive as one',
      async run(trial) {
        const talk = await talkTo(trial, await startServer(trial));
        await talk.peer.send(Buffer.concat(THREE.map((text) => frame(text))));
        await expectTaken(talk, THREE, { merged: true });
      },
    },
    {
      id: 'every-cut',
      step: 4,
      points: 12,
      timeLimit: 90_000,
      title: 'the server finds the messages wherever the stream was cut, at each of 28 places',
      async run(trial) {
        const server = await startServer(trial);
        const bytes = Buffer.concat(THREE.map((text) => frame(text)));
        // Pieces of 28 bytes, of 27 … down to one: each place is a border in one of them.
        for (let cut = bytes.length - 1; cut > 0; cut -= 1) {
          const wire = { cut, direction: 'to-server' } as const;
          const talk = await talkTo(trial, server, wire);
          await talk.peer.send(bytes);
          await expectTaken(talk, THREE, { cut });
          // One after the other: two at once are another check's.
          talk.peer.end();
          await talk.peer.over('after its FIN').catch(adding(() => ({ cut, noEnd: true })));
        }
      },
    },
    {
      id: 'any-bytes',
      step: 4,
      points: 4,
      title:
        'a message may hold line ends, zeros, what looks like a length, and bytes that are no text',
      async run(trial) {
        const talk = await talkTo(trial, await startServer(trial));
        const odd = [
          '第一行\n第二行\r\n',
          '\0\0\0\x03abc',
          ' \t',
          Buffer.from('ff fe 00 80 41'.replaceAll(' ', ''), 'hex'),
        ];
        for (const message of odd) {
          await talk.peer.send(frame(message));
          await expectTaken(talk, [message]);
        }
      },
    },
    {
      id: 'own-decoder',
      step: 4,
      points: 4,
      title: 'two clients in the middle of their frames do not get into each other’s',
      async run(trial) {
        const server = await startServer(trial);
        const one = await talkTo(trial, server);
        const two = await talkTo(trial, server);
        const [first, second] = [frame('我是老王'), frame('我是小李')];
        const facts = { two: true };
        // Cut between characters: text that was decoded too early is another check's.
        await one.peer.send(first.subarray(0, 10));
        await trial.happenings.rest(() => one.peer.received.length > 0);
        trial.must(one.peer.received.length === 0, {
          saw: 'the server answered to 10 of the 16 bytes of a frame.',
          expected: 'a receipt when the message is whole.',
          facts: { early: true },
        });
        await two.peer.send(second.subarray(0, 7));
        await trial.happenings.rest(() => two.peer.received.length > 0);
        await one.peer.send(first.subarray(10));
        await expectTaken(one, ['我是老王'], facts);
        await two.peer.send(second.subarray(7));
        await expectTaken(two, ['我是小李'], facts);
      },
    },
    {
      id: 'zero',
      step: 5,
      points: 3,
      title: 'a message of 0 bytes is a message, and what follows it is another one',
      async run(trial) {
        const talk = await talkTo(trial, await startServer(trial));
        await talk.peer.send(Buffer.concat([frame(''), frame('在吗')]));
        await expectTaken(talk, ['', '在吗'], { zero: true, merged: true });
        await talk.peer.send(frame(''));
        await expectTaken(talk, [''], { zero: true });
      },
    },
    {
      id: 'longest',
      step: 5,
      points: 4,
      title: 'the server takes a message of exactly --max bytes, and refuses one of a byte more',
      async run(trial) {
        const server = await startServer(trial, ['--max', '12']);
        const talk = await talkTo(trial, server);
        await talk.peer.send(frame('十二个字节'.slice(0, 4)));
        await expectTaken(talk, ['十二个字'], { exactly: true });
        await expectLie(await talkTo(trial, server), 13);
      },
    },
    {
      id: 'hostile',
      step: 5,
      points: 5,
      title:
        'the server breaks off at once with a client that announces gigabytes, and serves the others, also after a RST',
      async run(trial) {
        const server = await startServer(trial);
        const other = await talkTo(trial, server);
        for (const length of [LIMIT + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) {
          await expectLie(await talkTo(trial, server), length);
        }
        const gone = await talkTo(trial, server);
        await gone.peer.send(frame('我走了'));
        await expectTaken(gone, ['我走了'], { others: true });
        gone.peer.reset();
        await other.peer.send(frame('还在吗'));
        await expectTaken(other, ['还在吗'], { others: true });
        const fresh = await talkTo(trial, server);
        await fresh.peer.send(frame('新来的'));
        await expectTaken(fresh, ['新来的'], { others: true });
      },
    },
    {
      id: 'earlier-count',
      step: 5,
      points: 3,
      title: 'messages that came before a length that lies still count',
      async run(trial) {
        const talk = await talkTo(trial, await startServer(trial));
        const lie = frame(Buffer.alloc(0), 2 ** 32 - 1);
        await talk.peer.send(Buffer.concat([frame('吃了么'), frame('没呢'), lie]));
        await expectTaken(talk, ['吃了么', '没呢'], { beforeLie: true, merged: true });
      },
    },
    {
      id: 'cut-off',
      step: 5,
      points: 4,
      title: 'the server reports a stream that ends inside a frame, and prints no half message',
      async run(trial) {
        const server = await startServer(trial);
        const good = await talkTo(trial, server);
        await good.peer.send(frame('再见'));
        await expectTaken(good, ['再见']);
        good.peer.end();
        await good.peer.over('after its FIN').catch(adding(() => ({ noEnd: true })));
        await trial.happenings.rest(() => server.stderr.lines.length > 0);
        trial.must(server.stderr.lines.length === 0, {
          saw: `a client ended behind a whole frame, and the server said: ${server.stderr.lines[0]}`,
          expected: 'nothing on stderr: all is well.',
          facts: { goodEnd: true },
        });
        for (const [at, bytes] of [
          frame('吃了么').subarray(0, 7),
          frame('x').subarray(0, 2),
        ].entries()) {
          const talk = await talkTo(trial, server);
          await talk.peer.send(bytes);
          talk.peer.end();
          await expectReport(talk, at + 1, `a FIN after ${bytes.length} bytes of a frame`, {
            cutOff: true,
          });
        }
      },
    },
    {
      id: 'receipts',
      step: 6,
      points: 4,
      title:
        'the client prints each receipt as it comes, merged or cut, and ends with 0 after the last',
      async run(trial) {
        const sending = await openClient(trial, { cut: 8, direction: 'to-client' });
        const { client, peer } = sending;
        const lines = ['吃了么', 'ok', '没呢', '再见'];
        client.write(`${lines.join('\n')}\n`);
        client.endInput();
        const sent = await peer
          .receiveToEnd('four frames, then a FIN')
          .catch(adding(() => ({ noFin: true })));
        const withEnds = Buffer.concat(lines.map((line) => frame(`${line}\n`)));
        const header = sent.length >= 4 ? sent.readUInt32BE() : undefined;
        const facts = { lineEnds: sent.equals(withEnds), header, size: 9 };
        await peer.send(receipt(1, 9));
        await expectPrinted(sending, 'message 1: 9 bytes arrived', facts);
        await peer.send(Buffer.concat([receipt(2, 2), receipt(3, 6), receipt(4, 6)]));
        for (const [at, size] of [2, 6, 6].entries()) {
          await expectPrinted(sending, `message ${at + 2}: ${size} bytes arrived`, facts);
        }
        peer.end();
        const exit = await client.ended('after all receipts and the FIN of the server');
        trial.must(exit.code === 0, {
          saw: `the client ended with ${exit.signal ?? `status ${exit.code}`}${saidBy(client)}`,
          expected: 'status 0: every message has its receipt.',
          facts,
        });
      },
    },
    {
      id: 'receipts-wrong',
      step: 6,
      points: 4,
      title: 'the client ends with status 1 when a receipt is not for what it sent',
      async run(trial) {
        const wrong: [Buffer, string][] = [
          [receipt(1, 3), 'a receipt for 3 bytes, where 9 were sent'],
          [receipt(2, 9), 'a receipt for message 2, where one was sent'],
          [Buffer.concat([receipt(1, 9), receipt(2, 9)]), 'two receipts for one message'],
          [frame('hello'), 'a frame of 5 bytes instead of a receipt'],
          [frame(Buffer.alloc(0), 2 ** 32 - 1), 'a frame of 4 GiB instead of a receipt'],
        ];
        for (const [bytes, what] of wrong) {
          const hugeReceipt = what.includes('GiB');
          await expectDoubt(trial, '吃了么\n', bytes, what, { doubt: 'wrong', hugeReceipt });
        }
      },
    },
    {
      id: 'receipts-missing',
      step: 6,
      points: 3,
      title: 'the client ends with status 1 when the server ends before the last receipt',
      async run(trial) {
        const few: [Buffer, string][] = [
          [Buffer.alloc(0), 'a FIN and no receipt'],
          [receipt(1, 3), 'one receipt for two messages, then a FIN'],
          [
            Buffer.concat([receipt(1, 3), receipt(2, 3).subarray(0, 11)]),
            'half a receipt, then a FIN',
          ],
        ];
        for (const [bytes, what] of few) {
          await expectDoubt(trial, 'one\ntwo\n', bytes, what, { doubt: 'missing' }, true);
        }
      },
    },
  ],
  diagnoses: [
    {
      id: 'little-endian',
      when: ({ reversed, asReversed, header, size }) =>
        reversed === true || asReversed === true || header === swapped(Number(size)),
      cause: () =>
        'the number has its small end first. A wire has the large end first: the methods whose names end in BE.',
      step: 1,
      hint: 2,
    },
    {
      id: 'signed-field',
      when: ({ values, unsigned, exit, stderr }) =>
        unsigned === true ||
        (isList(values) && values.includes('-2') && exit?.code === 1 && !OUTSIDE.test(stderr)),
      cause: () =>
        'the code i is a number with a sign, and -2 is ff ff ff fe. The same bytes without a sign are 4294967294.',
      hint: 3,
    },
    {
      id: 'out-of-place',
      when: ({ check, values, stderr, sent, got, exit }) =>
        (values !== undefined && OUTSIDE.test(stderr)) ||
        // The fields on both sides of the text.
        (check === 'pack-text' &&
          exit?.code === 0 &&
          sent?.length === 10 &&
          got?.length === 10 &&
          (got[0] !== sent[0] || got[9] !== sent[9])),
      cause: () =>
        'a field was written in the wrong place. Each begins where the one before it ends: move on by its size in bytes, whatever its value is.',
      hint: 3,
    },
    {
      id: 'number-not-exact',
      when: ({ inexact }) => inexact === true,
      cause: () =>
        'a number of JavaScript counts exactly up to 2^53 - 1 only. Eight bytes take a BigInt, from the text to the bytes.',
      hint: 3,
    },
    {
      id: 'padding',
      when: ({ check, sent, got, exit }) =>
        check === 'pack-text' &&
        exit?.code === 0 &&
        got !== undefined &&
        got.length === sent?.length,
      cause: () =>
        'the bytes of the text belong at the beginning of its room, and zero bytes behind them: no spaces, and nothing in front.',
      hint: 3,
    },
    {
      id: 'room-ignored',
      when: ({ check, sent, got, exit }) =>
        check === 'pack-text' &&
        exit?.code === 0 &&
        got !== undefined &&
        got.length !== sent?.length,
      cause: () =>
        'a text takes all of its room, however short it is: 8s is 8 bytes. What follows it stands behind all of them.',
      hint: 3,
    },
    {
      id: 'stack-for-user',
      when: ({ refusal, errorLines }) => refusal !== undefined && Number(errorLines) > 1,
      cause: () =>
        'the error reached the user with its stack. Throw a RangeError: the main program makes one line of it.',
      hint: 4,
    },
    {
      id: 'no-reason',
      when: ({ noReason }) => noReason === true,
      cause: () =>
        'the line does not say what is wrong. Give the RangeError a message: the main program prints it.',
      hint: 4,
    },
    {
      id: 'text-cut-off',
      when: ({ refusal, exit }) => refusal === 'a text of 6 bytes for 4' && exit?.code === 0,
      cause: () =>
        'a text that is too long was cut off, or its length was counted in characters. 老王 are two characters, but six bytes, and half of 王 is nothing.',
      hint: 3,
    },
    {
      id: 'wraps',
      when: ({ refusal, exit }) => refusal === 'a number of more than 2 bytes' && exit?.code === 0,
      cause: () =>
        '65536 became another number: what does not fit was cut off. The write methods of Buffer refuse it for you.',
      hint: 3,
    },
    {
      id: 'values-not-counted',
      when: ({ refusal, exit }) => /^(one|two) value/.test(String(refusal)) && exit?.code === 0,
      cause: () => 'a format with two fields takes two values, no more and no fewer.',
      hint: 3,
    },
    {
      id: 'padding-kept',
      when: ({ check, stdout }) => check === 'unpack-text' && /\0\n/.test(stdout),
      cause: () =>
        'the zero bytes that fill up the room were printed as well. A terminal does not show them, a comparison does.',
      hint: 3,
    },
    {
      id: 'cut-at-first-zero',
      when: ({ check, stdout }) => check === 'unpack-text' && /(^|\n)ab?(\n|$)/.test(stdout),
      cause: () => 'only the zero bytes behind the text fill it up. Those inside belong to it.',
      hint: 3,
    },
    {
      id: 'end-is-a-size',
      when: ({ check, stdout }) => check === 'unpack-text' && stdout.startsWith('老王\n\n'),
      cause: () =>
        'the second text came out empty. toString() takes the place where a text begins and the place where it ends: at and at + size.',
      hint: 3,
    },
    {
      id: 'size-not-compared',
      when: ({ refusal, exit }) => /bytes for \d$/.test(String(refusal)) && exit?.code === 0,
      cause: () =>
        'the values were printed although the number of bytes is not that of the format. Compare both before you read.',
      hint: 3,
    },
    {
      id: 'length-in-characters',
      when: ({ header, characters, size, asCharacters }) =>
        asCharacters === true || (characters !== size && header === characters),
      cause: () =>
        'the length counts characters. A character of Chinese has three bytes in UTF-8: make bytes first, then count.',
      hint: 3,
    },
    {
      id: 'length-counts-itself',
      when: ({ header, size, asLonger }) => asLonger === true || header === Number(size) + 4,
      cause: () =>
        'the length counts its own four bytes as well. Here it counts the message alone; both sides must agree.',
      hint: 3,
    },
    {
      id: 'length-as-text',
      when: ({ firstLine, lengthText }) =>
        typeof firstLine === 'string' && firstLine.startsWith(String(lengthText)),
      cause: () =>
        'the length was written in digits. Then nobody knows how many digits belong to it. pack() makes four bytes of it.',
      hint: 3,
    },
    {
      id: 'no-length',
      when: ({ bare }) => bare === true,
      cause: () => 'the line was sent without its length in front. encode() makes the frame.',
      hint: 3,
    },
    {
      id: 'line-end-sent',
      when: ({ framed, got, lineEnds }) =>
        lineEnds === true || (framed === true && got?.includes(0x0a) === true),
      cause: () => 'a line end was sent. The frame says where a message ends, so none is needed.',
      hint: 3,
    },
    {
      id: 'empty-line-skipped',
      when: ({ check, got }) => check === 'client-lines' && got?.includes('three') === true,
      cause: () => 'the empty line was left out. It is a message of 0 bytes: 00 00 00 00.',
      hint: 3,
    },
    {
      id: 'waits-for-end',
      when: ({ sentAtEnd }) => sentAtEnd === true,
      cause: () =>
        'the client sends when its input has ended. Somebody who types waits for an answer before that.',
      hint: 3,
    },
    {
      id: 'no-fin',
      when: ({ noFin, silent }) => noFin === true && silent === true,
      cause: () =>
        'the input has ended, and the connection has not: end your side, so that the server knows that nothing more comes.',
      step: 3,
      hint: 3,
    },
    {
      id: 'wrong-sender',
      when: ({ wrongSender }) => wrongSender === true,
      cause: () =>
        'the address is that of the server. remoteAddress and remotePort of the socket are the other end.',
      hint: 4,
    },
    {
      id: 'buffer-printed',
      when: ({ stdout }) => stdout.includes('{"type":"Buffer"'),
      cause: () => 'the Buffer itself was printed. Make text of it first: toString().',
      step: 4,
      hint: 3,
    },
    {
      id: 'no-json',
      when: ({ messages, stdout }) => messages !== undefined && /^\S+:\d+ [^"\s]/m.test(stdout),
      cause: () =>
        'the text was printed as it is. JSON.stringify() puts quotes around it, and writes a line end in it as \\n.',
      hint: 4,
    },
    {
      id: 'one-ends-all',
      when: ({ lie, cutOff, others, beforeLie, exit, crash }) =>
        (lie !== undefined || cutOff === true || others === true || beforeLie === true) &&
        exit !== undefined &&
        !BROKEN.test(crash?.message ?? ''),
      cause: () =>
        'one client that sends nonsense ended the whole server. Catch the error where one client is served.',
      step: 5,
      hint: 3,
    },
    {
      id: 'waits-in-loop',
      when: ({ spins, zero }) => spins === true && zero !== true,
      cause: () =>
        'a loop asks again and again for bytes that cannot come while it runs. If no frame is whole, leave push(): it is called with the next chunk.',
      step: 4,
      hint: 4,
    },
    {
      id: 'length-in-pieces',
      when: ({ endedEarly, cut, crash }) =>
        endedEarly === true ||
        (cut !== undefined && crash?.message.startsWith('RangeError') === true),
      cause: () =>
        'the length was read before its four bytes were there. TCP may cut it as well: wait until there are four.',
      step: 4,
      hint: 3,
    },
    {
      id: 'text-buffer',
      when: ({ printed, cut, otherSize }) =>
        cut !== undefined &&
        otherSize !== true &&
        isList(printed) &&
        printed.some((text) => text.includes(REPLACEMENT)),
      cause: () =>
        'a chunk was decoded before its message was whole, and half a character became U+FFFD. Keep bytes until then.',
      step: 4,
      hint: 2,
    },
    {
      id: 'shared-decoder',
      when: ({ two, crash, reversed }) => two === true && reversed !== true && crash === undefined,
      cause: () =>
        'the bytes of two connections came together in one place. Each connection needs a decoder of its own, made where that client is served.',
      hint: 3,
    },
    {
      id: 'empty-is-nothing',
      when: ({ zero, printed, crash, spins }) =>
        zero === true &&
        crash === undefined &&
        spins !== true &&
        isList(printed) &&
        printed.every((text) => text === '在吗'),
      cause: () =>
        'a message of 0 bytes was taken for none. A length of 0 is a length: the frame is whole after four bytes.',
      hint: 3,
    },
    {
      id: 'limit-too-low',
      when: ({ exactly, ended, wasReset }) =>
        exactly === true && (ended === true || wasReset === true),
      cause: () => 'a message of exactly the limit was refused. Only what is above it is too long.',
      hint: 3,
    },
    {
      id: 'signed-length',
      // Just below 2^31 it was refused.
      when: ({ lie, silent, endedLater }) =>
        Number(lie) >= 2 ** 31 && silent === true && endedLater !== true,
      cause: () =>
        'a length of 2^31 or more was read with a sign: it is below zero, and so below the limit.',
      hint: 3,
    },
    {
      id: 'refuses-late',
      when: ({ lie, endedLater }) => lie !== undefined && endedLater === true,
      cause: () =>
        'the length is compared with the limit when the message has come. Compare it before you wait for the message.',
      hint: 3,
    },
    {
      id: 'limit-not-max',
      when: ({ check, lie, taken, early }) =>
        check === 'longest' && lie !== undefined && taken === true && early !== true,
      cause: () =>
        'a message above the limit was taken. Compare its length with #most: that is the number of --max, and not always 65536.',
      hint: 3,
    },
    {
      id: 'trusts-length',
      when: ({ lie, silent, early }) => lie !== undefined && silent === true && early !== true,
      cause: () =>
        'the server believes a length that nobody has checked, and waits, or takes memory, for as many bytes.',
      hint: 2,
    },
    {
      id: 'half-taken',
      when: ({ cutOff, halfPrinted }) => cutOff === true && halfPrinted === true,
      cause: () =>
        'a part of a message was printed as if it were a message. Nobody knows what is missing.',
      hint: 2,
    },
    {
      id: 'not-reported',
      when: ({ unreported }) => unreported === true,
      cause: () =>
        'nobody was told. A FIN only says that nothing more comes: look whether a part of a frame is left over.',
      hint: 3,
    },
    {
      id: 'good-end-reported',
      when: ({ goodEnd }) => goodEnd === true,
      cause: () => 'every end was reported. At a border between two frames, an end is an end.',
      hint: 3,
    },
    {
      id: 'earlier-lost',
      when: ({ beforeLie, printed }) =>
        beforeLie === true && isList(printed) && printed.length === 0,
      cause: () =>
        'the messages before the lie were found, and thrown away with it. Hand each one over as soon as it is whole: yield does that.',
      hint: 3,
    },
    {
      id: 'one-event-one-message',
      when: ({ printed, messages, merged }) =>
        isList(printed) &&
        isList(messages) &&
        printed.some(
          (text) => holdsTwo(text, messages) || (merged === true && text.includes('\0\0\0')),
        ),
      cause: () =>
        'what arrived together was taken for one message. TCP keeps no borders: only the length says where a message ends.',
      step: 4,
      hint: 2,
    },
    {
      id: 'one-message-a-chunk',
      when: ({ cameLater }) => cameLater === true,
      cause: () =>
        'only one message, or two, are taken from each chunk; the others wait until more bytes come. Use a loop: while, not if.',
      step: 4,
      hint: 3,
    },
    {
      id: 'tail-dropped',
      when: ({ printed, messages, cut, merged, crash }) =>
        crash === undefined &&
        (merged === true || cut !== undefined) &&
        isList(printed) &&
        isList(messages) &&
        printed.length > 0 &&
        printed.length < messages.length &&
        printed.every((text, at) => text === messages[at]),
      cause: () =>
        'what followed a message in the same chunk was thrown away. It is the beginning of the next frame: keep it.',
      step: 4,
      hint: 3,
    },
    {
      id: 'piece-taken',
      when: ({ cut, early, crash }) => (cut !== undefined || early === true) && crash === undefined,
      cause: () =>
        'a piece of a frame was taken for a whole one. Keep what has come until the frame is whole, then take it out.',
      step: 4,
      hint: 3,
    },
    {
      id: 'changed-text',
      when: ({ check, crash, messages }) =>
        check === 'any-bytes' && crash === undefined && messages !== undefined,
      cause: () =>
        'a message was changed, or measured, as text. What is in it is nobody’s business but its reader’s: count its bytes, and cut nothing off.',
      hint: 3,
    },
    {
      id: 'prints-late',
      when: ({ printsAtEnd }) => printsAtEnd === true,
      cause: () =>
        'the receipts were printed when the connection had ended. Print each as it comes.',
      hint: 3,
    },
    {
      id: 'refuses-right',
      when: ({ refusesRight }) => refusesRight === true,
      cause: () =>
        'the client refused a receipt that is right. The first has the number 1, and the bytes of the first message, which stand at place 0 of lengths: keep them there before the frame is sent.',
      hint: 3,
    },
    {
      id: 'receipt-a-chunk',
      when: ({ check, crash, lineEnds, apart }) =>
        apart === true || (check === 'receipts' && lineEnds === false && crash === undefined),
      cause: () =>
        'receipts are cut and merged like everything else on the wire. One decoder for the whole connection finds them, if it keeps what follows a frame.',
      hint: 2,
    },
    {
      id: 'waits-for-gigabytes',
      when: ({ hugeReceipt, stillRunning }) => hugeReceipt === true && stillRunning === true,
      cause: () =>
        'the client waits for a frame of 4 GiB. Give its decoder a limit, sizeOf(RECEIPT), and let push() compare each length with it at once.',
      hint: 3,
    },
    {
      id: 'believes-receipts',
      when: ({ doubt, crash }) => doubt === 'wrong' && crash === undefined,
      cause: () =>
        'the receipt was not compared with what was sent: the next number, and the bytes of that message.',
      hint: 3,
    },
    {
      id: 'fin-is-success',
      when: ({ doubt, crash }) => doubt === 'missing' && crash === undefined,
      cause: () =>
        'the end of the connection was taken for success. Count the receipts: one is due for each message.',
      hint: 3,
    },
  ],
});

// --- pack and unpack ---

interface Outcome {
  readonly program: Program;
  readonly code: string;
}

/** Runs a program that reads its input to the end, and ends. */
async function runOnce(
  trial: Trial,
  name: string,
  args: readonly string[],
  input?: Buffer,
): Promise<Outcome> {
  const program = await trial.start(name, args);
  if (input) program.write(input);
  program.endInput();
  const exit = await program.ended(`when its input had ended`);
  return { program, code: exit.signal ?? `status ${exit.code}` };
}

async function expectPacked(
  trial: Trial,
  format: string,
  values: readonly string[],
  wanted: { readonly bytes: string; readonly reversed?: string },
): Promise<void> {
  const { program, code } = await runOnce(trial, 'pack', [format, ...values]);
  const what = `pack '${format}' ${values.join(' ')}`;
  trial.must(code === 'status 0', {
    saw: `${what} ended with ${code}${saidBy(program)}`,
    expected: `status 0 and the bytes ${wanted.bytes}.`,
    facts: { values },
  });
  const expected = bytesOf(wanted.bytes);
  const got = program.stdout.bytes;
  const inexact =
    got.length === expected.length && got.subarray(0, 7).equals(expected.subarray(0, 7));
  trial.sameBytes(got, expected, `what ${what} wrote`, {
    exit: program.exit ?? { code: 0, signal: null },
    reversed: wanted.reversed !== undefined && got.equals(bytesOf(wanted.reversed)),
    inexact: format === '>QQ' && inexact,
  });
}

async function expectUnpacked(
  trial: Trial,
  format: string,
  hex: string,
  wanted: { readonly lines: readonly string[]; readonly reversed?: readonly string[] },
): Promise<void> {
  const { program, code } = await runOnce(trial, 'unpack', [format], bytesOf(hex));
  const { text } = program.stdout;
  const expected = `${wanted.lines.join('\n')}\n`;
  const first = wanted.lines.findIndex((line, at) => program.stdout.lines[at] !== line);
  const line = program.stdout.lines[first];
  trial.must(code === 'status 0' && text === expected, {
    saw:
      code !== 'status 0'
        ? `unpack '${format}' ended with ${code}${saidBy(program)}`
        : `unpack '${format}' printed ${line === undefined ? 'fewer or more lines' : `${showText(Buffer.from(line), 40)} as value ${first + 1}`}.`,
    expected: `status 0 and the values ${wanted.lines.map((line) => showText(Buffer.from(line), 30)).join(', ')}, one a line.`,
    facts: {
      reversed: wanted.reversed !== undefined && text === `${wanted.reversed.join('\n')}\n`,
      unsigned: line === '4294967294',
      inexact: line === '9007199254740992' || line === '9007199254740994',
    },
  });
}

async function expectRefused(
  trial: Trial,
  name: string,
  args: readonly string[],
  refusal: string,
  input?: Buffer,
): Promise<void> {
  const { program, code } = await runOnce(trial, name, args, input);
  const { lines } = program.stderr;
  const size = program.stdout.bytes.length;
  const good =
    code === 'status 1' && lines.length === 1 && new RegExp(`^${name}: *[^ ]`).test(lines[0] ?? '');
  trial.must(good && size === 0, {
    saw: `${refusal}: ${name} ended with ${code}, ${count(size, 'byte')} on stdout and ${count(lines.length, 'line')} on stderr.`,
    expected: `status 1, nothing on stdout, and one line on stderr: ${name}: what is wrong`,
    facts: {
      refusal,
      noReason: isReasonless(lines),
      errorLines: lines.length,
      exit: program.exit ?? { code: 0, signal: null },
    },
  });
}

// --- the server, spoken to in frames ---

interface Talk {
  readonly trial: Trial;
  readonly server: Program;
  readonly address: Address;
  readonly peer: Awaited<ReturnType<Trial['connect']>>;
  /** Lines that the server had printed before. */
  readonly before: number;
  /** Receipts so far. */
  receipts: number;
}

async function startServer(trial: Trial, args: readonly string[] = []): Promise<Program> {
  return trial.start('server', ['--port', '0', ...args]);
}

async function talkTo(
  trial: Trial,
  server: Program,
  wire?: Parameters<Trial['relay']>[1],
): Promise<Talk> {
  const address = await server.ready();
  const to = wire ? await trial.relay(address, wire, { client: 'wire' }) : address;
  const before = server.stdout.lines.length;
  const peer = await trial.connect(to, ...(wire ? ['client', 'wire'] : []));
  return { trial, server, address, peer, before, receipts: 0 };
}

/** Waits for the receipts of the messages, and for their lines on stdout. */
async function expectTaken(
  talk: Talk,
  messages: readonly (string | Buffer)[],
  facts: Facts = {},
): Promise<void> {
  const { trial, server, peer } = talk;
  const known = (): Facts => ({
    printed: printedBy(server, talk.before),
    messages: messages.map(String),
    ...facts,
  });
  for (const message of messages) {
    talk.receipts += 1;
    const size = Buffer.byteLength(message);
    const wanted = receipt(talk.receipts, size);
    const shown = `a receipt for message ${talk.receipts}, ${count(size, 'byte')}`;
    const got = await peer
      .receive(wanted.length, shown)
      .catch(adding(async () => ({ ...known(), ...(await provoke(talk, messages, facts)) })));
    // What it has printed tells more: that comes by another way, and perhaps later.
    if (!got.equals(wanted)) {
      await trial.happenings.rest(() => printedBy(server, talk.before).includes(String(message)));
    }
    const reversed = got.equals(receipt(swapped(talk.receipts), swapped(size), swapped(8)));
    const asLonger = got.readUInt32BE() === 12;
    const told = got.readUInt32BE(8);
    const isWhole = printedBy(server, talk.before).includes(String(message));
    const asCharacters = isWhole && told !== size && told === String(message).length;
    // A receipt for a part of a message, or for more than that: its length was not looked at.
    const otherSize = !isWhole && !reversed && !asLonger && told !== size;
    trial.sameBytes(got, wanted, shown, {
      ...known(),
      reversed,
      asLonger,
      asCharacters,
      otherSize,
    });
  }
  for (const message of messages) {
    const line = JSON.stringify(String(message));
    await server
      .line((text) => text.endsWith(` ${line}`), `a line on stdout, <address> ${line}`)
      .catch(adding(known));
  }
}

/** Nothing came: does it come with more bytes, or with a length that is written in another way? */
async function provoke(talk: Talk, messages: readonly (string | Buffer)[], facts: Facts) {
  const { trial, server, peer } = talk;
  const taken = () => printedBy(server, talk.before).length;
  const before = taken();
  try {
    if (server.exit) return {};
    const isOpen = !peer.ended && !peer.wasReset;
    if ((facts.merged === true || facts.cut !== undefined) && isOpen) {
      await peer.send(frame('x'));
      await trial.happenings.rest(() => taken() > before);
      return { cameLater: printedBy(server, talk.before)[before] === String(messages[before]) };
    }
    if (facts.cut !== undefined) {
      const { peer } = await talkTo(trial, server);
      const all = Buffer.concat(messages.map((message) => frame(message)));
      await peer.send(all.subarray(0, Number(facts.cut)));
      await trial.happenings.rest(() => peer.ended || peer.wasReset);
      return { endedEarly: peer.ended || peer.wasReset };
    }
    if (facts.first !== true) return {};
    for (const [fact, length] of [
      ['asReversed', swapped(3)],
      ['asLonger', 7],
    ] as const) {
      const { peer } = await talkTo(trial, server);
      await peer.send(frame('abc', length));
      await trial.happenings.rest(() => printedBy(server, talk.before).includes('abc'));
      if (printedBy(server, talk.before).includes('abc')) return { [fact]: true };
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
  return {};
}

/** Announces a message that is too long, and sends none of it: the server must break off, and say so. */
async function expectLie(talk: Talk, lie: number): Promise<void> {
  const { trial, server, peer } = talk;
  const reports = server.stderr.lines.length;
  await peer.send(frame(Buffer.alloc(0), lie));
  await peer.over(`after a length of ${lie} bytes, which is above the limit`).catch(
    adding(async () => {
      const early = printedBy(server, talk.before).length > 0;
      // What it announced, if that is not too much: a server that was only late breaks off now.
      if (lie <= LIMIT + 1) await peer.send(Buffer.alloc(lie));
      await trial.happenings.rest(() => peer.ended || peer.wasReset);
      const taken = printedBy(server, talk.before).length > 0;
      return { lie, silent: true, early, taken, endedLater: peer.ended || peer.wasReset };
    }),
  );
  await expectReport(talk, reports + 1, `a length of ${lie} bytes`, { lie });
}

/** Waits for one more line on stderr that names the sender. */
async function expectReport(talk: Talk, number: number, what: string, facts: Facts): Promise<void> {
  const { trial, server } = talk;
  const said = () => server.stderr.lines.length >= number;
  await trial.happenings.rest(() => said() || server.exit !== undefined);
  const halfPrinted = printedBy(server, talk.before).length > 0;
  const spins = !said() && server.spins();
  trial.must(said() && !server.exit && !halfPrinted, {
    verdict: server.exit ? 'crashed' : 'failed',
    saw: `after ${what} the server ${server.exit ? 'has ended' : halfPrinted ? `printed ${server.stdout.lines.at(-1)}` : spins ? 'said nothing on stderr, and uses the processor all the time' : 'said nothing on stderr'}.`,
    expected:
      'one line on stderr, server: <address>: <what was wrong>; no line on stdout; and it goes on.',
    facts: { ...facts, unreported: !said(), halfPrinted, ...(spins ? { spins } : {}) },
  });
  const line = server.stderr.lines[number - 1] ?? '';
  trial.must(/^server: 127\.0\.0\.1:\d+: ./.test(line), {
    saw: `after ${what} the server said: ${showText(Buffer.from(line), 60)}`,
    expected: 'one line on stderr, server: <address>: <what was wrong>.',
    facts: { ...facts, otherWords: true },
  });
}

/** The messages that the server has printed, from this line on. */
function printedBy(server: Program, from: number): string[] {
  return server.stdout.lines.slice(from).flatMap((line) => {
    const text = /^\S+ (".*")$/.exec(line)?.[1];
    if (text === undefined) return [];
    try {
      return [String(JSON.parse(text))];
    } catch {
      return [text];
    }
  });
}

/** True if `told` may be the other end of a connection to this address. */
function peerPort(server: Program, { port }: Address, told: string | undefined): boolean {
  const [, own] = /^127\.0\.0\.1:(\d+)$/.exec(told ?? '') ?? [];
  return own !== undefined && Number(own) !== port && !server.exit;
}

// --- the client, and a server that the check plays ---

interface Sending {
  readonly trial: Trial;
  readonly client: Program;
  readonly peer: Awaited<ReturnType<Trial['connect']>>;
}

async function openClient(trial: Trial, wire?: Parameters<Trial['relay']>[1]): Promise<Sending> {
  const host = await trial.listen();
  const { port } = wire ? await trial.relay(host.address, wire) : host.address;
  const client = await trial.start('client', ['--port', String(port)]);
  const peer = await acceptFrom(host, client);
  return { trial, client, peer };
}

async function expectFrames(
  { trial, client, peer }: Sending,
  lines: readonly string[],
): Promise<void> {
  const wanted = Buffer.concat(lines.map((line) => frame(line)));
  const [line = ''] = lines;
  const known = (got: Buffer): Facts => ({
    framed: true,
    header: got.length >= 4 ? got.readUInt32BE() : undefined,
    size: Buffer.byteLength(line),
    characters: line.length,
    firstLine: got.toString(),
    bare: line !== '' && got.toString().startsWith(line),
    lengthText: Buffer.byteLength(line),
    sent: wanted,
    got,
  });
  const shown = lines.length === 1 ? `the frame of ${line}` : `${lines.length} frames`;
  const got = await peer.receive(wanted.length, shown).catch(
    adding(async () => {
      const facts = known(Buffer.from(peer.received));
      if (peer.received.length > 0) return facts;
      client.endInput();
      const sentAtEnd = await trial.happenings.rest(() => peer.received.length > 0);
      return { ...facts, sentAtEnd };
    }),
  );
  trial.sameBytes(got, wanted, shown, known(got));
}

async function expectPrinted(
  { client, peer, trial }: Sending,
  line: string,
  facts: Facts,
): Promise<void> {
  await client
    .line((text) => text === line, `a line on stdout: ${line}`)
    .catch(
      adding(async () => {
        const before = client.stdout.lines.length;
        if (before === 0 && client.exit?.code === 1) {
          return { ...facts, refusesRight: await refusesRight(trial) };
        }
        if (before > 0 || client.exit) return facts;
        peer.end();
        await trial.happenings.rest(() => client.exit !== undefined);
        return { ...facts, printsAtEnd: client.stdout.lines.includes(line) };
      }),
    );
}

/** True if a client refuses one right receipt that comes in one piece. */
async function refusesRight(trial: Trial): Promise<boolean> {
  const { client, peer } = await openClient(trial);
  client.write('吃了么\n');
  const ended = () => client.exit !== undefined;
  const wasSent = () => peer.received.length >= frame('吃了么').length;
  await trial.happenings.rest(() => wasSent() || ended());
  if (ended()) return false;
  await peer.send(receipt(1, 9));
  await trial.happenings.rest(() => ended() || client.stdout.lines.length > 0);
  return ended() && client.stdout.lines.length === 0;
}

/** The client sends `input`, gets `answer` (and a FIN), and must end with status 1 and one line. */
async function expectDoubt(
  trial: Trial,
  input: string,
  answer: Buffer,
  what: string,
  facts: Facts,
  fin = false,
): Promise<void> {
  const { client, peer } = await openClient(trial);
  client.write(input);
  client.endInput();
  await peer.receiveToEnd('the frames, then a FIN').catch(adding(() => ({ noFin: true })));
  await peer.send(answer);
  if (fin) peer.end();
  const exit = await client.ended(`after ${what}`).catch(
    adding(async () => {
      if (answer.length !== 2 * receipt(1, 9).length) return facts;
      // The second of two receipts was not seen: is it, when it comes alone?
      await peer.send(receipt(2, 9));
      await trial.happenings.rest(() => client.exit !== undefined);
      return { ...facts, apart: client.exit !== undefined };
    }),
  );
  const { lines } = client.stderr;
  const good = lines[0]?.startsWith('client: ') === true && !isReasonless(lines);
  trial.must(exit.code === 1 && lines.length === 1 && good, {
    saw: `after ${what} the client ended with ${exit.signal ?? `status ${exit.code}`} and ${count(lines.length, 'line')} on stderr.`,
    expected: 'status 1 and one line on stderr: client: 127.0.0.1:8888: what is wrong',
    facts: { ...facts, noReason: isReasonless(lines) },
  });
}

// --- bytes, and what diagnoses ask of them ---

function frame(message: string | Buffer, length = Buffer.byteLength(message)): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(length);
  return Buffer.concat([head, Buffer.from(message as string)]);
}

/** The frame of a receipt. */
function receipt(number: number, size: number, length = 8): Buffer {
  const body = Buffer.alloc(8);
  body.writeUInt32BE(number, 0);
  body.writeUInt32BE(size, 4);
  return frame(body, length);
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

/** A number of four bytes whose ends were swapped. */
function swapped(number: number): number {
  const bytes = Buffer.alloc(4);
  if (!(number >= 0)) return -1;
  bytes.writeUInt32LE(number);
  return bytes.readUInt32BE();
}

/** True if two of the messages stand in one text. */
function holdsTwo(text: string, messages: readonly string[]): boolean {
  return messages.filter((message) => message !== '' && text.includes(message)).length > 1;
}

/** True if the line of an error does not say what is wrong. */
function isReasonless(lines: readonly string[]): boolean {
  return lines.length === 1 && NO_REASON.test(lines[0] ?? '');
}

function isList(value: unknown): value is string[] {
  return Array.isArray(value);
}

function saidBy({ stderr }: Program): string {
  return stderr.lines.length === 1 ? `, and said: ${stderr.lines[0]}` : '.';
}

/** For `.catch()`: throws the same failure with more facts, which may take looking for. */
function adding(facts: () => Facts | Promise<Facts>): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!(error instanceof Failure)) throw error;
    throw error.with(await facts());
  };
}
