// The graded checks of tcp-echo: a server and a client, each spoken to as a user would, over sockets and stdin/stdout.
import { Failure, freePort, lesson, type Address, type Seen, type Trial } from '#harness';
import { acceptFrom } from '#harness/accept';
import { withFacts } from '#harness/failure';

const REPLACEMENT = Buffer.from('�');
const MIB = 1024 * 1024;

export default lesson({
  lesson: 'tcp-echo',
  steps: [
    'Listen, and say so',
    'Echo bytes',
    'Half-close',
    'Many clients at once',
    'Survive, and end well',
    'The client',
  ],
  checks: [
    {
      id: 'listens',
      step: 1,
      points: 5,
      title: 'listens on the host and port it was given, and says so once it does',
      async run(trial) {
        // Of this machine as well, and not the default.
        const host = '127.0.0.2';
        const port = await freePort(trial.random);
        const server = await trial.start('server', ['--host', host, '--port', String(port)]);
        // What the kernel says counts: to serve a client is for the next step.
        await server.ready();
      },
    },
    {
      id: 'any-port',
      step: 1,
      points: 4,
      title: 'with --port 0 takes any free port, and says which one',
      async run(trial) {
        const one = await startServer(trial);
        // Another one beside it: whoever has a port of their own for `--port 0` has only one of it.
        const two = await startServer(trial, 'second');
        // And somebody must be there: it is easily said.
        await trial.connect(one);
        await trial.connect(two, 'client', 'second');
      },
    },
    {
      id: 'port-in-use',
      step: 1,
      points: 3,
      title: 'says in one line that a port is taken, and ends with status 1',
      async run(trial) {
        const { port } = await startServer(trial);
        const second = await trial.start('server', ['--port', String(port)], { actor: 'second' });
        const exit = await second.ended('when its port was taken');
        const lines = second.stderr.lines;
        trial.must(exit.code === 1 && lines.length === 1 && /^server: .+: ./.test(lines[0] ?? ''), {
          saw: `the second server ended with ${exit.signal ?? `status ${exit.code}`} and ${saidOn(lines)}.`,
          expected:
            'status 1 and one line, what failed and why: server: cannot listen on 127.0.0.1:8888: EADDRINUSE',
          facts: { portTaken: true, lines: lines.length },
        });
      },
    },
    {
      id: 'echo-line',
      step: 2,
      points: 12,
      title: 'sends a line back, and whatever comes after it, with or without a line end',
      async run(trial) {
        const client = await trial.connect(await startServer(trial));
        await expectEchoes(trial, client, ['你好，老王\n', '吃了么', '\r\n', '  no trimming  ']);
      },
    },
    {
      id: 'echo-bytes',
      step: 2,
      points: 14,
      title: 'echoes every byte as it came: text or not, whole or cut in pieces',
      async run(trial) {
        const server = await startServer(trial);
        const client = await trial.connect(server);
        await expectEchoes(trial, client, [
          Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x41]),
          trial.random.bytes(64 * 1024),
        ]);
        // One after the other: serving many at once is for another check.
        client.end();
        const cut = await trial.relay(server, { cut: 1, direction: 'to-server' });
        await expectEcho(trial, await trial.connect(cut), '老王：吃了么');
      },
    },
    {
      id: 'half-close',
      step: 3,
      points: 8,
      title: 'sends everything back to a client that has ended its side, then ends too',
      async run(trial) {
        const client = await trial.connect(await startServer(trial));
        // It echoes, and goes on echoing: what fails from here on is the end.
        await expectEchoes(trial, client, ['one', 'two']);
        // Far more than the socket buffers hold: the FIN is in the server's hands long before the last byte is back.
        // Text, since bytes that are no text are for another check.
        const sent = Buffer.from(trial.random.bytes(4 * MIB).toString('hex'));
        client.pause();
        void client.send(sent);
        client.end();
        // Until the server has read all that it wants to read: a server that reads on has the FIN by now, one that waits
        // for its client has not.
        await trial.happenings.rest();
        client.resume();
        const got = await client.receiveToEnd('all 8 MiB back, then a FIN');
        trial.sameBytes(got, sent, 'the echo');
      },
    },
    {
      id: 'ends-after-client',
      step: 3,
      points: 4,
      title: 'ends the connection of a client that sent nothing at all',
      async run(trial) {
        const server = await startServer(trial);
        const client = await trial.connect(server);
        client.end();
        const got = await client.receiveToEnd('a FIN in answer to the FIN');
        trial.sameBytes(got, Buffer.alloc(0), 'the echo of nothing');
        // A server that has fallen over looks the same from here: ask it for something else.
        await expectEcho(trial, await trial.connect(server), 'still there?');
      },
    },
    {
      id: 'many-clients',
      step: 4,
      points: 14,
      title:
        'serves five clients at once, each with its own bytes, also when the first one is silent',
      async run(trial) {
        const server = await startServer(trial);
        const first = await trial.connect(server);
        await expectEcho(trial, first, 'I am first, and say no more');
        const others: Client[] = [];
        for (let count = 0; count < 4; count += 1) others.push(await trial.connect(server));
        const mixed = () =>
          [first, ...others].some((hears) =>
            others.some((says) => says !== hears && hears.received.includes(wordsOf(says))),
          );
        // In reverse order, so that a server that takes one after the other cannot get through by luck.
        for (const client of others.toReversed()) await client.send(wordsOf(client));
        for (const client of others) {
          const own = Buffer.from(wordsOf(client));
          const what = `what ${client.actor} had sent, and nothing else`;
          const got = await client
            .receive(own.length, what)
            .catch(withFacts(() => ({ othersWait: true, mixed: mixed() })));
          trial.sameBytes(got, own, `what ${client.actor} got`, { mixed: mixed() });
        }
        // If it was sent what others said, that comes before its own.
        await expectEcho(trial, first, 'here I am again').catch(
          withFacts(() => ({ echoes: 1, mixed: mixed() })),
        );
      },
    },
    {
      id: 'survives-reset',
      step: 5,
      points: 8,
      title: 'goes on serving the others when one client breaks its connection',
      async run(trial) {
        const server = await startServer(trial);
        const bad = await trial.connect(server);
        await expectEcho(trial, bad, 'soon gone');
        const good = await trial.connect(server);
        bad.reset();
        await expectEcho(trial, good, 'still here?');
        // One after the other: serving many at once is for another check.
        good.end();
        await expectEcho(trial, await trial.connect(server), 'and new ones?');
      },
    },
    {
      id: 'slow-reader',
      step: 5,
      points: 8,
      title: 'keeps its memory small while a client sends 48 MiB and reads nothing',
      async run(trial) {
        const server = await trial.start('server', ['--port', '0']);
        const client = await trial.connect(await server.ready());
        await expectEcho(trial, client, 'ready');
        const before = server.memory();
        client.pause();
        const block = trial.random.bytes(64 * 1024);
        const total = (48 * MIB) / block.length;
        let accepted = 0;
        void (async () => {
          while (accepted < total) {
            await client.send(block);
            accepted += 1;
            trial.happenings.happened();
          }
        })();
        // Either the server takes it all, or everybody sleeps because the buffers are full: that is what should happen.
        const taken = await trial.happenings.rest(() => accepted === total);
        const after = server.memory();
        const grown = before && after ? Math.round((after.peak - before.now) / MIB) : 0;
        const read = Math.round((accepted * block.length) / MIB);
        // Only a server that has all of it to give back has kept it: others have thrown it away, or broken off.
        client.resume();
        await client
          .receive(total * block.length, 'all 48 MiB, once the client reads again', {
            patience: 20_000,
          })
          // Of a connection that is over, the kernel tells at one time its end and at another a reset: no cause is read off it.
          .catch(withFacts(() => (client.ended || client.wasReset ? {} : { echoes: 1 })));
        trial.must(!taken && grown < 32, {
          saw: `the server read ${read} MiB from a client that read nothing back; its memory grew by ${grown} MiB.`,
          expected:
            'it stops reading from a client that does not read: memory grows by a few MiB at most.',
          facts: { unbounded: true },
        });
      },
    },
    {
      id: 'ends-well',
      step: 5,
      points: 8,
      title:
        'ends with status 0 on Ctrl+C and SIGTERM, also with a client connected, its port free',
      async run(trial) {
        const port = await freePort(trial.random);
        for (const signal of ['SIGINT', 'SIGTERM'] as const) {
          // The second one takes the port that the first one had.
          const server = await trial.start('server', ['--port', String(port)]);
          const client = await trial.connect(await server.ready());
          await expectEcho(trial, client, 'here I am');
          server.signal(signal);
          const exit = await server
            .ended(`after ${signal}, with one client connected`)
            .catch(withFacts(() => ({ listens: server.listeners().length > 0 })));
          trial.must(exit.code === 0, {
            saw: `after ${signal} the server ended with ${exit.signal ?? `status ${exit.code}`}.`,
            expected: 'it catches the signal, closes what is open and ends with status 0.',
            facts: { badEnd: true },
          });
        }
      },
    },
    {
      id: 'client-sends',
      step: 6,
      points: 4,
      title: 'the client sends its input, prints the echo, and ends after it',
      async run(trial) {
        const server = await trial.reference('server', ['--port', '0']);
        const { port } = await server.ready();
        const client = await trial.start('client', ['--port', String(port)]);
        client.write('你好\n');
        await client
          .line((line) => line === '你好', 'the echo 你好 on stdout, before the input has ended')
          .catch(async (error: unknown) => {
            client.endInput();
            const printsAtEnd = await trial.happenings.rest(() => client.stdout.bytes.length > 0);
            return withFacts({ printsAtEnd })(error);
          });
        client.write('再见');
        client.endInput();
        const exit = await client.ended('when its input had ended and the echo was back');
        trial.sameBytes(client.stdout.bytes, Buffer.from('你好\n再见'), 'what the client printed', {
          clientOutput: true,
        });
        trial.must(exit.code === 0, {
          saw: `the client ended with ${exit.signal ?? `status ${exit.code}`}.`,
          expected: 'status 0: nothing went wrong.',
        });
      },
    },
    {
      id: 'client-waits',
      step: 6,
      points: 4,
      title: 'the client ends its side only, and prints what still comes after that',
      async run(trial) {
        const host = await trial.listen();
        // The answer comes in pieces that cut its characters in two.
        const wire = await trial.relay(host.address, { cut: 1, direction: 'to-client' });
        const client = await trial.start('client', ['--port', String(wire.port)]);
        const peer = await acceptFrom(host, client);
        client.write('a question\n');
        client.endInput();
        await peer.receiveToEnd('the question, then a FIN');
        const answer = Buffer.from('the answer: 四十二\n');
        await peer.send(answer);
        peer.end();
        await client.ended('after the server had ended as well');
        trial.sameBytes(client.stdout.bytes, answer, 'what the client printed', {
          clientOutput: true,
        });
      },
    },
    {
      id: 'client-refused',
      step: 6,
      points: 4,
      title: 'the client says in one line that nobody listens, and ends with status 1',
      async run(trial) {
        const port = await freePort(trial.random);
        const client = await trial.start('client', ['--port', String(port)]);
        const exit = await client.ended('when nobody listened');
        const lines = client.stderr.lines;
        trial.must(
          exit.code === 1 && lines.length === 1 && lines[0]?.includes(String(port)) === true,
          {
            saw: `the client ended with ${exit.signal ?? `status ${exit.code}`} and ${saidOn(lines)}.`,
            expected: `status 1 and one line that names host and port: client: 127.0.0.1:${port}: nobody listens there (ECONNREFUSED)`,
          },
        );
      },
    },
  ],
  diagnoses: [
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
      id: 'waits-for-line',
      when: ({ answeredAfterLine }) => answeredAfterLine === true,
      cause: () =>
        'the server waits for the end of a line. There are no lines in TCP: whatever comes goes back at once.',
      step: 2,
      hint: 2,
    },
    {
      id: 'waits-for-end',
      when: ({ answeredAfterEnd }) => answeredAfterEnd === true,
      cause: () =>
        'the server collects everything, and answers when the client has ended its side. Most clients wait for their echo first.',
      step: 2,
      hint: 3,
    },
    {
      id: 'changes-bytes',
      when: ({ clientOutput, ended, sent, got }) =>
        clientOutput !== true &&
        ended !== true &&
        sent !== undefined &&
        got !== undefined &&
        isTrimmed(sent, got),
      cause: () =>
        'spaces or line ends are cut off before the echo. They are bytes like all others.',
      step: 2,
      hint: 2,
    },
    {
      id: 'adds-bytes',
      when: ({ sent, got }) =>
        sent !== undefined &&
        got !== undefined &&
        sent.length > 1 &&
        got.equals(Buffer.concat([Buffer.from('\n'), sent.subarray(0, -1)])),
      cause: () =>
        'the echo before this one had a line end behind it that the client did not send.',
      step: 2,
      hint: 2,
    },
    {
      id: 'ends-after-first',
      when: ({ crash, echoes, ended, got }) =>
        crash === undefined && echoes === 1 && ended === true && got?.length === 0,
      cause: () =>
        'the connection is ended after the first chunk. end(chunk) sends the chunk, and a FIN behind it.',
      step: 2,
      hint: 3,
    },
    {
      id: 'first-chunk-only',
      when: (seen) => seen.echoes === 1 && isIdle(seen) && seen.got?.length === 0,
      cause: () =>
        'the server hears only the first chunk: once() and a single read() end after one. A connection goes on.',
      step: 2,
      hint: 3,
    },
    {
      id: 'no-half-open',
      // A part of the echo, and then an end: what was still to be sent is lost.
      when: ({ check, crash, sent, got, silent }) =>
        check === 'half-close' &&
        crash === undefined &&
        silent !== true &&
        sent !== undefined &&
        got !== undefined &&
        got.length < sent.length &&
        sent.subarray(0, got.length).equals(got),
      cause: () =>
        'the connection was closed as soon as the client had ended its side: by Node, unless the server says allowHalfOpen: true, or by destroy(), which throws away what is not sent yet. end() sends it first.',
      hint: 2,
    },
    {
      id: 'never-ends',
      when: (seen) =>
        isIdle(seen) &&
        ((seen.check === 'ends-after-client' && seen.got?.length === 0) ||
          (seen.check === 'half-close' && seen.got?.length === 8 * MIB)),
      cause: () =>
        'all the bytes are back, and only the FIN is missing. With allowHalfOpen: true it is for you to end your side.',
      step: 3,
      hint: 3,
    },
    {
      id: 'address-too-early',
      when: ({ crash }) =>
        /'server\.address|of null \(reading '(address|port)'/.test(crash?.message ?? ''),
      cause: () =>
        "server.address() is null until 'listening' comes. Hand over announce itself, without (): it is called for you, later.",
      step: 1,
      hint: 3,
    },
    {
      id: 'error-not-heard',
      when: ({ portTaken, lines, stderr }) =>
        portTaken === true && Number(lines) > 1 && /EADDRINUSE/.test(stderr),
      cause: () =>
        "the port is taken on purpose here. Nobody listens for the 'error' of the server, so Node prints its whole stack; or the whole error object is printed. Call fail() with one line.",
      step: 1,
      hint: 4,
    },
    {
      id: 'other-clients-bytes',
      when: ({ mixed }) => mixed === true,
      cause: () =>
        'a variable outside the function that serves one client is shared by all, or the echo goes to everybody.',
      hint: 3,
    },
    {
      id: 'one-at-a-time',
      when: (seen) => seen.othersWait === true && isIdle(seen) && seen.got?.length === 0,
      cause: () =>
        'the server waits for one client before it serves the next, and the first one says no more.',
      hint: 2,
    },
    {
      id: 'no-backpressure',
      when: ({ unbounded }) => unbounded === true,
      cause: () =>
        'the server goes on reading although write() returned false, and keeps in memory what the client does not take.',
      hint: 2,
    },
    {
      id: 'close-waits',
      when: ({ listens, stillRunning }) => stillRunning === true && listens === false,
      cause: () =>
        'server.close() takes no new clients, and waits for those it has. End or destroy them as well.',
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
      id: 'port-kept',
      when: ({ check, start, stderr }) =>
        check === 'ends-well' && start === 'exited' && /EADDRINUSE|already in use/.test(stderr),
      cause: () =>
        'the first server has ended, but the kernel keeps its port for a while, unless SO_REUSEADDR is set. Node sets it; in Python and C it is for you.',
      step: 5,
      hint: 2,
    },
    {
      id: 'port-not-read-back',
      when: ({ start, stdout }) => start === 'elsewhere' && /^listening on \S+:0$/m.test(stdout),
      cause: () =>
        'the ready line shows the port of the command line. 0 asks the kernel to pick one: server.address() knows which.',
      step: 1,
      hint: 3,
    },
    {
      id: 'client-reads-late',
      when: ({ printsAtEnd }) => printsAtEnd === true,
      cause: () =>
        'the client reads only after all of its input was sent. Both directions must run at the same time.',
      hint: 1,
    },
    {
      id: 'client-leaves-early',
      when: ({ clientOutput, crash, sent, got }) =>
        clientOutput === true &&
        crash === undefined &&
        sent !== undefined &&
        got !== undefined &&
        got.length < sent.length &&
        sent.subarray(0, got.length).equals(got),
      cause: () =>
        'the client ends as soon as its input has ended, and does not wait for what the server still sends.',
      hint: 2,
    },
  ],
});

/** Nothing came, and nothing was going on. */
function isIdle({ silent, spins }: Seen): boolean {
  return silent === true && spins !== true;
}

/** True if `got` is `sent` with spaces or line ends cut off at its ends. */
function isTrimmed(sent: Buffer, got: Buffer): boolean {
  const bare = (bytes: Buffer) => bytes.toString('latin1').replace(/^[ \r\n]+|[ \r\n]+$/g, '');
  return got.length < sent.length && bare(sent) === bare(got);
}

type Client = Awaited<ReturnType<Trial['connect']>>;

/** What a client says that must not come to anybody else. */
function wordsOf(client: Client): string {
  return `I am ${client.actor}`;
}

async function startServer(trial: Trial, actor = 'server'): Promise<Address> {
  const server = await trial.start('server', ['--port', '0'], { actor });
  return server.ready();
}

/** One after the other on the same connection. */
async function expectEchoes(
  trial: Trial,
  client: Client,
  parts: readonly (Buffer | string)[],
): Promise<void> {
  for (const [echoes, part] of parts.entries()) {
    await expectEcho(trial, client, part).catch(withFacts({ echoes }));
  }
}

/** Sends bytes and waits for the same bytes. */
async function expectEcho(trial: Trial, client: Client, text: Buffer | string): Promise<void> {
  const sent = Buffer.from(text);
  const before = client.received.length;
  await client.send(sent);
  const got = await client
    .receive(sent.length, `the same ${sent.length} bytes back`)
    .catch(async (error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      // What came of it so far, perhaps changed, perhaps nothing; then a second look at what it waits for.
      const nothing = error.facts.silent === true && client.received.length === before;
      throw error.with({ sent, ...(nothing ? await provoke(trial, client) : {}) });
    });
  trial.sameBytes(got, sent, `the first ${sent.length} bytes of the echo`);
}

/** What a program has said on stderr, for a sentence. */
function saidOn(lines: readonly string[]): string {
  if (lines.length === 0) return 'said nothing on stderr';
  return lines.length === 1 ? `said: ${lines[0]}` : `${lines.length} lines on stderr`;
}

/** Nothing came back: does it come after a line end, or after the end of the client's side? */
async function provoke(trial: Trial, client: Client): Promise<Record<string, unknown>> {
  const before = client.received.length;
  const answered = () => trial.happenings.rest(() => client.received.length > before);
  await client.send('\n');
  if (await answered()) return { answeredAfterLine: true };
  client.end();
  return (await answered()) ? { answeredAfterEnd: true } : {};
}
