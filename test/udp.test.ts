// The graded checks of udp: the server is spoken to by sockets that play its clients, the client by one that plays the
// server. Where a client may rightly sleep until its time-out, waits say mayRest; no check judges how long it slept.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Failure, freePort, lesson, type Address, type Program, type Trial } from '#harness';
import { count, showText } from '#harness/bytes';
import { bindPeer, showDatagram, type Datagram, type DatagramPeer } from '#harness/datagram-peer';

const ID_BYTES = 4;
/** The longest payload of a datagram over IPv4, in bytes. */
const LONGEST = 65_507;
/** A time-out, in milliseconds, that no check lives to see: what such a client sends, it sends for another reason. */
const NEVER = ['--timeout', '600000'];
/** A client that soon asks again, and does not give up while a slow machine answers. */
const SOON = ['--timeout', '60', '--tries', '500'];
const REST = { mayRest: true };

export default lesson({
  lesson: 'udp',
  steps: [
    'Answer who asked',
    'One datagram, one message',
    'Survive, and end well',
    'The client asks',
    'Ask again',
    'Believe only the answer',
  ],
  checks: [
    {
      id: 'binds',
      step: 1,
      points: 5,
      title:
        'takes the UDP port it was given, on the host it was given, or any free port for --port 0, and says which',
      async run(trial) {
        const any = await trial.start('server', ['--port', '0']);
        const address = await any.ready();
        trial.must(address.port !== 0, {
          saw: 'the ready line says port 0.',
          expected: 'the port that the kernel has picked, so that a client can be told.',
          facts: { start: 'elsewhere' },
        });
        await expectEcho(await talkTo(trial, any), '你好');
        const port = await freePort(trial.random);
        // All of 127.0.0.0/8 is this machine, so another host than the default needs no network.
        const host = '127.0.0.2';
        const server = await trial.start('server', ['--host', host, '--port', String(port)], {
          actor: 'second',
        });
        const ready = await server.ready();
        const open = server.listeners();
        trial.must(open.length === 0 || open.some(({ protocol }) => protocol === 'udp'), {
          saw: `the server listens on ${open[0]?.protocol} port ${open[0]?.port}, and on no UDP port.`,
          expected: `UDP port ${port}. Ports of TCP and of UDP are counted apart.`,
          facts: { wrongProtocol: true },
        });
        trial.must(ready.port === port, {
          saw: `--port ${port} was given, but the server says ${ready.port}.`,
          expected: `listening on ${host}:${port}`,
          facts: { start: 'elsewhere' },
        });
        await expectEcho(await talkTo(trial, server), '在吗');
      },
    },
    {
      id: 'port-in-use',
      step: 1,
      points: 3,
      title: 'says in one line that a port is taken, and ends with status 1',
      async run(trial) {
        const { address } = await openServer(trial);
        const second = await trial.start('server', ['--port', String(address.port)], {
          actor: 'second',
        });
        const exit = await second.ended('when its port was taken');
        const { lines } = second.stderr;
        trial.must(exit.code === 1 && lines.length === 1 && /^server: \S/.test(lines[0] ?? ''), {
          saw: `the second server ended with ${exit.signal ?? `status ${exit.code}`} and ${count(lines.length, 'line')} on stderr${lines.length === 1 ? `: ${lines[0]}` : '.'}`,
          expected:
            'status 1 and one line, for example: server: cannot bind 127.0.0.1:8888: EADDRINUSE',
          facts: { portTaken: true, exit },
        });
      },
    },
    {
      id: 'answers',
      step: 1,
      points: 5,
      title: 'sends each datagram back as it came, from its own port',
      async run(trial) {
        const talk = await openServer(trial);
        for (const text of [FIRST, 'how are you?', '  老王\n', '0']) {
          await expectEcho(talk, text);
        }
      },
    },
    {
      id: 'own-answer',
      step: 1,
      points: 5,
      title: 'answers three clients in turn, each its own, and tells nobody else',
      async run(trial) {
        const first = await openServer(trial);
        const talks = [first];
        for (const name of ['client 2', 'client 3']) {
          talks.push({ ...first, peer: await trial.datagrams(name, first.address) });
        }
        for (const [round, turn] of [0, 1, 2, 2, 1, 0].entries()) {
          const talk = talks[turn] as Talk;
          const others = talks.filter((other) => other !== talk).map(({ peer }) => peer);
          await expectEcho(talk, `${round} 我是 ${talk.peer.actor}`, { turns: true, others });
        }
        // Each has had its answers. Anything more that has come was meant for somebody else.
        const nosy = talks.find(({ peer }) => peer.pending.length > 0);
        trial.must(nosy === undefined, {
          saw: `${nosy?.peer.actor} also got ${nosy?.peer.pending.map(showDatagram).join(', ')}.`,
          expected: 'each client gets the echo of its own datagrams, once, and nothing else.',
          facts: { everybody: true },
        });
      },
    },
    {
      id: 'says-who',
      step: 1,
      points: 3,
      title: 'prints one line for each datagram: who sent it, and how many bytes it has',
      async run(trial) {
        const talk = await openServer(trial);
        for (const text of ['老王', 'hello', '好'.repeat(100)]) {
          await expectEcho(talk, text);
          await expectLine(talk, Buffer.byteLength(text), text);
        }
      },
    },
    {
      id: 'borders',
      step: 2,
      points: 5,
      title: 'keeps five datagrams five: each has an answer of its own',
      async run(trial) {
        const talk = await openServer(trial);
        const sent = ['老', '王：', '吃了么', '没', '呢！！'];
        await Promise.all(sent.map((text) => talk.peer.send(text)));
        const got: string[] = [];
        for (const text of sent) {
          const what = `${sent.length} answers to ${sent.length} datagrams`;
          const { bytes } = await receiveEcho(talk, what, {
            borders: true,
            texts: sent,
            answers: got,
          });
          got.push(bytes.toString('utf8'));
          // In which order they come UDP does not promise, and nobody asks.
          trial.must(sent.includes(got.at(-1) ?? '') && new Set(got).size === got.length, {
            saw: `after ${sent.length} datagrams, answer ${got.length} was ${showText(bytes, 60)}${new Set(got).size < got.length ? ', for the second time' : ''}.`,
            expected: `each of the ${sent.length} comes back once, by itself: one of them was ${showText(Buffer.from(text), 40)}.`,
            facts: { borders: true, texts: sent, answers: got },
          });
        }
      },
    },
    {
      id: 'empty',
      step: 2,
      points: 4,
      title: 'answers an empty datagram with an empty datagram',
      async run(trial) {
        const talk = await openServer(trial);
        // The others come first: a server that answers nothing at all, or once, has another fault.
        for (const text of ['x', 'y', '', 'z', '']) {
          await expectEcho(talk, text);
          await expectLine(talk, text.length, text);
        }
      },
    },
    {
      id: 'any-bytes',
      step: 2,
      points: 4,
      title: 'echoes every byte as it came, text or not',
      async run(trial) {
        const talk = await openServer(trial);
        await expectEcho(talk, Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x41]));
        await expectEcho(talk, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
        await expectEcho(talk, Buffer.from('老').subarray(0, 2));
      },
    },
    {
      id: 'any-size',
      step: 2,
      points: 4,
      title: 'echoes datagrams of all sizes, up to 65,507 bytes',
      async run(trial) {
        const talk = await openServer(trial);
        for (const size of [1, 1_024, 1_025, 1_473, 9_000, LONGEST]) {
          // Letters only: other bytes are the business of another check.
          const letters = trial.random.bytes(size).map((byte) => 97 + (byte % 26));
          await expectEcho(talk, Buffer.from(letters));
        }
      },
    },
    {
      id: 'survives',
      step: 3,
      points: 4,
      title: 'still serves after rubbish, words like quit, and clients that are gone',
      async run(trial) {
        const talk = await openServer(trial);
        for (const word of BAD_WORDS) await expectEcho(talk, word, { survives: true });
        // Gone before the answer comes: on loopback the kernel tells the server's host that nobody is there.
        for (let gone = 0; gone < 5; gone += 1) {
          const peer = await trial.datagrams('gone', talk.address);
          await peer.send('再见');
          await peer.close();
        }
        // A new client: what the server sends to the old ones besides is the business of another check.
        const late = { ...talk, peer: await trial.datagrams('client 2', talk.address) };
        await expectEcho(late, '还在吗', { survives: true, others: [talk.peer] });
      },
    },
    {
      id: 'ends-well',
      step: 3,
      points: 4,
      title: 'on Ctrl+C and on SIGTERM says how many datagrams it received, and ends with status 0',
      async run(trial) {
        for (const [signal, total] of [
          ['SIGINT', 3],
          ['SIGTERM', 2],
        ] as const) {
          const talk = await openServer(trial);
          for (let sent = 0; sent < total; sent += 1) await expectEcho(talk, `第 ${sent} 个`);
          // It may count after it has answered: let it come to rest.
          await trial.happenings.rest();
          talk.server.signal(signal);
          const exit = await talk.server.ended(`after ${signal}`);
          const last = talk.server.stdout.lines.at(-1) ?? '';
          trial.must(exit.code === 0, {
            saw: `after ${signal} the server ended with ${exit.signal ?? `status ${exit.code}`}.`,
            expected: 'it catches the signal, closes its socket and ends with status 0.',
            facts: { badEnd: true },
          });
          trial.must(last === `received ${total} datagrams`, {
            saw: `after ${signal} the last line of the server was: ${last}`,
            expected: `received ${total} datagrams`,
            facts: { lastLine: last },
          });
        }
      },
    },
    {
      id: 'client-asks',
      step: 4,
      points: 5,
      title: 'the client sends an id of four bytes and its line, and prints the answer as it comes',
      async run(trial) {
        const asker = await openClient(trial, NEVER);
        const ids: Buffer[] = [];
        for (const [line, answer] of [
          ['你好，老王', '好久不见'],
          ['  how  are you?', 'fine, and you? '],
          ['吃了么', '没呢'],
        ] as const) {
          asker.client.write(`${line}\n`);
          const question = await nextQuestion(asker, line);
          ids.push(question.bytes.subarray(0, ID_BYTES));
          await reply(asker, question, answer);
          await expectPrinted(asker, answer);
        }
        // Of ids at random nobody can tell which byte is the highest. Of those that count up everybody can.
        trial.must(!countsInFirstByte(ids), {
          saw: `the ids of three questions are ${ids.map(showHex).join(', then ')}: the first byte counts.`,
          expected: 'the highest byte first (big-endian), so the last one counts.',
          facts: { lowestFirst: true },
        });
      },
    },
    {
      id: 'one-at-a-time',
      step: 4,
      points: 4,
      title: 'the client asks one question at a time, in order, each with a new id',
      async run(trial) {
        const asker = await openClient(trial, NEVER);
        const lines = ['一', '二', '一', '三']; // the same words again are another question
        asker.client.write(`${lines.join('\n')}\n`);
        const ids = new Set<string>();
        for (const [index, line] of lines.entries()) {
          const question = await nextQuestion(asker, line, { burst: true });
          if (ids.size === 0) {
            const expected = 'the next question comes after the answer to this one.';
            await nothingMore(asker, expected, { burst: true });
          }
          trial.must(!ids.has(question.id), {
            saw: `the question "${line}" has the id ${question.id}, as a question before it had.`,
            expected: 'each question has an id of its own.',
            facts: { idAgain: true },
          });
          ids.add(question.id);
          await reply(asker, question, `答${index}`);
        }
        for (const index of lines.keys()) await expectPrinted(asker, `答${index}`);
      },
    },
    {
      id: 'empty-line',
      step: 4,
      points: 3,
      title: 'the client asks an empty line too, and prints an empty answer as an empty line',
      async run(trial) {
        const asker = await openClient(trial, NEVER);
        for (const answer of ['有空行', '']) {
          asker.client.write('\n');
          const question = await nextQuestion(asker, '', { emptyLine: true });
          await reply(asker, question, answer);
          await expectPrinted(asker, answer);
        }
      },
    },
    {
      id: 'client-ends',
      step: 4,
      points: 4,
      title:
        'the client ends as soon as its input is over and answered, with status 0 and nothing on stderr',
      async run(trial) {
        const asker = await openClient(trial, NEVER);
        // Node warns of the eleventh listener: so many questions tell whether each leaves one behind.
        const lines = Array.from({ length: 12 }, (_, index) => `第 ${index + 1} 句`);
        asker.client.write(lines.join('\n'));
        asker.client.endInput();
        for (const line of lines) await reply(asker, await nextQuestion(asker, line), line);
        await expectEnd(asker, 'at the end of its input, with every line answered');
        await expectPrinted(asker, '第 12 句');
        const [complaint] = asker.client.stderr.lines;
        trial.must(complaint === undefined, {
          saw: `all went well, and on stderr stands: ${complaint}`,
          expected: 'nothing on stderr.',
          facts: { complaint },
        });
        // As at a terminal: Ctrl+D comes when the answer is there.
        const later = await openClient(trial, NEVER);
        later.client.write('等等\n');
        await reply(later, await nextQuestion(later, '等等'), '好');
        await expectPrinted(later, '好');
        later.client.endInput();
        await expectEnd(later, 'at the end of its input, after the last answer');
        const silent = await openClient(trial, NEVER);
        silent.client.endInput();
        await expectEnd(silent, 'at the end of an empty input');
      },
    },
    {
      id: 'long-line',
      step: 4,
      points: 2,
      title:
        'the client asks a line of 65,503 bytes, and says in one line that 65,504 are too many',
      async run(trial) {
        const longest = `${'好'.repeat(21_834)}!`;
        const asker = await openClient(trial, NEVER);
        asker.client.write(`${longest}\n`);
        await reply(asker, await nextQuestion(asker, longest), '好');
        await expectPrinted(asker, '好');
        asker.client.write(`${longest}!\n`);
        asker.client.endInput();
        const example = 'client: a line has 65503 bytes at most';
        await expectTrouble(asker, 'at a line of 65,504 bytes', /65[ ,._]?503/, example, {
          tooLong: true,
        });
      },
    },
    {
      id: 'asks-again',
      step: 5,
      points: 5,
      title: 'the client asks again, with the same id, until it is answered',
      async run(trial) {
        const asker = await openClient(trial, SOON);
        asker.client.write('有人吗\n');
        const first = await nextQuestion(asker, '有人吗', {}, REST);
        let latest = first;
        for (const time of ['second', 'third']) {
          const again = await nextQuestion(asker, '有人吗', { again: true }, REST);
          trial.must(again.id === first.id, {
            saw: `the ${time} try has the id ${again.id}; the first had ${first.id}.`,
            expected: 'it is the same question: the same bytes, the same id.',
            facts: { newIdPerTry: true },
          });
          latest = again;
        }
        // The question has come three times, and each is answered: the client must print one of them.
        for (let time = 0; time < 3; time += 1) await reply(asker, latest, '有');
        await expectPrinted(asker, '有');
        await nextQuestionAfter(asker, first, '那好');
        trial.must(asker.client.stdout.lines.filter((line) => line === '有').length === 1, {
          saw: 'the client printed the same answer more than once.',
          expected: 'one question, one answer.',
          facts: { printedTwice: true },
        });
      },
    },
    {
      id: 'late-answer',
      step: 5,
      points: 3,
      title: 'the client takes the answer to its first try, also when it comes after the second',
      async run(trial) {
        const asker = await openClient(trial, SOON);
        asker.client.write('迟到\n');
        const first = await nextQuestion(asker, '迟到', {}, REST);
        const second = await nextQuestion(asker, '迟到', { again: true }, REST);
        await reply(asker, first, '来了');
        const newSocket = second.from.port !== first.from.port;
        await expectPrinted(asker, '来了', { newSocket, newIdPerTry: second.id !== first.id });
      },
    },
    {
      id: 'stops-asking',
      step: 5,
      points: 3,
      title: 'the client stops asking once it has the answer',
      async run(trial) {
        const asker = await openClient(trial, SOON);
        asker.client.write('几点了\n');
        const first = await nextQuestion(asker, '几点了', {}, REST);
        await reply(asker, first, '三点');
        await expectPrinted(asker, '三点');
        await nextQuestionAfter(asker, first, '谢谢');
        // From here on whatever asks the first question again was set going before its answer came.
        for (let more = 0; more < 3; more += 1) {
          const { text } = await nextQuestion(asker, undefined, { again: true }, REST);
          trial.must(text.endsWith('谢谢'), {
            saw: 'the client asks its second question, and still asks the first one again.',
            expected: 'what has been answered is not asked again.',
            facts: { stillAsks: true },
          });
        }
      },
    },
    {
      id: 'gives-up',
      step: 5,
      points: 3,
      title: 'the client gives up after --tries tries, says so in one line, and ends with status 1',
      async run(trial) {
        for (const tries of [1, 3]) {
          const asker = await openClient(trial, ['--timeout', '60', '--tries', `${tries}`]);
          asker.client.write('没人\n还有一句\n');
          const example = `client: 127.0.0.1:${asker.server.address.port}: no answer after ${tries} tries`;
          const words = new RegExp(example.slice(0, -'ies'.length)); // 1 try is right, too
          try {
            await expectTrouble(asker, 'after the last of its tries', words, example, {
              givesUp: true,
            });
          } catch (error) {
            if (!(error instanceof Failure)) throw error;
            const more = asker.server.pending.some(({ text }) => text.endsWith('还有一句'));
            throw error.with(more ? { burst: true, more } : {});
          }
          // What has come is read before the next turn of the loop, also if this process was held up.
          for (let turn = 0; turn < 2; turn += 1) await new Promise((done) => setImmediate(done));
          const asked = asker.server.pending.length;
          trial.must(asked === tries, {
            saw: `with --tries ${tries} the client sent ${count(asked, 'datagram')}, and gave up.`,
            expected: `${tries} in all: the first try counts, too.`,
            facts: { tries, asked },
          });
        }
      },
    },
    {
      id: 'tries-anew',
      step: 5,
      points: 2,
      title: 'the client counts the tries of each question anew',
      async run(trial) {
        // A slow machine may lose a try by itself, so there are many more of them than are lost on purpose.
        const asker = await openClient(trial, ['--timeout', '80', '--tries', '22']);
        const earlier: string[] = [];
        for (const line of ['一', '二', '三']) {
          asker.client.write(`${line}\n`);
          let question: Question | undefined;
          for (let asked = 0; asked < 10;) {
            const facts = { again: asked > 0, anew: true };
            const next = await nextQuestion(asker, undefined, facts, REST);
            // What was asked before its answer came, or is still asked, is the business of another check.
            const text = next.bytes.subarray(ID_BYTES).toString();
            if (earlier.includes(text)) continue;
            trial.must(text === line, {
              saw: `the client sent ${showQuestion(next)}.`,
              expected: `the client sends ${questionText(line)}.`,
              facts: { line, asked: next.bytes },
            });
            question = next;
            asked += 1;
          }
          if (question) await reply(asker, question, `答${line}`);
          await expectPrinted(asker, `答${line}`, { anew: true });
          earlier.push(line);
        }
      },
    },
    {
      id: 'nobody-there',
      step: 5,
      points: 2,
      title:
        'the client says in one line that nobody answers, where no server is, and ends with status 1',
      async run(trial) {
        const port = await freePort(trial.random);
        const args = ['--timeout', '60', '--tries', '3', '--port', String(port)];
        const client = await trial.start('client', args);
        client.write('喂\n');
        const words = new RegExp(`127\\.0\\.0\\.1:${port}`);
        const example = `client: 127.0.0.1:${port}: no answer after 3 tries`;
        await expectTrouble({ trial, client }, 'where nobody listened', words, example, {
          nobody: true,
        });
      },
    },
    {
      id: 'duplicates',
      step: 6,
      points: 8,
      title:
        'the client takes no answer twice: not at once, not during the next question, not where the wire loses, doubles and delays',
      async run(trial) {
        const asker = await openClient(trial, NEVER);
        const lines = ['一', '二', '三'];
        asker.client.write(`${lines.join('\n')}\n`);
        asker.client.endInput();
        let last: Question | undefined;
        const ids = new Set<string>();
        for (const line of lines) {
          const question = await nextQuestion(asker, line, { duplicate: true });
          ids.add(question.id);
          if (last) await reply(asker, last, '旧的');
          await reply(asker, question, `答${line}`);
          await reply(asker, question, `答${line}`);
          last = question;
        }
        await expectEnd(asker, 'after the last answer');
        expectLines(trial, asker.client, ['答一', '答二', '答三'], {
          duplicate: true,
          idAgain: ids.size < lines.length,
        });
        await overWire(trial, { seed: trial.seed, drop: 0.25, duplicate: 0.25, reorder: 0.25 });
      },
    },
    {
      id: 'not-an-answer',
      step: 6,
      points: 3,
      title: 'the client ignores datagrams that are too short, or have an id it did not ask with',
      async run(trial) {
        const asker = await openClient(trial, NEVER);
        asker.client.write('真的吗\n');
        const question = await nextQuestion(asker, '真的吗');
        const [head = 0, ...tail] = question.bytes.subarray(0, ID_BYTES);
        for (const bytes of [
          Buffer.alloc(0),
          Buffer.from([head]),
          Buffer.from([head, ...tail]).subarray(0, 3),
          Buffer.from('假的'),
          Buffer.concat([Buffer.from([head ^ 0x80, ...tail]), Buffer.from('假的')]),
          Buffer.concat([
            Buffer.from([head, ...tail.slice(0, 2), (tail[2] ?? 0) ^ 1]),
            Buffer.from('假的'),
          ]),
        ]) {
          await asker.server.send(bytes, question.from);
        }
        await reply(asker, question, '真的');
        await expectPrinted(asker, '真的', { notAnAnswer: true });
        expectLines(trial, asker.client, ['真的'], { notAnAnswer: true });
        await nothingMore(asker, 'what is no answer is no reason to ask again.', { stray: true });
      },
    },
    {
      id: 'strangers',
      step: 6,
      points: 3,
      title: 'the client believes nobody but the server, even with the right id',
      async run(trial) {
        const asker = await openClient(trial, NEVER);
        const stranger = await bindPeer('stranger', 'client', undefined, trial);
        try {
          for (const line of ['密码是什么', '再说一遍']) {
            asker.client.write(`${line}\n`);
            const question = await nextQuestion(asker, line, { stranger: true });
            trial.note('the stranger knows the id of the question, and is faster than the server');
            await stranger.send(answerTo(question, '我是服务器'), question.from);
            await reply(asker, question, `答${line}`);
            await expectPrinted(asker, `答${line}`, { stranger: true });
          }
          const line = '你住哪儿';
          asker.client.write(`${line}\n`);
          const question = await nextQuestion(asker, line, { stranger: true });
          trial.note('this stranger has the port of the server, on another host: 127.0.0.2');
          await sendFrom('127.0.0.2', asker, answerTo(question, '我是服务器'), question.from);
          await reply(asker, question, `答${line}`);
          await expectPrinted(asker, `答${line}`, { stranger: true });
          const wanted = ['答密码是什么', '答再说一遍', '答你住哪儿'];
          expectLines(trial, asker.client, wanted, { stranger: true });
        } finally {
          await stranger.close();
        }
      },
    },
    {
      id: 'by-name',
      step: 6,
      points: 3,
      title: 'the client knows the answers of its server also where --host is a name: localhost',
      async run(trial) {
        const asker = await openClient(trial, [...NEVER, '--host', 'localhost']);
        for (const line of ['你叫什么', '住在哪儿']) {
          asker.client.write(`${line}\n`);
          await reply(asker, await nextQuestion(asker, line), `答${line}`);
          await expectPrinted(asker, `答${line}`, { byName: true });
        }
      },
    },
    {
      id: 'first-id',
      step: 6,
      points: 1,
      title: 'the client does not begin with the same id each time it is started',
      async run(trial) {
        const ids: string[] = [];
        for (const _ of ['first', 'second', 'third']) {
          const asker = await openClient(trial, NEVER);
          asker.client.write('我是谁\n');
          ids.push((await nextQuestion(asker, '我是谁')).id);
        }
        trial.must(new Set(ids).size > 1, {
          saw: `three clients, started one after the other, all began with the id ${ids[0]}.`,
          expected: 'an id at random: a client that is started again must not take an old answer.',
          facts: { sameStart: true },
        });
      },
    },
  ],
  diagnoses: [
    {
      id: 'wrong-protocol',
      when: ({ wrongProtocol }) => wrongProtocol === true,
      cause: () =>
        'this is a server of TCP (node:net). One of UDP is made with createSocket of node:dgram: no connections, only datagrams.',
      hint: 2,
    },
    {
      id: 'address-too-early',
      when: ({ crash }) => /getsockname|EBADF/.test(crash?.message ?? ''),
      cause: () =>
        "bind() only asks. The socket has no address until 'listening' comes: hand over announce itself, without (), and it is called then.",
      step: 1,
      hint: 2,
    },
    {
      id: 'port-not-read-back',
      when: ({ start, stdout }) => start === 'elsewhere' && /^listening on .*:0$/m.test(stdout),
      cause: () =>
        'the ready line shows the port of the command line. 0 asks the kernel to pick one: socket.address() knows which.',
      hint: 3,
    },
    {
      id: 'error-not-heard',
      when: ({ portTaken, stderr, exit }) =>
        portTaken === true &&
        (/EADDRINUSE/.test(stderr) || (stderr.trim() === '' && exit?.code === 0)),
      cause: ({ stderr }) =>
        stderr.trim() === ''
          ? "the port is taken on purpose here. bind() with a function to call listens for 'error' itself, and says nothing: listen for it, too, and call fail()."
          : "the port is taken on purpose here. Nobody listens for the 'error' of the socket, so Node prints its whole stack. Call fail() with one line.",
      hint: 4,
    },
    {
      id: 'no-address',
      when: ({ crash }) =>
        /ERR_SOCKET_BAD_PORT|ERR_SOCKET_DGRAM_(IS|NOT)_CONNECTED|already connected/i.test(
          crash?.message ?? '',
        ),
      cause: () =>
        'send() needs the port and the address each time, socket.send(datagram, port, address): one socket answers everybody, so it is not connected to one.',
      step: 1,
      hint: 4,
    },
    {
      id: 'crash-on-datagram',
      when: ({ crash, sent, borders }) =>
        crash !== undefined && (sent !== undefined || borders === true),
      cause: ({ sent }) =>
        `a datagram${sent ? ` of ${count(sent.length, 'byte')}` : ''} ended the server. Anybody can send anything to a UDP port, so nothing may be taken for granted.`,
      step: 3,
      hint: 2,
    },
    {
      id: 'empty-ends',
      when: ({ sent, silent, ended }) => sent?.length === 0 && silent === true && ended === true,
      cause: () =>
        'an empty datagram ended the server. In TCP, nothing read means the end; in UDP, nothing ends, and a message may be empty.',
      step: 2,
      hint: 2,
    },
    {
      id: 'empty-ignored',
      when: ({ sent, silent }) => sent?.length === 0 && silent === true,
      cause: () => 'an empty datagram is a message like any other, and its sender waits for it.',
      step: 2,
      hint: 2,
    },
    {
      id: 'ends-at-a-word',
      when: ({ survives, silent, ended, exit }) =>
        survives === true && silent === true && ended === true && exit?.code === 0,
      cause: () =>
        'a word in a datagram ended the server. Then every client can end it for all the others: leave that to Ctrl+C.',
      hint: 2,
    },
    {
      id: 'waits-for-line',
      when: ({ answersLater }) => answersLater === true,
      cause: () =>
        'the server waits for the end of a line. A datagram is whole as it comes: nothing more belongs to it.',
      step: 2,
      hint: 2,
    },
    {
      id: 'answered-once',
      when: ({ deaf, others }) => deaf === true && gotBy(others) === undefined,
      cause: () =>
        'only the first datagram is answered. once() hears one message and no more; a loop around recvfrom() is an event that comes again.',
      hint: 3,
    },
    {
      id: 'answers-another',
      when: ({ silent, others }) => silent === true && gotBy(others) !== undefined,
      cause: () =>
        'the answer went to somebody else. Where it must go comes with each datagram: a client that was remembered is not the one who asks now.',
      hint: 2,
    },
    {
      id: 'answers-everybody',
      when: ({ turns, everybody, got }) =>
        everybody === true || (turns === true && got !== undefined),
      cause: () => 'the answer goes to all who ever asked. Only the one who asks now waits for it.',
      hint: 2,
    },
    {
      id: 'other-socket',
      when: ({ otherSocket }) => otherSocket === true,
      cause: () =>
        'the answer was sent by a second socket, and that one has a port of its own. One socket both receives and sends.',
      hint: 3,
    },
    {
      id: 'fewer-answers',
      when: ({ borders, silent, ended, answers }) =>
        borders === true && silent === true && ended === false && !isEmptyList(answers),
      cause: ({ answers, texts }) =>
        `${(texts as string[]).length} datagrams, and ${count((answers as string[]).length, 'answer')}: each of them is a message of its own, and waits for its own answer.`,
      hint: 1,
    },
    {
      id: 'not-answered',
      when: ({ sent, borders, silent, ended }) =>
        (sent !== undefined || borders === true) && silent === true && ended === false,
      cause: () =>
        'nothing was sent to the address that the datagram came from (the second argument of the listener), or the bytes are kept until more come: a datagram is complete.',
      hint: 3,
    },
    {
      id: 'same-answer',
      when: ({ borders, answers }) => borders === true && hasTwins(answers),
      cause: () =>
        'one answer was sent for several datagrams: a variable that all of them share held another one by then. send() may read the bytes later, too.',
      hint: 3,
    },
    {
      id: 'joined',
      when: ({ borders, answers, texts }) =>
        borders === true && isJoined(answers, texts as readonly string[]),
      cause: () =>
        'several datagrams were put together. That is for streams: in UDP the kernel keeps the borders, and one message is one answer.',
      hint: 2,
    },
    {
      id: 'text-not-bytes',
      when: ({ sent, got }) =>
        sent !== undefined && got?.includes(REPLACEMENT) === true && !sent.includes(REPLACEMENT),
      cause: () =>
        'the bytes were turned into text and back. EF BF BD is the sign for what could not be read as text.',
      step: 2,
      hint: 3,
    },
    {
      id: 'changes-bytes',
      when: ({ check, sent, got }) =>
        check === 'answers' &&
        sent !== undefined &&
        got !== undefined &&
        got.toString().trim() === sent.toString().trim(),
      cause: () => 'spaces or line ends were cut off or added. They are bytes like all others.',
      step: 2,
      hint: 3,
    },
    {
      id: 'cut-off',
      when: ({ sent, got }) => sent !== undefined && got !== undefined && isBeginning(got, sent),
      cause: ({ got }) =>
        `only the first ${got?.length.toLocaleString('en')} bytes came back: the room for one datagram was too small. What does not fit is gone; a datagram is not read twice.`,
      step: 2,
      hint: 4,
    },
    {
      id: 'counts-characters',
      when: ({ counted }) => counted === true,
      cause: () =>
        'characters were counted. 老王 has two of them, and six bytes: the length of a Buffer counts bytes, that of a string does not.',
      step: 1,
      hint: 3,
    },
    {
      id: 'no-line',
      when: ({ noLine }) => noLine === true,
      cause: () =>
        'a datagram came, and no line like that was printed for it. Each one is a line, also the empty one.',
      step: 1,
      hint: 3,
    },
    {
      id: 'signal-not-caught',
      when: ({ badEnd, exit }) =>
        badEnd === true && (exit?.signal === 'SIGINT' || exit?.signal === 'SIGTERM'),
      cause: () => 'nobody listens for the signal, so the kernel ends the program as it stands.',
      hint: 3,
    },
    {
      id: 'count-not-told',
      when: ({ lastLine }) => lastLine !== undefined,
      cause: () => 'the number of datagrams is missing, or something was not counted.',
      hint: 3,
    },
    {
      id: 'crash-on-short',
      when: ({ crash, notAnAnswer }) => crash !== undefined && notAnAnswer === true,
      cause: () =>
        'a datagram that was too short for an id ended the client. Look at its length, or compare bytes, before you read a number from it.',
      hint: 3,
    },
    {
      id: 'no-id',
      when: ({ line, asked }) =>
        typeof line === 'string' && Buffer.isBuffer(asked) && asked.equals(Buffer.from(line)),
      cause: () =>
        'the datagram has the line, and no id in front of it. Without one, nobody can tell to which question an answer belongs.',
      step: 4,
      hint: 3,
    },
    {
      id: 'wrong-id-length',
      when: ({ line, asked }) => [1, 2, 3, 5, 6, 7, 8].includes(headOf(line, asked) ?? 0),
      cause: ({ line, asked }) =>
        `${count(headOf(line, asked) ?? 0, 'byte')} ${headOf(line, asked) === 1 ? 'stands' : 'stand'} in front of the line. An id has four, whatever its number is: Buffer.alloc(4), then writeUInt32BE.`,
      step: 4,
      hint: 3,
    },
    {
      id: 'lowest-byte-first',
      when: ({ lowestFirst }) => lowestFirst === true,
      cause: () =>
        'the id was written with its lowest byte first (LE). In a network the highest comes first, unless it is said otherwise: BE.',
      hint: 3,
    },
    {
      id: 'line-end-sent',
      when: ({ line, asked }) =>
        Buffer.isBuffer(asked) && asked.subarray(ID_BYTES).toString() === `${String(line)}\n`,
      cause: () => 'the line end was sent, too. It only says where the line ends.',
      step: 4,
      hint: 3,
    },
    {
      id: 'line-trimmed',
      when: ({ line, asked }) =>
        typeof line === 'string' &&
        line !== '' &&
        Buffer.isBuffer(asked) &&
        asked.subarray(ID_BYTES).equals(Buffer.from(line.trim())),
      cause: () =>
        'the spaces around the line were taken away. They belong to it: what is asked is the line as it was typed.',
      step: 4,
      hint: 3,
    },
    {
      id: 'empty-line-skipped',
      when: ({ emptyLine, asked, silent }) =>
        emptyLine === true && (silent === true || asked !== undefined),
      cause: () => 'the empty line was not asked. "" counts as false in an if, and is a line.',
      hint: 3,
    },
    {
      id: 'empty-answer-is-none',
      when: ({ check, wanted, exit }) =>
        check === 'empty-line' && wanted === '' && exit?.code === 1,
      cause: () =>
        'the empty answer was taken for none. "" counts as false in an if: compare with undefined.',
      hint: 4,
    },
    {
      id: 'all-at-once',
      when: ({ burst, more }) => burst === true && more === true,
      cause: () =>
        'the next question was sent before the answer to this one was there. The loop must wait: await.',
      hint: 3,
    },
    {
      id: 'same-id-for-all',
      when: ({ idAgain }) => idAgain === true,
      cause: () => 'two questions have the same id, so a late answer to the first fits the second.',
      step: 4,
      hint: 3,
    },
    {
      id: 'prints-buffer',
      when: ({ printed, lines }) =>
        [printed, lines].some(
          (all) => Array.isArray(all) && all.some((line) => String(line).startsWith('<Buffer ')),
        ),
      cause: () =>
        "the answer is a Buffer, and console.log shows what is in one. answer.toString('utf8') is its text.",
      step: 4,
      hint: 4,
    },
    {
      id: 'prints-id',
      when: ({ wanted, wantedLines, printed, lines }) =>
        endsWithOneOf(printed ?? lines, (wantedLines ?? [wanted]) as unknown[]),
      cause: () => 'the answer was printed with its id. The first four bytes are not for people.',
      step: 4,
      hint: 4,
    },
    {
      id: 'prints-at-end',
      when: ({ printedAtEnd }) => printedAtEnd === true,
      cause: () =>
        'the answers are kept until the input has ended. A person types, and waits for each.',
      hint: 3,
    },
    {
      id: 'socket-left-open',
      when: ({ atEnd, stillRunning, holdsSocket }) =>
        atEnd === true && stillRunning === true && holdsSocket === true,
      cause: () =>
        'the UDP socket is still open, and Node waits for what may come. Nobody will say that nothing comes: close it, also if the input ends after the last answer.',
      hint: 4,
    },
    {
      id: 'timer-left',
      when: ({ atEnd, stillRunning }) => atEnd === true && stillRunning === true,
      cause: () =>
        'the socket is closed, and a timer still runs. The time-out of a question ends with its answer: clearTimeout.',
      step: 5,
      hint: 3,
    },
    {
      id: 'listener-left',
      when: ({ complaint }) => /MaxListenersExceededWarning/.test(String(complaint)),
      cause: () =>
        "each question adds a listener for 'message', and more than ten stand there at once: Node warns of the eleventh. Take it away, by socket.off(), when the answer is there or its time is over, and ask the next question then.",
      step: 5,
      hint: 3,
    },
    {
      id: 'too-long-not-told',
      when: ({ tooLong }) => tooLong === true,
      cause: () =>
        'send() fails with EMSGSIZE, or the limit is another one. 65,507 bytes fit, four of them are the id; bytes, not characters.',
      hint: 2,
    },
    {
      id: 'tries-not-reset',
      when: ({ anew, ended, exit }) => anew === true && (ended === true || exit?.code === 1),
      cause: () =>
        'the client gave up although this question had tries left: those of the questions before it were counted, too.',
      hint: 3,
    },
    {
      id: 'never-asks-again',
      when: ({ again, silent, ended, wire, stillRunning, lines }) =>
        (again === true && silent === true && ended === false) ||
        (wire === true && stillRunning === true && Array.isArray(lines) && lines.length < 20),
      cause: () =>
        'the question, or its answer, was lost, and the client waits for what cannot come. UDP never tells: set a timer, and ask again.',
      step: 5,
      hint: 2,
    },
    {
      id: 'new-id-each-try',
      when: ({ newIdPerTry }) => newIdPerTry === true,
      cause: () =>
        'each try has an id of its own. A try is no new question: with the same id, the answer to the first try still fits after the second, and a server can see that both are one question.',
      hint: 2,
    },
    {
      id: 'new-socket-each-try',
      when: ({ newSocket }) => newSocket === true,
      cause: () =>
        'each try has a socket of its own, and the one before is closed. The late answer goes to its port, where nobody is any more.',
      hint: 3,
    },
    {
      id: 'keeps-asking',
      when: ({ stillAsks, anew, asked }) =>
        stillAsks === true || (anew === true && asked !== undefined),
      cause: () => 'the timer goes on after the answer. Clear it when the answer is there.',
      hint: 3,
    },
    {
      id: 'no-limit',
      when: ({ givesUp, nobody, stillRunning }) =>
        (givesUp === true || nobody === true) && stillRunning === true,
      cause: () =>
        'nobody answers, and the client waits or asks without end. --tries is the limit.',
      step: 5,
      hint: 3,
    },
    {
      id: 'wrong-number-of-tries',
      when: ({ tries, asked }) => tries !== undefined && asked !== undefined,
      cause: ({ tries, asked }) =>
        Number(asked) > Number(tries)
          ? 'the repeats were counted, and the first try was not. --tries 1 means: ask once.'
          : 'the client gave up before it had used all its tries.',
      hint: 3,
    },
    {
      id: 'stranger-taken',
      when: ({ stranger, printed, lines }) =>
        stranger === true &&
        ((printed ?? lines) as string[] | undefined)?.includes('我是服务器') === true,
      cause: () =>
        'a datagram from another address was taken for the answer of the server. A UDP socket hears anybody: compare address and port, or connect() the socket.',
      hint: 3,
    },
    {
      id: 'asks-at-a-stray',
      when: ({ stray, more, notAnAnswer, duplicate, stranger, asked, exit }) =>
        (stray === true && more === true) ||
        (notAnAnswer === true && exit?.code === 1) ||
        ((duplicate === true || stranger === true) && asked !== undefined),
      cause: () =>
        'a datagram that is no answer made the client ask again. Wait on for the rest of the time-out: else a few strays use up all tries.',
      hint: 2,
    },
    {
      id: 'id-not-checked',
      when: ({ duplicate, notAnAnswer, wire, lines, printed, wantedLines }) =>
        !isLonger(lines, wantedLines) &&
        ((duplicate === true && Array.isArray(lines) && lines.includes('旧的')) ||
          (notAnAnswer === true &&
            [lines, printed].some((all) => Array.isArray(all) && all.length > 0)) ||
          (wire === true && hasTwins(lines))),
      cause: () =>
        'a datagram with another id was taken for the answer. Only the id of the question that is open tells what belongs to it, and not to one before.',
      hint: 2,
    },
    {
      id: 'printed-twice',
      when: ({ printedTwice, duplicate, notAnAnswer, wire, lines, wantedLines }) =>
        printedTwice === true ||
        (duplicate === true && hasTwins(lines)) ||
        ((duplicate === true || notAnAnswer === true || wire === true) &&
          isLonger(lines, wantedLines)),
      cause: () =>
        'every datagram that came was printed. One question has one answer: the first that fits, and nothing after it.',
      step: 6,
      hint: 2,
    },
    {
      id: 'name-not-address',
      when: ({ byName, nothing }) => byName === true && nothing === true,
      cause: () =>
        'the answer came from 127.0.0.1, and --host is localhost: the same machine, but not the same text. Compare with `address`, which is looked up for you.',
      hint: 3,
    },
    {
      id: 'refused-not-heard',
      when: ({ crash, nobody }) => nobody === true && /ECONNREFUSED/.test(crash?.message ?? ''),
      cause: () =>
        "a connected socket hears that nobody has the port, by its 'error' ECONNREFUSED. Nobody listens for that, so Node prints its whole stack. Call fail() with one line.",
      hint: 3,
    },
    {
      id: 'answer-not-taken',
      when: ({ nothing, newSocket }) => nothing === true && newSocket !== true,
      cause: () =>
        'the answer came, and was not taken for one. It has the four bytes that were sent in front of the line, and then its text, which need not be that of the question.',
      step: 4,
      hint: 1,
    },
    {
      id: 'same-start',
      when: ({ sameStart }) => sameStart === true,
      cause: () =>
        'the ids begin with the same number in every run. A client that is started again on the same port takes late answers of the one before.',
      hint: 4,
    },
  ],
});

// --- what is sent ---

const FIRST = '你好，老王';
const REPLACEMENT = Buffer.from('�');

/** What some servers take for a command, or fall over. */
const BAD_WORDS = ['quit', 'exit', '##', 'EXIT', '\0', '{"id":', '%s%n', '老', '你好，'.repeat(99)];

// --- a server that is judged, and a client that the check plays ---

interface Talk {
  readonly trial: Trial;
  readonly server: Program;
  readonly address: Address;
  readonly peer: DatagramPeer;
  /** What has come back so far, and to whom. */
  readonly answered: { readonly peer: DatagramPeer; readonly bytes: Buffer }[];
}

type Facts = Failure['facts'];

async function openServer(trial: Trial): Promise<Talk> {
  return talkTo(trial, await trial.start('server', ['--port', '0']));
}

async function talkTo(trial: Trial, server: Program): Promise<Talk> {
  const address = await server.ready();
  const peer = await trial.datagrams('client 1', address);
  return { trial, server, address, peer, answered: [] };
}

/** Waits for what the server sends next, and no longer than it lives. */
async function receiveEcho(talk: Talk, expected: string, facts: Facts): Promise<Datagram> {
  const { trial, server, peer } = talk;
  const nothing = () => {
    const open = server.listeners();
    trial.exchange.record({
      kind: 'waiting',
      from: peer.actor,
      note: expected.replace(`${peer.actor} gets `, ''),
    });
    return new Failure({
      verdict: server.exit ? 'crashed' : 'timed out',
      saw: `${peer.actor} got no answer${whyNot(server, facts.others)}.`,
      expected: `${expected}.`,
      facts: {
        ...facts,
        silent: true,
        ended: server.exit !== undefined,
        wrongProtocol: open.length > 0 && open.every(({ protocol }) => protocol === 'tcp'),
      },
    });
  };
  try {
    await trial.happenings.until(() => {
      if (peer.pending.length > 0) return true;
      if (server.exit) throw nothing();
      return undefined;
    }, nothing);
  } catch (error) {
    if (!(error instanceof Failure) || server.exit) throw error;
    throw error.with(await provoke(talk));
  }
  const answer = await peer.receive(expected);
  talk.answered.push({ peer, bytes: answer.bytes });
  return answer;
}

/** What else is known when an answer did not come. The words of a crash are added to these by themselves. */
function whyNot(server: Program, others: unknown): string {
  if (server.exit) return server.stderr.bytes.length === 0 ? ': the server has ended' : '';
  const other = gotBy(others);
  return other ? `; ${other.actor} got ${showDatagram(other.pending[0] as Datagram)}` : '';
}

/** The client that got what was not meant for it. */
function gotBy(others: unknown): DatagramPeer | undefined {
  return ((others ?? []) as DatagramPeer[]).find(({ pending }) => pending.length > 0);
}

/** Sends a datagram, and waits for the same one from the port that it was sent to. */
async function expectEcho(talk: Talk, payload: string | Buffer, facts: Facts = {}): Promise<void> {
  const { trial, peer, address } = talk;
  const sent = Buffer.from(payload);
  const shown = sent.length === 0 ? 'an empty datagram' : showText(sent, 40);
  await peer.send(sent);
  const all = { sent, ...facts };
  const answer = await receiveEcho(talk, `${peer.actor} gets ${shown} back`, all);
  trial.must(answer.from.port === address.port, {
    saw: `the answer came from port ${answer.from.port}, but it was port ${address.port} that was asked.`,
    expected: 'the answer comes from the port that was asked: a client hears nobody else.',
    facts: { ...all, otherSocket: true },
  });
  trial.sameBytes(answer.bytes, sent, `the answer to ${shown}`, all);
}

/**
 * Nothing came back. If nothing ever has: does something come after a line end? If one datagram was answered: is it answered
 * again, or was that the only one?
 */
async function provoke({ trial, peer, answered }: Talk): Promise<Facts> {
  const [first, second] = answered;
  if (second) return {};
  const asking = first?.peer ?? peer;
  const before = asking.pending.length;
  await asking.send(first?.bytes ?? '\n');
  await trial.happenings.rest(() => asking.pending.length > before);
  const isAnswered = asking.pending.length > before;
  return first ? { deaf: !isAnswered } : { answersLater: isAnswered };
}

/** The line that the server prints for a datagram. */
async function expectLine({ server, peer }: Talk, size: number, text?: string) {
  const { host, port } = peer.address;
  const wanted = `${host}:${port} ${size} bytes`;
  try {
    await server.line((line) => line === wanted, `a line on its stdout: ${wanted}`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const characters = `${host}:${port} ${text?.length} bytes`;
    throw error.with({
      noLine: true,
      counted: text !== undefined && server.stdout.lines.includes(characters),
    });
  }
}

// --- a client that is judged, and a server that the check plays ---

interface Asker {
  readonly trial: Trial;
  readonly client: Program;
  readonly server: DatagramPeer;
}

interface Question extends Datagram {
  /** Its first four bytes, in hex: what they say is the client's business. */
  readonly id: string;
}

async function openClient(trial: Trial, args: readonly string[]): Promise<Asker> {
  const server = await trial.datagrams('server');
  const client = await trial.start('client', [...args, '--port', `${server.address.port}`]);
  return { trial, client, server };
}

/** Waits for what the client sends next, and no longer than it lives. It must ask `line`, if that is given. */
async function nextQuestion(
  { trial, client, server }: Asker,
  line: string | undefined,
  facts: Facts = {},
  options = {},
): Promise<Question> {
  const shown = line === undefined ? 'its question again' : questionText(line);
  const nothing = () => {
    trial.exchange.record({ kind: 'waiting', from: server.actor, note: shown });
    return new Failure({
      verdict: client.exit ? 'failed' : 'timed out',
      saw: client.exit
        ? `the client has ended${said(client)}.`
        : `the client sent nothing more${facts.again ? ', although nobody had answered' : ''}.`,
      expected: `the client sends ${shown}.`,
      facts: { ...facts, silent: true, ended: client.exit !== undefined },
    });
  };
  await trial.happenings.until(
    () => {
      if (server.pending.length > 0) return true;
      if (client.exit) throw nothing();
      return undefined;
    },
    nothing,
    options,
  );
  const datagram = await server.receive(shown);
  const { bytes } = datagram;
  const text = bytes.subarray(ID_BYTES);
  trial.must(line === undefined || (bytes.length >= ID_BYTES && text.equals(Buffer.from(line))), {
    saw: `the client sent ${line !== undefined && datagram.text === line ? showDatagram(datagram) : showQuestion(datagram)}.`,
    expected: `the client sends ${shown}.`,
    facts: { line, asked: bytes, ...facts },
  });
  return { ...datagram, id: showHex(bytes.subarray(0, ID_BYTES)) };
}

/** Types the next line, and waits until it is asked. The question before it may still be on its way, asked before its answer came. */
async function nextQuestionAfter(
  asker: Asker,
  last: Question | undefined,
  line: string,
  facts: Facts = {},
): Promise<Question> {
  asker.client.write(`${line}\n`);
  for (;;) {
    const early = await nextQuestion(asker, undefined, facts, REST);
    if (last && early.bytes.subarray(ID_BYTES).equals(last.bytes.subarray(ID_BYTES))) continue;
    asker.trial.must(early.text.endsWith(line), {
      saw: `the client sent ${showQuestion(early)}.`,
      expected: `the client sends ${questionText(line)}.`,
      facts: { line, asked: early.bytes, ...facts },
    });
    return early;
  }
}

/** A question as a sentence describes it. */
function questionText(line: string): string {
  const text = line === '' ? 'nothing more (an empty line)' : showText(Buffer.from(line), 40);
  return `four bytes of id, then ${text}`;
}

/** A question as it came. */
function showQuestion(datagram: Datagram): string {
  const { bytes } = datagram;
  if (bytes.length < ID_BYTES) return showDatagram(datagram);
  const text = bytes.subarray(ID_BYTES);
  return `${showHex(bytes.subarray(0, ID_BYTES))} ${text.length === 0 ? '(and nothing more)' : showText(text, 40)}`;
}

/** The last words of a client, if it had any. */
function said({ stderr }: Program): string {
  return stderr.lines.length === 1 ? `, and said: ${stderr.lines[0]}` : '';
}

function answerTo(question: Question, text: string): Buffer {
  return Buffer.concat([question.bytes.subarray(0, ID_BYTES), Buffer.from(text)]);
}

/** Sends a datagram from the port of the server, but from another host of this machine. */
async function sendFrom(
  host: string,
  { trial, server }: Asker,
  bytes: Buffer,
  to: Address,
): Promise<void> {
  const socket = createSocket('udp4');
  try {
    socket.bind(server.address.port, host);
    await once(socket, 'listening');
    trial.exchange.record({ kind: 'datagram', from: 'stranger', to: 'client', bytes });
    await new Promise<void>((resolve, reject) => {
      socket.send(bytes, to.port, to.host, (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    socket.close();
  }
}

function reply({ server }: Asker, question: Question, text: string): Promise<void> {
  return server.send(answerTo(question, text), question.from);
}

/** Waits until the client sleeps: whatever it wanted to send by itself is sent. It must have been nothing. */
async function nothingMore({ trial, server }: Asker, expected: string, facts: Facts) {
  await trial.happenings.rest(() => server.pending.length > 0);
  const [more] = server.pending;
  trial.must(more === undefined, {
    saw: `before it was answered, the client sent ${more && showQuestion(more)}.`,
    expected,
    facts: { ...facts, more: true },
  });
}

async function expectPrinted({ trial, client }: Asker, wanted: string, facts: Facts = {}) {
  const what = wanted === '' ? 'an empty line on its stdout' : `a line on its stdout: ${wanted}`;
  try {
    await client.line((line) => line === wanted, what);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const nothing = isEmptyList(error.facts.printed) && client.exit === undefined;
    // A client that keeps its answers back prints them now.
    if (nothing) await endInput(trial, client);
    const printedAtEnd = nothing && client.stdout.lines.length > 0;
    throw error.with({ ...facts, wanted, nothing, printedAtEnd });
  }
}

/** Ends its input, and waits until nothing more comes of that. */
async function endInput(trial: Trial, client: Program): Promise<void> {
  client.endInput();
  await trial.happenings.rest(() => client.exit !== undefined);
}

/** All that the client has printed. */
function expectLines(trial: Trial, client: Program, wanted: readonly string[], facts: Facts = {}) {
  const { lines } = client.stdout;
  const at = wanted.findIndex((line, index) => lines[index] !== line);
  const first = at === -1 ? wanted.length : at;
  trial.must(lines.length === wanted.length && at === -1, {
    saw: `the client printed ${count(lines.length, 'line')}; line ${first + 1} was ${lines[first] === undefined ? 'missing' : `"${lines[first]}"`}.`,
    expected: `${count(wanted.length, 'line')}${wanted[first] === undefined ? '' : `; line ${first + 1} is "${wanted[first]}"`}.`,
    facts: { ...facts, lines: [...lines], wantedLines: wanted },
  });
}

async function expectEnd({ trial, client }: Asker, when: string) {
  let exit;
  try {
    exit = await client.ended(when);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const holdsSocket = client.listeners().some(({ protocol }) => protocol === 'udp');
    throw error.with({ atEnd: true, holdsSocket });
  }
  trial.must(exit.code === 0, {
    saw: `${when} the client ended with ${exit.signal ?? `status ${exit.code}`}.`,
    expected: 'status 0: nothing went wrong.',
  });
}

/** One line on stderr that has `words` in it, for example `example`, and status 1. */
async function expectTrouble(
  { trial, client }: Omit<Asker, 'server'>,
  when: string,
  words: RegExp,
  example: string,
  facts: Facts,
) {
  let exit;
  try {
    exit = await client.ended(when, facts.tooLong === true ? {} : REST);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // A client that keeps its last words back says them now.
    if (facts.tooLong !== true) await endInput(trial, client);
    throw error.with({ ...facts, printedAtEnd: client.exit !== undefined });
  }
  const { lines } = client.stderr;
  const [line = ''] = lines;
  trial.must(
    exit.code === 1 && lines.length === 1 && line.startsWith('client: ') && words.test(line),
    {
      saw: `${when} the client ended with ${exit.signal ?? `status ${exit.code}`} and ${count(lines.length, 'line')} on stderr${line === '' ? '.' : `: ${line}`}`,
      expected: `status 1 and one line, for example: ${example}`,
      facts: { ...facts, trouble: when },
    },
  );
}

/** Twenty lines through a hostile wire to the reference server, which echoes them. */
async function overWire(trial: Trial, wire: Parameters<Trial['datagramRelay']>[1]) {
  const server = await trial.reference('server', ['--port', '0']);
  const relay = await trial.datagramRelay(await server.ready(), wire);
  const client = await trial.start('client', [...SOON, '--port', String(relay.port)]);
  const lines = Array.from({ length: 20 }, (_, index) => `第 ${index + 1} 句`);
  client.write(`${lines.join('\n')}\n`);
  client.endInput();
  let exit;
  try {
    exit = await client.ended('after twenty lines', { ...REST, patience: 20_000 });
  } catch (error) {
    throw error instanceof Failure
      ? error.with({ wire: true, lines: [...client.stdout.lines], wantedLines: lines })
      : error;
  }
  expectLines(trial, client, lines, { wire: true });
  trial.must(exit.code === 0, {
    saw: `the client ended with ${exit.signal ?? `status ${exit.code}`}: ${client.stderr.lines[0] ?? ''}`,
    expected: 'status 0: each question was answered in the end.',
    facts: { wire: true },
  });
}

// --- for failures and diagnoses ---

/** True if the last answer is two or more of the datagrams in one. */
function isJoined(answers: unknown, texts: readonly string[]): boolean {
  const last = Array.isArray(answers) ? String(answers.at(-1) ?? '') : '';
  return !texts.includes(last) && texts.filter((text) => last.includes(text)).length > 1;
}

/** True if `got` is the beginning of `sent`, and not all of it. */
function isBeginning(got: Buffer, sent: Buffer): boolean {
  return got.length < sent.length && sent.subarray(0, got.length).equals(got);
}

/** How many bytes stand in front of the line that was asked; undefined if the line does not end what was sent. */
function headOf(line: unknown, asked: unknown): number | undefined {
  if (typeof line !== 'string' || !Buffer.isBuffer(asked)) return undefined;
  const text = Buffer.from(line);
  const size = asked.length - text.length;
  // Behind an empty line anything could end: then only what is too short for an id tells.
  if (size < 0 || (line === '' && size >= ID_BYTES)) return undefined;
  return asked.subarray(size).equals(text) ? size : undefined;
}

/** True if these ids, of four bytes each, go up by the same small step if their lowest byte is the first. */
function countsInFirstByte(ids: readonly Buffer[]): boolean {
  const numbers = ids.map((id) => id.readUInt32LE());
  const steps = numbers.slice(1).map((number, index) => (number - (numbers[index] ?? 0)) >>> 0);
  return new Set(steps).size === 1 && (steps[0] ?? 0) > 0 && (steps[0] ?? 0) < 256;
}

/** True if there is more in the list than was wanted. */
function isLonger(list: unknown, wanted: unknown): boolean {
  return Array.isArray(list) && Array.isArray(wanted) && list.length > wanted.length;
}

/** True if something stands in the list twice. */
function hasTwins(list: unknown): boolean {
  return Array.isArray(list) && new Set(list).size < list.length;
}

/** True if something was printed that is one of the lines wanted, with something in front of it. */
function endsWithOneOf(printed: unknown, wanted: readonly unknown[]): boolean {
  const lines = wanted.filter((line): line is string => typeof line === 'string' && line !== '');
  return (
    Array.isArray(printed) &&
    printed.some((text) => !lines.includes(text) && lines.some((line) => text.endsWith(line)))
  );
}

function isEmptyList(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}

function showHex(bytes: Buffer): string {
  return bytes.toString('hex').replace(/(..)(?=.)/g, '$1 ');
}
