// The graded checks of image-client: a client whose requests are looked at byte by byte, and a server that gets its pictures
// merged, cut, too large and half. Behind the server stands a cloud that the checks play: it sees what the recogniser was given.
import { Failure, lesson, type Address, type Program, type Trial } from '#harness';
import { acceptFrom } from '#harness/accept';
import { count, showText } from '#harness/bytes';
import { openCloud, type Cloud, type CloudCall } from '#harness/cloud';
import type { Facts } from '#harness/failure';
import type { WaitOptions } from '#harness/waiting';
import { diagnoses } from './image-client/diagnoses.ts';
import { RED_AND_YELLOW } from './image-client/pictures.ts';

/** The longest text of a reply, in bytes. */
const MOST_TEXT = 65_536;
/** So that a deadline of the programs, in seconds, comes soon. */
const SOON = '0.4';
/** So that no deadline comes before a busy machine has done its work. The later one of two flags counts. */
const PATIENT = '60';
/** Every byte there is: what is read as text does not survive. */
const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

export default lesson({
  lesson: 'image-client',
  steps: [
    'A picture on the wire',
    'One request, one reply',
    'Many pictures on one connection',
    'What cannot be recognised',
    'The replies',
    'Deadlines',
  ],
  checks: [
    {
      id: 'request',
      step: 1,
      points: 8,
      title: 'the client sends the category and the picture, each with its length in bytes',
      async run(trial) {
        const { peer } = await openClient(trial, '动物', { '猫.png': ALL_BYTES });
        const wanted = requestOf('动物', ALL_BYTES);
        const shown = 'the request with 动物 and a picture of 256 bytes';
        const known = (got: Buffer): Facts => ({
          request: true,
          ...measure(got, '动物', ALL_BYTES),
        });
        const got = await peer
          .receive(wanted.length, shown)
          .catch(adding(() => known(Buffer.from(peer.received))));
        trial.sameBytes(got, wanted, shown, known(Buffer.from(peer.received)));
      },
    },
    {
      id: 'several',
      step: 1,
      points: 5,
      title:
        'the client sends all its pictures on one connection, waits for no reply, and then sends its FIN',
      async run(trial) {
        const pictures = { 'one.png': Buffer.from('one'), '二.jpg': Buffer.from('two') };
        const { host, peer } = await openClient(trial, 'shop', pictures);
        const [first, second] = ['one', 'two'].map((text) => requestOf('shop', text)) as [
          Buffer,
          Buffer,
        ];
        const wanted = Buffer.concat([first, second]);
        const look = async (): Promise<Facts> => {
          const before = peer.received.length;
          if (before >= wanted.length) return { noFin: !peer.ended };
          await peer.send(replyOf({ labels: [] }));
          await trial.happenings.rest(() => peer.received.length > before);
          const more = peer.received.length > before;
          const another = more ? undefined : await host.accept('').catch(nothingCame);
          return { waitsForReply: more, connectionEach: another !== undefined };
        };
        const got = await peer.receiveToEnd('two requests, then a FIN').catch(adding(look));
        const again = Buffer.concat([first, second.subarray(2 + 'shop'.length)]);
        const facts = got.equals(first) ? await look() : { categoryOnce: got.equals(again) };
        trial.sameBytes(got, wanted, 'the two requests', facts);
      },
    },
    {
      id: 'reply',
      step: 2,
      points: 8,
      title:
        'the server answers a real picture with what was recognised, behind its length in bytes',
      async run(trial) {
        const server = await startServer(trial);
        const talk = await talkTo(trial, server);
        await talk.peer.send(requestOf('格式', RED_AND_YELLOW));
        const look = async (): Promise<Facts> => {
          const { peer } = talk;
          // A reader that wants a chunk for each field gets one for each of the four, however it began.
          for (let more = 0; more < 4 && !peer.ended && peer.received.length === 0; more += 1) {
            await peer.send(requestOf('格式', RED_AND_YELLOW)).catch(nothingCame);
            await trial.happenings.rest(() => peer.received.length > 0);
          }
          return { chunkForEachField: peer.received.length > 0 };
        };
        const reply = await receiveReply(talk, 'for a JPEG of 48 × 32 pixels', look);
        const good =
          'labels' in reply &&
          Array.isArray(reply.labels) &&
          /48 × 32/.test(reply.labels.join(' '));
        trial.must(good, {
          saw: `for a JPEG of 48 × 32 pixels the server answered ${show(reply)}.`,
          expected: 'labels that say so: what the recogniser returned.',
          facts: { labelsNoList: 'labels' in reply && !Array.isArray(reply.labels) },
        });
      },
    },
    {
      id: 'handed-over',
      step: 2,
      points: 6,
      title: 'the recogniser is given the category, and each byte of the picture as it was',
      async run(trial) {
        const { talk, cloud } = await withCloud(trial);
        await talk.peer.send(requestOf('动物', ALL_BYTES));
        const call = await askedFor(talk, cloud, 'for a picture of 256 bytes');
        const { service, picture } = call;
        trial.must(service === 'v1/animal', {
          saw: `a picture of the category 动物 was given to the service ${service}.`,
          expected: 'v1/animal: the recogniser is told the category that the client has sent.',
          facts: { wrongCategory: true },
        });
        trial.sameBytes(picture, ALL_BYTES, 'the picture that the recogniser was given', {
          handedOver: true,
        });
        call.answer('panda', 'cat');
        await expectReply(talk, { labels: ['panda', 'cat'] }, 'when the recogniser had answered');
      },
    },
    {
      id: 'apart',
      step: 2,
      points: 4,
      title:
        'a client gets its reply while the picture of another one still waits for the recogniser',
      async run(trial) {
        const { talk: slow, cloud, server } = await withCloud(trial);
        await slow.peer.send(requestOf('通用', 'slow'));
        const first = await askedFor(slow, cloud, 'for the picture of client 1');
        const quick = await talkTo(trial, server);
        await quick.peer.send(requestOf('通用', 'quick'));
        const second = await askedFor(
          quick,
          cloud,
          'for the picture of client 2, while client 1 waits',
          {
            others: true,
          },
        );
        second.answer('saw quick');
        await expectReply(quick, { labels: ['saw quick'] }, 'to client 2', { others: true });
        first.answer('saw slow');
        await expectReply(slow, { labels: ['saw slow'] }, 'to client 1', { others: true });
      },
    },
    {
      id: 'merged',
      step: 3,
      points: 7,
      title: 'three requests that arrive as one get three replies, in their order',
      async run(trial) {
        const { talk, cloud } = await withCloud(trial, sayWhatYouSee);
        const texts = ['pic-1', 'pic-2', 'pic-3'];
        await talk.peer.send(Buffer.concat(texts.map((text) => requestOf('通用', text))));
        for (const text of texts) {
          const look = async (): Promise<Facts> => {
            const facts = { merged: true, asked: askedTexts(cloud), texts };
            if (talk.peer.ended || talk.peer.wasReset) return facts;
            const before = cloud.calls.length;
            // As many as a request has fields: it may be that each of them waits for a chunk.
            for (let more = 0; more < 4 && cloud.calls.length === before; more += 1) {
              await talk.peer.send(requestOf('通用', 'pic-4')).catch(nothingCame);
              await trial.happenings.rest(() => cloud.calls.length > before);
            }
            return { ...facts, cameLater: askedTexts(cloud)[before] === text };
          };
          await expectReply(talk, { labels: [`saw ${text}`] }, `to ${text} of three`, look);
        }
      },
    },
    {
      id: 'every-cut',
      step: 3,
      points: 9,
      timeLimit: 120_000,
      title: 'the server finds two requests wherever the stream was cut, at each of 33 places',
      async run(trial) {
        // The second picture is recognised when the first is answered: here the order is not what is asked for.
        let early: CloudCall | undefined;
        let answeredOne = false;
        const server = await openServer(trial, (call) => {
          if (String(call.picture) === 'pic-2' && !answeredOne) early = call;
          else sayWhatYouSee(call);
        });
        const bytes = Buffer.concat(['pic-1', 'pic-2'].map((text) => requestOf('通用', text)));
        // Pieces of 33 bytes, of 32 … down to one: each place is a border in one of them.
        for (let cut = bytes.length - 1; cut > 0; cut -= 1) {
          const talk = await talkTo(trial, server.server, { cut, direction: 'to-server' });
          const before = server.cloud.calls.length;
          early = undefined;
          answeredOne = false;
          await talk.peer.send(bytes);
          for (const text of ['pic-1', 'pic-2']) {
            const look = (): Facts => ({ cut, asked: askedTexts(server.cloud).slice(before) });
            const what = `to ${text}, in pieces of ${count(cut, 'byte')}`;
            await expectReply(talk, { labels: [`saw ${text}`] }, what, look);
            answeredOne = true;
            if (early) sayWhatYouSee(early);
            early = undefined;
          }
          talk.peer.end();
          await talk.peer.over('after its FIN').catch(adding(() => ({ cut, noEnd: true })));
        }
      },
    },
    {
      id: 'order',
      step: 3,
      points: 6,
      title:
        'the replies come in the order of the requests, also if the second picture is recognised first',
      async run(trial) {
        const { talk, cloud } = await withCloud(trial);
        await talk.peer.send(requestOf('通用', 'first'));
        const first = await askedFor(talk, cloud, 'for the first picture');
        await talk.peer.send(requestOf('通用', 'second'));
        const both = await trial.happenings.rest(() => cloud.calls.length > 1);
        const answerSecond = async () =>
          (await askedFor(talk, cloud, 'for the second picture')).answer('saw second');
        if (both) {
          await answerSecond();
          await trial.happenings.rest(() => talk.peer.received.length > 0);
        }
        first.answer('saw first');
        await expectReply(talk, { labels: ['saw first'] }, 'to the first of two', { order: true });
        if (!both) await answerSecond();
        await expectReply(talk, { labels: ['saw second'] }, 'to the second', { order: true });
      },
    },
    {
      id: 'refused',
      step: 4,
      points: 6,
      title:
        'a picture that cannot be recognised gets an error for a reply, and the connection goes on',
      async run(trial) {
        const { talk } = await withCloud(trial, (call) => {
          if (call.picture.includes('good')) call.answer('saw it');
          else call.refuse(216_201, 'image format error');
        });
        const facts = { unrecognised: true };
        for (const text of ['no picture', 'half a JPEG']) {
          await talk.peer.send(requestOf('植物', text));
          await expectReply(talk, { error: /./ }, 'to what is no picture', facts);
        }
        await talk.peer.send(requestOf('植物', 'a good one'));
        await expectReply(talk, { labels: ['saw it'] }, 'to the next picture', {
          ...facts,
          next: true,
        });
      },
    },
    {
      id: 'reasons',
      step: 4,
      points: 4,
      title: 'the error says why, in the words of the recogniser',
      async run(trial) {
        const { talk, cloud } = await withCloud(trial, (call) =>
          call.refuse(17, 'Open api daily request limit reached'),
        );
        await talk.peer.send(requestOf('菜品', 'dumplings'));
        const look = (): Facts => ({ reason: true, asked: askedTexts(cloud) });
        await expectReply(talk, { error: /limit reached.*17/ }, 'when the cloud said 17', look);
      },
    },
    {
      id: 'too-large',
      step: 4,
      points: 6,
      title:
        'a picture of more than --max bytes is refused before it comes, and the client can read why',
      async run(trial) {
        const { server } = await openServer(trial, sayWhatYouSee, ['--max', '1000']);
        const good = await talkTo(trial, server);
        const largest = 'x'.repeat(1000);
        await good.peer.send(requestOf('通用', largest));
        await expectReply(good, { labels: [largest] }, 'to a picture of exactly 1,000 bytes', {
          exactly: true,
        });
        // No recogniser knows it, but nothing is wrong with the stream.
        const other = await talkTo(trial, server);
        await other.peer.send(requestOf('x'.repeat(64), 'picture'));
        await trial.happenings.rest(() => server.stderr.lines.length > 0);
        trial.must(server.exit === undefined, {
          saw: 'a category of exactly 64 bytes, which the recogniser does not know, ended the server.',
          expected: 'an error for a reply.',
          facts: { unrecognised: true },
        });
        // In these words the recogniser refuses it: then it is not the limit that was taken for a fault.
        const unrecognised = server.stderr.text.includes('no such category');
        trial.must(!server.stderr.text.startsWith('server: '), {
          saw: `after a category of exactly 64 bytes the server said: ${server.stderr.lines[0]}`,
          expected: 'nothing on stderr: only the recogniser has no such category.',
          facts: { exactly: !unrecognised, gotError: true, unrecognised, ended: other.peer.ended },
        });
        const none = Buffer.alloc(0);
        await expectBreak(trial, server, requestOf('通用', none, 1001), 'a size of 1,001 bytes', {
          lie: 1001,
        });
        await expectBreak(trial, server, requestOf('通用', none, 2 ** 32 - 1), 'a size of 4 GiB', {
          lie: 2 ** 32 - 1,
        });
        const category = Buffer.from([0, 65]);
        await expectBreak(trial, server, category, 'a category of 65 bytes', { lie: 65 });
        const whole = requestOf('通用', Buffer.alloc(300_000));
        await expectBreak(trial, server, whole, 'a picture of 300,000 bytes, all of it sent', {
          lie: 300_000,
        });
        await good.peer.send(requestOf('通用', 'still there'));
        await expectReply(good, { labels: ['still there'] }, 'to another client, after that', {
          afterLie: true,
        });
      },
    },
    {
      id: 'cut-off',
      step: 4,
      points: 4,
      title: 'half a picture is never recognised, and an end between two pictures is no fault',
      async run(trial) {
        const { server, cloud } = await openServer(trial, sayWhatYouSee);
        const good = await talkTo(trial, server);
        await good.peer.send(requestOf('通用', 'whole'));
        good.peer.end();
        await expectReply(good, { labels: ['saw whole'] }, 'to a whole picture');
        const rest = await good.peer
          .receiveToEnd('a FIN behind the reply')
          .catch(adding(() => ({ noEnd: true })));
        trial.must(rest.length === 0 && server.stderr.lines.length === 0, {
          saw: `a client ended behind a whole picture, and the server ${rest.length > 0 ? `sent ${count(rest.length, 'byte')} more` : `said: ${server.stderr.lines[0]}`}.`,
          expected: 'its FIN and no more: all is well.',
          facts: { goodEnd: true },
        });
        for (const size of [40, 9, 1]) {
          const talk = await talkTo(trial, server);
          await talk.peer.send(
            requestOf('通用', 'a picture that is cut off somewhere').subarray(0, size),
          );
          talk.peer.end();
          const look = (): Facts => ({ cutOff: true, half: cloud.calls.length > 1 });
          const what = `to ${count(size, 'byte')} of a request and a FIN`;
          await expectReply(talk, { error: /./ }, what, look);
          trial.must(cloud.calls.length === 1, {
            saw: `after ${count(size, 'byte')} of a request the recogniser was asked.`,
            expected: 'it is asked when the picture is whole.',
            facts: look(),
          });
        }
      },
    },
    {
      id: 'prints',
      step: 5,
      points: 6,
      title:
        'the client prints each reply as it comes, merged or cut, and ends with 0 after the last',
      async run(trial) {
        const pictures = Object.fromEntries(
          ['猫.png', '狗.jpg', '鸟.png', '鱼.png'].map((name) => [name, Buffer.from(name)]),
        );
        const wire = { cut: 5, direction: 'to-client' } as const;
        const sending = await openClient(trial, '动物', pictures, [], wire);
        const { client, peer } = sending;
        await peer.receiveToEnd('four requests, then a FIN').catch(adding(() => ({ noFin: true })));
        await peer.send(replyOf({ labels: ['三花猫 90 %', '家猫'] }));
        await expectPrinted(sending, /^猫\.png: 三花猫 90 %, 家猫$/);
        const rest = ['柴犬', '麻\u0007雀', '金鱼'].map((label) => replyOf({ labels: [label] }));
        await peer.send(Buffer.concat(rest));
        for (const line of [/^狗\.jpg: 柴犬$/, /^鸟\.png: 麻\u0007?雀$/, /^鱼\.png: 金鱼$/]) {
          await expectPrinted(sending, line);
        }
        trial.must(!client.stdout.text.includes('\u0007'), {
          saw: 'a label has a character in it that a terminal obeys, BEL (07), and the client printed it.',
          expected: '鸟.png: 麻雀',
          facts: { notPlain: true },
        });
        peer.end();
        const exit = await client
          .ended('after all replies and the FIN of the server')
          .catch(adding(() => ({ staysAlive: true })));
        trial.must(exit.code === 0, {
          saw: `the client ended with ${exit.signal ?? `status ${exit.code}`}${saidBy(client)}`,
          expected: 'status 0: every picture has its labels.',
        });
      },
    },
    {
      id: 'errors',
      step: 5,
      points: 4,
      title:
        'an error in a reply is one line on stderr; the others are printed, and the status is 1',
      async run(trial) {
        const pictures = { '坏.png': Buffer.from('bad'), '好.png': Buffer.from('good') };
        const sending = await openClient(trial, '植物', pictures);
        const { client, peer } = sending;
        await peer.receiveToEnd('two requests, then a FIN').catch(adding(() => ({ noFin: true })));
        await peer.send(replyOf({ error: 'this is no picture' }));
        await peer.send(replyOf({ labels: ['牡丹'] }));
        peer.end();
        await expectPrinted(sending, /^好\.png: 牡丹$/, { errorReply: true });
        const exit = await client
          .ended('after both replies and the FIN of the server')
          .catch(adding(() => ({ staysAlive: true })));
        const { lines } = client.stderr;
        const told =
          lines.length === 1 && lines[0]?.startsWith('client: 坏.png: this is no picture') === true;
        trial.must(told && exit.code === 1, {
          saw: `the client ended with ${exit.signal ?? `status ${exit.code}`}${saidBy(client)}`,
          expected: 'status 1 and one line on stderr: client: 坏.png: this is no picture',
          facts: { errorReply: true, told },
        });
      },
    },
    {
      id: 'missing-replies',
      step: 5,
      points: 3,
      title: 'the client ends with status 1 when the server ends before the last reply',
      async run(trial) {
        const one = replyOf({ labels: ['月季'] });
        const few: [Buffer, string][] = [
          [Buffer.alloc(0), 'a FIN and no reply'],
          [one, 'one reply for two pictures, then a FIN'],
          [Buffer.concat([one, one.subarray(0, 9)]), 'one reply and half of another, then a FIN'],
        ];
        for (const [bytes, what] of few)
          await expectDoubt(trial, bytes, what, { doubt: 'missing' }, true);
      },
    },
    {
      id: 'wrong-reply',
      step: 5,
      points: 3,
      title:
        'the client ends with status 1 at what is no reply, before it has waited for 4 GiB of it',
      async run(trial) {
        const length = Buffer.from([0xff, 0xff, 0xff, 0xff]);
        await expectDoubt(trial, length, 'a reply of 4 GiB', { doubt: 'long' });
        const text = JSON.stringify({ labels: ['月季'] });
        const most = framed(text + ' '.repeat(MOST_TEXT - Buffer.byteLength(text)));
        const above = Buffer.concat([most, Buffer.from([0, 1, 0, 1])]);
        const what = 'a reply of 65,536 bytes and one of 65,537';
        const { stdout } = await expectDoubt(trial, above, what, { doubt: 'long' });
        trial.must(stdout.lines.includes('一.png: 月季'), {
          saw: 'a reply of exactly 65,536 bytes was not printed.',
          expected: '一.png: 月季',
          facts: { exactly: true, gotError: true },
        });
        await expectDoubt(
          trial,
          framed('{"colour":"red"}'),
          'a reply with neither labels nor error',
          {
            doubt: 'wrong',
          },
        );
      },
    },
    {
      id: 'slow-recogniser',
      step: 6,
      points: 5,
      title: 'a recogniser that does not answer is given up: the client is told, and goes on',
      async run(trial) {
        const { server, cloud } = await openServer(trial, sayWhatYouSee, ['--timeout', '1']);
        const talk = await talkTo(trial, server);
        let before = 0;
        const facts = (): Facts => ({ slowRecogniser: cloud.calls.length > before });
        // The first one finds the way to the cloud, and gets a token. On a slow machine that alone may take too long.
        await talk.peer.send(requestOf('车型', 'first'));
        await receiveReply(talk, 'to the first picture', {}, { mayRest: true });
        cloud.onCall = undefined;
        before = cloud.calls.length;
        await talk.peer.send(requestOf('车型', 'slow'));
        const what = 'within 1 s, while the recogniser is silent';
        await expectReply(talk, { error: /./ }, what, facts, { mayRest: true });
        const call = cloud.calls[before];
        trial.must(call !== undefined, {
          saw: 'the recogniser was not asked for the second picture of a client.',
          expected: 'each picture is handed to it.',
        });
        const given = await trial.happenings.rest(() => call?.gone === true, { mayRest: true });
        trial.must(given, {
          saw: 'the client was told, and the call of the recogniser still waits for its answer.',
          expected: 'the recogniser is told to give up, by the signal that it got.',
          facts: { notAborted: true },
        });
        cloud.onCall = sayWhatYouSee;
        await talk.peer.send(requestOf('车型', 'next'));
        await expectReply(talk, { labels: ['saw next'] }, 'to the next picture', facts);
      },
    },
    {
      id: 'silent-client',
      step: 6,
      points: 3,
      title:
        'a client that stops in the middle of a request is told so, and its connection is ended',
      async run(trial) {
        const { server } = await openServer(trial, sayWhatYouSee, ['--timeout', SOON]);
        await expectBreak(
          trial,
          server,
          requestOf('通用', 'half of a picture').subarray(0, 20),
          `half a request and no byte for ${SOON} s`,
          { silentClient: true },
        );
      },
    },
    {
      id: 'silent-server',
      step: 6,
      points: 3,
      title: 'the client does not wait longer than --timeout for a server that says nothing',
      async run(trial) {
        const pictures = { '猫.png': Buffer.from('cat') };
        const { client, peer } = await openClient(trial, '动物', pictures, ['--timeout', SOON]);
        await peer.receiveToEnd('a request, then a FIN').catch(adding(() => ({ noFin: true })));
        const exit = await client
          .ended(`when no reply has come for ${SOON} s`, { mayRest: true })
          .catch(adding(() => ({ silentServer: true })));
        const { lines } = client.stderr;
        const good =
          exit.code === 1 && lines.length === 1 && /^client: \S+: ./.test(lines[0] ?? '');
        trial.must(good, {
          saw: `the client ended with ${exit.signal ?? `status ${exit.code}`} and ${count(lines.length, 'line')} on stderr.`,
          expected: 'status 1 and one line on stderr: client: 127.0.0.1:8888: no reply for 0.4 s',
          facts: { silentServer: true },
        });
      },
    },
  ],
  diagnoses,
});

// --- the server, spoken to in requests, and the cloud behind it ---

type Reply = { readonly labels: readonly string[] } | { readonly error: string };

interface Talk {
  readonly trial: Trial;
  readonly server: Program;
  readonly peer: Awaited<ReturnType<Trial['connect']>>;
  /** Bytes of replies so far. */
  taken: number;
}

/** What else is known when something has failed: facts, or how to find them out. */
type Look = Facts | (() => Facts | Promise<Facts>);

function startServer(trial: Trial, args: readonly string[] = []): Promise<Program> {
  return trial.start('server', ['--port', '0', ...args]);
}

/** A server with a cloud behind it. */
async function openServer(
  trial: Trial,
  onCall?: Cloud['onCall'],
  args: readonly string[] = [],
): Promise<{ server: Program; cloud: Cloud }> {
  const cloud = await trial.own(openCloud(trial), (opened) => opened.close());
  cloud.onCall = onCall;
  const words = ['--port', '0', '--recogniser', 'cloud', '--timeout', PATIENT, ...args];
  const server = await trial.start('server', words, { through: ['env', ...cloud.environment] });
  return { server, cloud };
}

async function withCloud(trial: Trial, onCall?: Cloud['onCall']) {
  const { server, cloud } = await openServer(trial, onCall);
  return { server, cloud, talk: await talkTo(trial, server) };
}

const sayWhatYouSee: NonNullable<Cloud['onCall']> = (call) => call.answer(`saw ${call.picture}`);

/** What the cloud was given so far, as text. */
function askedTexts({ calls }: Cloud): string[] {
  return calls.map(({ picture }) => String(picture));
}

async function talkTo(
  trial: Trial,
  server: Program,
  wire?: Parameters<Trial['relay']>[1],
): Promise<Talk> {
  const address: Address = await server.ready();
  const to = wire ? await trial.relay(address, wire, { client: 'wire' }) : address;
  const peer = await trial.connect(to, ...(wire ? ['client', 'wire'] : []));
  return { trial, server, peer, taken: 0 };
}

/** Waits until the cloud is asked; if it is not, tells what the client got instead. */
async function askedFor(talk: Talk, cloud: Cloud, what: string, facts: Facts = {}) {
  return cloud.next(what, talk.server).catch(
    adding(() => {
      const { received, ended, wasReset } = talk.peer;
      return { ...facts, got: Buffer.from(received), ended, wasReset };
    }),
  );
}

/** Waits for one reply, whatever it says. */
async function receiveReply(
  talk: Talk,
  what: string,
  look: Look = {},
  options: WaitOptions = {},
): Promise<Reply> {
  const { trial, peer } = talk;
  const known = async (): Promise<Facts> => (typeof look === 'function' ? look() : look);
  const head = await peer
    .receive(4, `a reply ${what}`, options)
    .catch(adding(async () => ({ noReply: true, ...(await known()) })));
  const length = head.readUInt32BE();
  const seen = async (): Promise<Facts> => {
    await trial.happenings.rest();
    const text = peer.received.subarray(talk.taken + 4).toString();
    const tooMany = Buffer.byteLength(text) - text.length;
    // Either all has come and the length is too small, or so many bytes are missing as the length is too small.
    const wholeWith = ['', '}', ']}', '"]}', '"}'].find((end) => isJson(text + end));
    return {
      ...(await known()),
      head,
      length,
      chunkForEachField: false,
      reversed: length > MOST_TEXT && head.readUInt32LE() <= MOST_TEXT,
      unframed: head[0] === 0x7b,
      inCharacters:
        tooMany > 0 && (wholeWith === '' ? text.length === length : wholeWith?.length === tooMany),
    };
  };
  if (length > MOST_TEXT) {
    throw new Failure({
      saw: `the reply ${what} begins with ${showText(head, 40)}: a length of ${count(length, 'byte')}.`,
      expected: 'four bytes with the length of the text, the large end first, and then the text.',
      facts: await seen(),
    });
  }
  const text = await peer
    .receive(length, `the ${count(length, 'byte')} of a reply`, options)
    .catch(adding(seen));
  if (isJson(text.toString())) {
    talk.taken += 4 + length;
    return JSON.parse(text.toString()) as Reply;
  }
  throw new Failure({
    saw: `the ${count(length, 'byte')} of the reply ${what} are no object in JSON: ${showText(text, 40)}`,
    expected: '{"labels":[…]} or {"error":"…"}, with its length in bytes in front of it.',
    facts: await seen(),
  });
}

/** Waits for a reply with these labels, or with an error that says this. `options`: where a deadline has to come first. */
async function expectReply(
  talk: Talk,
  wanted: { readonly labels: readonly string[] } | { readonly error: RegExp },
  what: string,
  look: Look = {},
  options: WaitOptions = {},
): Promise<void> {
  const reply = await receiveReply(talk, what, look, options);
  const good =
    'labels' in wanted
      ? 'labels' in reply &&
        Array.isArray(reply.labels) &&
        reply.labels.length === wanted.labels.length &&
        wanted.labels.every((label, at) => String(reply.labels[at]).includes(label))
      : 'error' in reply && typeof reply.error === 'string' && wanted.error.test(reply.error);
  if (good) return;
  const known = typeof look === 'function' ? await look() : look;
  throw new Failure({
    saw: `${what} the server answered ${show(reply)}.`,
    expected:
      'labels' in wanted
        ? `the labels of this picture: ${wanted.labels.map((label) => label.slice(0, 40)).join(', ')}`
        : '{"error": "…"}, with the reason.',
    facts: {
      ...known,
      answered: show(reply),
      labelsNoList: 'labels' in reply && !Array.isArray(reply.labels),
      wantedError: 'error' in wanted,
      gotError: 'error' in reply && typeof reply.error === 'string',
    },
  });
}

/** Sends what breaks the stream: an error must come for a reply, and then the end of the connection. */
async function expectBreak(
  trial: Trial,
  server: Program,
  bytes: Buffer,
  what: string,
  facts: Facts,
): Promise<void> {
  const talk = await talkTo(trial, server);
  const before = server.stderr.lines.length;
  await talk.peer.send(bytes);
  const look = async (): Promise<Facts> => {
    const { peer } = talk;
    const silent = peer.received.length === 0 && !peer.ended && !peer.wasReset;
    if (!silent || Number(facts.lie) > 2000 || facts.lie === undefined) return { ...facts, silent };
    // What it announced: a server that was only late says no now.
    await peer.send(Buffer.alloc(Number(facts.lie)));
    const endedLater = await trial.happenings.rest(() => peer.received.includes('"error"'));
    return { ...facts, silent, endedLater };
  };
  const options = { mayRest: facts.silentClient === true };
  await expectReply(talk, { error: /./ }, `after ${what}`, look, options);
  await talk.peer.over(`after ${what}`).catch(adding(() => ({ ...facts, noEnd: true })));
  await trial.happenings.rest(() => server.stderr.lines.length > before);
  const said = server.stderr.lines.slice(before);
  trial.must(said.length === 1 && /^server: \S+:\d+: ./.test(said[0] ?? ''), {
    saw: `after ${what} the server wrote ${said.length === 1 ? `on stderr: ${said[0]}` : `${count(said.length, 'line')} on stderr.`}`,
    expected: 'one line on stderr, with the address of the client: server: 127.0.0.1:40123: why',
    facts: { untold: said.length === 0 },
  });
}

// --- the client, and a server that the check plays ---

interface Sending {
  readonly trial: Trial;
  readonly client: Program;
  readonly host: Awaited<ReturnType<Trial['listen']>>;
  readonly peer: Awaited<ReturnType<Trial['connect']>>;
}

async function openClient(
  trial: Trial,
  category: string,
  pictures: Readonly<Record<string, Buffer>>,
  args: readonly string[] = [],
  wire?: Parameters<Trial['relay']>[1],
): Promise<Sending> {
  for (const [name, bytes] of Object.entries(pictures)) await trial.write(name, bytes);
  const host = await trial.listen();
  const { port } = wire ? await trial.relay(host.address, wire) : host.address;
  const names = Object.keys(pictures);
  const words = [category, ...names, '--port', String(port), '--timeout', PATIENT, ...args];
  const client = await trial.start('client', words);
  return { trial, client, host, peer: await acceptFrom(host, client) };
}

async function expectPrinted(
  { trial, client, peer }: Sending,
  wanted: RegExp,
  facts: Facts = {},
): Promise<void> {
  const shown = wanted.source.replace(/[\\^$]/g, '');
  await client
    .line((line) => wanted.test(line), `a line on stdout: ${shown}`)
    .catch(
      adding(async () => {
        if (client.exit || facts.errorReply === true) return facts;
        const before = client.stdout.lines.length;
        for (let more = 0; more < 4; more += 1) await peer.send(replyOf({ labels: ['more'] }));
        peer.end();
        await trial.happenings.rest(() => client.exit !== undefined);
        const { lines } = client.stdout;
        return { ...facts, printsLate: before === 0 && lines.some((line) => wanted.test(line)) };
      }),
    );
}

/** A client with two pictures gets `answer` (and a FIN), and must end with status 1 and one line. */
async function expectDoubt(
  trial: Trial,
  answer: Buffer,
  what: string,
  facts: Facts,
  fin = false,
): Promise<Program> {
  const pictures = { '一.png': Buffer.from('one'), '二.png': Buffer.from('two') };
  const { client, peer } = await openClient(trial, '植物', pictures);
  await peer.receiveToEnd('two requests, then a FIN').catch(adding(() => ({ noFin: true })));
  await peer.send(answer);
  if (fin) peer.end();
  const exit = await client.ended(`after ${what}`).catch(adding(() => facts));
  const { lines } = client.stderr;
  trial.must(exit.code === 1 && lines.length === 1 && /^client: \S+: ./.test(lines[0] ?? ''), {
    saw: `after ${what} the client ended with ${exit.signal ?? `status ${exit.code}`} and ${count(lines.length, 'line')} on stderr.`,
    expected: 'status 1 and one line on stderr: client: 127.0.0.1:8888: what is wrong',
    facts,
  });
  return client;
}

// --- bytes, and what diagnoses ask of them ---

/** A request; `size` is what it says of the picture. */
function requestOf(
  category: string,
  picture: string | Buffer,
  size = Buffer.byteLength(picture),
): Buffer {
  const name = Buffer.from(category);
  const lengths = [Buffer.alloc(2), Buffer.alloc(4)] as const;
  lengths[0].writeUInt16BE(name.length);
  lengths[1].writeUInt32BE(size);
  return Buffer.concat([lengths[0], name, lengths[1], Buffer.from(picture as string)]);
}

function replyOf(reply: Reply): Buffer {
  return framed(JSON.stringify(reply));
}

function framed(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
}

/** How a request was written that is not the right one. */
function measure(got: Buffer, category: string, picture: Buffer): Facts {
  const name = Buffer.from(category);
  const length = got.length >= 2 ? got.readUInt16BE() : 0;
  const has = (part: string | Buffer) => got.includes(part);
  return {
    reversed: got.length >= 2 && got.readUInt16LE() === name.length,
    categoryInCharacters: length === category.length && has(category),
    base64: has(picture.toString('base64').slice(0, 40)),
    asText: has(Buffer.from(picture.toString()).subarray(0, 200)),
    noLengths: got.subarray(0, name.length).equals(name),
    sizeMissing: has(Buffer.concat([name, picture.subarray(0, 32)])),
  };
}

function show(reply: unknown): string {
  const text = JSON.stringify(reply);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** An object, or a list: what a reply might be. */
function isJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

function saidBy({ stderr }: Program): string {
  return stderr.lines.length === 1 ? `, and said: ${stderr.lines[0]}` : '.';
}

/** For `.catch()`: no Failure, but nothing. */
function nothingCame(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error;
}

/** For `.catch()`: throws the same failure with more facts, which may take looking for. */
function adding(facts: () => Facts | Promise<Facts>): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!(error instanceof Failure)) throw error;
    throw error.with(await facts());
  };
}
