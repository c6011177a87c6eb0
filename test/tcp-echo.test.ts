// The graded checks of tcp-echo: a server and a client, each spoken to as a user would, over sockets and stdin/stdout.
import { Failure, freePort, lesson, type Address, type Trial } from '#harness';

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
      title: 'listens on the port it was given, and says so once it does',
      async run(trial) {
        const port = await freePort(trial.random);
        const server = await trial.start('server', ['--port', String(port)]);
        const ready = await server.ready();
        const open = server.listeners().filter(({ protocol }) => protocol === 'tcp');
        const asked = open.length === 0 || open.some((listener) => listener.port === port);
        trial.must(ready.port === port && asked, {
          saw: `--port ${port} was given, but the server listens on port ${open[0]?.port ?? ready.port} and says ${ready.port}.`,
          expected: `it listens on port ${port} and says: listening on 127.0.0.1:${port}`,
          facts: { start: 'elsewhere' },
        });
        await trial.connect({ host: '127.0.0.1', port });
      },
    },
    {
      id: 'any-port',
      step: 1,
      points: 4,
      title: 'with --port 0 takes any free port, and says which one',
      async run(trial) {
        const ready = await startServer(trial);
        trial.must(ready.port !== 0, {
          saw: 'the ready line says port 0.',
          expected: 'the port that the kernel has picked, so that a client can be told.',
          facts: { start: 'elsewhere' },
        });
        await trial.connect(ready);
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
        trial.must(exit.code === 1 && lines.length === 1, {
          saw: `the second server ended with ${exit.signal ?? `status ${exit.code}`} and ${lines.length} lines on stderr.`,
          expected:
            'status 1 and one line, for example: server: cannot listen on 127.0.0.1:8888: EADDRINUSE',
          facts: { portTaken: true },
        });
      },
    },
    {
      id: 'echo-line',
      step: 2,
      points: 6,
      title: 'sends a line back to the client that sent it',
      async run(trial) {
        const client = await trial.connect(await startServer(trial));
        await expectEcho(trial, client, Buffer.from('你好，老王\n'));
      },
    },
    {
      id: 'echo-twice',
      step: 2,
      points: 6,
      title: 'goes on echoing on the same connection, with or without a line end',
      async run(trial) {
        const client = await trial.connect(await startServer(trial));
        for (const part of ['吃了么', 'yes', '\r\n', '  no trimming  ']) {
          await expectEcho(trial, client, Buffer.from(part));
        }
      },
    },
    {
      id: 'echo-bytes',
      step: 2,
      points: 8,
      title: 'echoes every byte as it came, text or not',
      async run(trial) {
        const client = await trial.connect(await startServer(trial));
        await expectEcho(trial, client, Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x41]));
        await expectEcho(trial, client, trial.random.bytes(64 * 1024));
      },
    },
    {
      id: 'cut-characters',
      step: 2,
      points: 6,
      title: 'keeps bytes intact when TCP cuts a Chinese character in pieces',
      async run(trial) {
        const cut = await trial.relay(await startServer(trial), { cut: 1, direction: 'to-server' });
        const client = await trial.connect(cut);
        await expectEcho(trial, client, Buffer.from('老王：吃了么'));
      },
    },
    {
      id: 'half-close',
      step: 3,
      points: 8,
      title: 'sends everything back to a client that has ended its side, then ends too',
      async run(trial) {
        const client = await trial.connect(await startServer(trial));
        // Far more than the socket buffers hold: the FIN is in the server's hands long before the last byte is back.
        const sent = trial.random.bytes(8 * MIB);
        client.pause();
        void client.send(sent);
        client.end();
        // Until the server has read all that it wants to read: a server that reads on has the FIN by now, one that waits
        // for its client has not.
        await trial.happenings.rest();
        client.resume();
        const got = await client.receiveToEnd('all 8 MiB back, then a FIN');
        trial.sameBytes(got, sent, 'the echo', { halfClosed: true });
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
        await expectEcho(trial, await trial.connect(server), Buffer.from('still there?\n'));
      },
    },
    {
      id: 'many-clients',
      step: 4,
      points: 8,
      title: 'serves five clients at once, also when the first one is silent',
      async run(trial) {
        const server = await startServer(trial);
        const clients = [];
        for (let count = 0; count < 5; count += 1) clients.push(await trial.connect(server));
        // In reverse order, so that a server that takes one after the other cannot get through by luck.
        for (const client of clients.slice(1).reverse()) {
          await expectEcho(trial, client, Buffer.from(`I am ${client.actor}\n`), {
            othersWait: true,
          });
        }
      },
    },
    {
      id: 'own-echo',
      step: 4,
      points: 6,
      title: 'sends each client its own bytes and nobody else’s',
      async run(trial) {
        const server = await startServer(trial);
        const [first, second] = [await trial.connect(server), await trial.connect(server)];
        for (const round of [1, 2, 3]) {
          await first.send(`老王 ${round};`);
          await second.send(`小李 ${round};`);
        }
        for (const [client, own, other] of [
          [first, '老王', '小李'],
          [second, '小李', '老王'],
        ] as const) {
          const expected = Buffer.from(`${own} 1;${own} 2;${own} 3;`);
          const what = `${own}'s three messages back to ${own}, and nothing else`;
          const got = await client.receive(expected.length, what).catch((error: unknown) => {
            if (!(error instanceof Failure)) throw error;
            const mixed = [first, second].some(
              (peer) => peer !== client && peer.received.includes(own),
            );
            throw error.with({ mixed });
          });
          trial.sameBytes(got, expected, `what ${client.actor} got`, {
            mixed: got.includes(other),
          });
        }
        trial.must(first.received.length === second.received.length, {
          saw: 'one client got more bytes than it had sent.',
          expected: 'each client gets its own bytes, once.',
          facts: { mixed: true },
        });
      },
    },
    {
      id: 'survives-reset',
      step: 5,
      points: 8,
      title: 'goes on serving the others when one client breaks its connection',
      async run(trial) {
        const server = await startServer(trial);
        const [good, bad] = [await trial.connect(server), await trial.connect(server)];
        await expectEcho(trial, bad, Buffer.from('soon gone\n'));
        bad.reset();
        await expectEcho(trial, good, Buffer.from('still here?\n'));
        await expectEcho(trial, await trial.connect(server), Buffer.from('and new ones?\n'));
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
        await expectEcho(trial, client, Buffer.from('ready\n'));
        const before = server.memory();
        client.pause();
        const block = trial.random.bytes(64 * 1024);
        const total = (48 * MIB) / block.length;
        let accepted = 0;
        const sending = (async () => {
          for (let sent = 0; sent < total; sent += 1) {
            await client.send(block);
            accepted += 1;
            trial.happenings.happened();
          }
        })();
        // Either the server takes it all, or everybody sleeps because the buffers are full: that is what should happen.
        const taken = await trial.happenings.rest(() => accepted === total);
        const after = server.memory();
        const grown = before && after ? Math.round((after.peak - before.now) / MIB) : 0;
        trial.must(!taken && grown < 32, {
          saw: `the server read ${Math.round((accepted * block.length) / MIB)} MiB from a client that read nothing back; its memory grew by ${grown} MiB.`,
          expected:
            'it stops reading from a client that does not read: memory grows by a few MiB at most.',
          facts: { unbounded: true, grown },
        });
        client.resume();
        await sending;
        await client.receive(total * block.length, 'the rest, once the client reads again');
      },
    },
    {
      id: 'ends-well',
      step: 5,
      points: 5,
      title: 'ends with status 0 on Ctrl+C and on SIGTERM, also with a client connected',
      async run(trial) {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) {
          const server = await trial.start('server', ['--port', '0']);
          const client = await trial.connect(await server.ready());
          await expectEcho(trial, client, Buffer.from('here I am\n'));
          server.signal(signal);
          const exit = await server.ended(`after ${signal}, with one client connected`);
          trial.must(exit.code === 0, {
            saw: `after ${signal} the server ended with ${exit.signal ?? `status ${exit.code}`}.`,
            expected: 'it catches the signal, closes what is open and ends with status 0.',
            facts: { badEnd: true },
          });
        }
      },
    },
    {
      id: 'port-is-free',
      step: 5,
      points: 3,
      title: 'gives its port back at once: the next server can have it',
      async run(trial) {
        const first = await trial.start('server', ['--port', '0']);
        const address = await first.ready();
        await expectEcho(trial, await trial.connect(address), Buffer.from('one\n'));
        first.signal('SIGTERM');
        await first.ended('after SIGTERM');
        const second = await trial.start('server', ['--port', String(address.port)], {
          actor: 'second',
        });
        await second.ready();
        await expectEcho(trial, await trial.connect(address), Buffer.from('two\n'));
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
          .catch(stillAsking);
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
        const peer = await host.accept('from the client');
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
            saw: `the client ended with ${exit.signal ?? `status ${exit.code}`} and ${lines.length} lines on stderr.`,
            expected: `status 1 and one line, for example: client: 127.0.0.1:${port}: nobody listens there (ECONNREFUSED)`,
            facts: { clientError: true },
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
      id: 'ends-after-first',
      when: ({ check, ended, got }) =>
        check === 'echo-twice' && ended === true && got?.length === 0,
      cause: () =>
        'the connection is ended after the first chunk. end(chunk) sends the chunk, and a FIN behind it.',
      step: 2,
      hint: 3,
    },
    {
      id: 'first-chunk-only',
      when: ({ check, silent, got }) =>
        check === 'echo-twice' && silent === true && got?.length === 0,
      cause: () =>
        'the server hears only the first chunk: once() and a single read() end after one. A connection goes on.',
      step: 2,
      hint: 3,
    },
    {
      id: 'changes-bytes',
      when: ({ check, sent, got }) =>
        (check === 'echo-line' || check === 'echo-twice') &&
        sent !== undefined &&
        got !== undefined &&
        got.length > 0 &&
        isTrimmed(sent, got),
      cause: () =>
        'spaces or line ends are cut off before the echo. They are bytes like all others.',
      step: 2,
      hint: 2,
    },
    {
      id: 'no-half-open',
      when: ({ check, sent, got, ended }) =>
        check === 'half-close' &&
        (ended === true || (sent !== undefined && got !== undefined && got.length < sent.length)),
      cause: () =>
        'the connection was closed as soon as the client had ended its side. Node does that, unless the server says allowHalfOpen: true.',
      hint: 2,
    },
    {
      id: 'never-ends',
      when: ({ check, silent, got }) =>
        silent === true &&
        ((check === 'ends-after-client' && got?.length === 0) ||
          (check === 'half-close' && got?.length === 8 * MIB)),
      cause: () =>
        'all the bytes are back, and only the FIN is missing. With allowHalfOpen: true it is for you to end your side.',
      step: 3,
      hint: 3,
    },
    {
      id: 'adds-bytes',
      when: ({ check, sent, got }) =>
        (check === 'echo-line' || check === 'echo-twice') &&
        sent !== undefined &&
        got !== undefined &&
        got[0] === 0x0a &&
        sent[0] !== 0x0a,
      cause: () =>
        'the echo before this one had a line end behind it that the client did not send.',
      step: 2,
      hint: 2,
    },
    {
      id: 'address-too-early',
      when: ({ crash }) =>
        /'address' of|reading 'address'|reading 'port'/.test(crash?.message ?? ''),
      cause: () =>
        "server.address() is null until 'listening' comes. Hand over announce itself, without (): it is called for you, later.",
      step: 1,
      hint: 3,
    },
    {
      id: 'error-not-heard',
      when: ({ portTaken, stderr }) => portTaken === true && /EADDRINUSE/.test(stderr),
      cause: () =>
        "the port is taken on purpose here. Nobody listens for the 'error' of the server, so Node prints its whole stack; or the whole error object is printed. Call fail() with one line.",
      step: 1,
      hint: 4,
    },
    {
      id: 'one-at-a-time',
      when: ({ othersWait, silent, got }) =>
        othersWait === true && silent === true && got?.length === 0,
      cause: () =>
        'the server waits for one client before it serves the next, and the first one says nothing.',
      hint: 2,
    },
    {
      id: 'other-clients-bytes',
      when: ({ mixed }) => mixed === true,
      cause: () =>
        'a variable outside the function that serves one client is shared by all, or the echo goes to everybody.',
      hint: 3,
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
      when: ({ check, stillRunning }) => check === 'ends-well' && stillRunning === true,
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
      id: 'port-not-read-back',
      when: ({ check, start }) => check === 'any-port' && start === 'elsewhere',
      cause: () =>
        'the ready line shows the port of the command line. 0 asks the kernel to pick one: server.address() knows which.',
      hint: 3,
    },
    {
      id: 'client-reads-late',
      when: ({ check, printed, stillAsking }) =>
        check === 'client-sends' &&
        stillAsking === true &&
        Array.isArray(printed) &&
        printed.length === 0,
      cause: () =>
        'the client reads only after all of its input was sent. Both directions must run at the same time.',
      hint: 1,
    },
    {
      id: 'client-leaves-early',
      when: ({ clientOutput, sent, got }) =>
        clientOutput === true &&
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

/** True if `got` is `sent` with spaces or line ends cut off at its ends. */
function isTrimmed(sent: Buffer, got: Buffer): boolean {
  return got.length < sent.length && sent.toString().trim() === got.toString().trim();
}

/** Marks a failure: it happened while the input was still open. */
function stillAsking(error: unknown): never {
  if (!(error instanceof Failure)) throw error;
  throw error.with({ stillAsking: true });
}

async function startServer(trial: Trial): Promise<Address> {
  const server = await trial.start('server', ['--port', '0']);
  return server.ready();
}

type Client = Awaited<ReturnType<Trial['connect']>>;

/** Sends bytes and waits for the same bytes. */
async function expectEcho(
  trial: Trial,
  client: Client,
  sent: Buffer,
  facts: Record<string, unknown> = {},
): Promise<void> {
  await client.send(sent);
  const got = await client
    .receive(sent.length, `the same ${sent.length} bytes back`)
    .catch(async (error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      // `got` is what came of it so far, perhaps changed, perhaps nothing; then a second look at what it waits for.
      const more =
        error.facts.silent && client.received.length === 0 ? await provoke(trial, client) : {};
      throw new Failure({
        ...error,
        bytes: [],
        facts: { sent, ...error.facts, ...facts, ...more },
      });
    });
  trial.sameBytes(got, sent, 'the echo', facts);
}

/** Nothing came back: does it come after a line end, or after the end of the client's side? */
async function provoke(trial: Trial, client: Client): Promise<Record<string, unknown>> {
  const answered = () => trial.happenings.rest(() => client.received.length > 0);
  await client.send('\n');
  if (await answered()) return { answeredAfterLine: true };
  client.end();
  return (await answered()) ? { answeredAfterEnd: true } : {};
}
