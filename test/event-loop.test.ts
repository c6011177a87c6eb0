// The graded checks of event-loop: a server on a socket file, and one on sockets of the kernel with a loop of its own. What
// each of them does while it waits is told by /proc.
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { connect as dial, type Socket } from 'node:net';
import { freePort, lesson, type Address, type Program, type Seen, type Trial } from '#harness';
import { openCrowd } from '#harness/crowd';
import { withFacts } from '#harness/failure';
import { connectLocal } from '#harness/local-peer';
import type { StreamPeer } from '#harness/stream-peer';
import { socketsOf, unrestOf } from '#harness/unrest';

const REPLACEMENT = Buffer.from('�');
const MIB = 1024 * 1024;
/** The name of the socket file: 11 bytes, 7 characters. */
const NAME = '回声.sock';
/** How many clients say nothing. */
const CROWD = 1_000;
/** More than any kernel lets wait for one listener. */
const MOST_WAITING = 5_000;
/** How often a program that sleeps may wake up in a second: Node has some business of its own. */
const FEW_WAKES = 10;
/** For answers that are late on purpose, or by many: the server may sleep meanwhile. */
const LATE = { patience: 20_000, mayRest: true };
const LONG = { timeLimit: 120_000 };

export default lesson({
  lesson: 'event-loop',
  steps: [
    'A socket with a name in the file system',
    'The file that was left behind',
    'Listen by hand, and wait',
    'Serve whoever is ready',
    'No more than the kernel takes',
    'Timers, and one call that blocks',
  ],
  checks: [
    {
      id: 'local-echo',
      step: 1,
      points: 4,
      title: 'listens on the path it was given, says so, and echoes every byte as it came',
      async run(trial) {
        await startLocal(trial);
        const client = await connectLocal(trial, NAME);
        const sent = Buffer.concat([
          Buffer.from('你好，老王\n'),
          Buffer.from([0xff, 0xfe, 0, 0x80]),
        ]);
        client.send(sent);
        await client
          .receive(sent.length, `the same ${sent.length} bytes`)
          .catch(withFacts({ sent }));
        client.end();
        const got = await client.receiveToEnd('the end, in answer to the end');
        trial.sameBytes(got, sent, 'the echo');
      },
    },
    {
      id: 'local-ends',
      step: 1,
      points: 4,
      title:
        'ends with status 0 on Ctrl+C and SIGTERM, and its file is gone, also with a client connected',
      async run(trial) {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) {
          // Names of their own: what the first one leaves behind must not be the second one's trouble.
          const name = `${signal}.sock`;
          const local = await startLocal(trial, name);
          const client = await connectLocal(trial, name);
          client.send('在吗');
          await client.receive(6, 'the echo');
          local.signal(signal);
          const exit = await local.ended(`after ${signal}, with one client connected`);
          trial.must(exit.code === 0, {
            saw: `after ${signal} it ended with ${exit.signal ?? `status ${exit.code}`}.`,
            expected: 'it catches the signal, closes what is open and ends with status 0.',
            facts: { badEnd: exit.signal ?? exit.code },
          });
          const left = (await trial.names(trial.directory)).includes(name);
          trial.must(!left, {
            saw: `after ${signal} it had ended, and its file ${name} was still there.`,
            expected: 'the file goes when the server goes.',
            facts: { fileLeft: true },
          });
        }
      },
    },
    {
      id: 'stale',
      step: 2,
      points: 7,
      title: 'takes over the path of a server that was killed and left its file behind',
      async run(trial) {
        const first = await startLocal(trial);
        first.signal('SIGKILL');
        await first.ended('after SIGKILL');
        const left = (await trial.names(trial.directory)).includes(NAME);
        trial.note(left ? `the file ${NAME} is left behind` : 'no file is left behind');
        const second = await startLocal(trial, NAME, 'second').catch(
          withFacts({ staleFile: true }),
        );
        const client = await connectLocal(trial, NAME);
        client.send('换我了');
        await client.receive(9, 'the echo of the second server');
        trial.must(second.exit === undefined, {
          saw: 'the second server has ended.',
          expected: 'it goes on as the first one did.',
        });
      },
    },
    {
      id: 'live',
      step: 2,
      points: 6,
      title: 'leaves a server alone that is alive: says so in one line, and ends with status 1',
      async run(trial) {
        const first = await startLocal(trial);
        const early = await connectLocal(trial, NAME, 'early');
        early.send('在吗');
        await early.receive(6, 'the echo');
        await expectPathTaken(trial, 'second');
        const late = await connectLocal(trial, NAME, 'late').catch(withFacts({ tookOver: true }));
        late.send('还在吗');
        await late.receive(9, 'the first server goes on').catch(withFacts({ tookOver: true }));
        early.send('在吗');
        await early.receive(12, 'the first server goes on, also for its old client');
        // A server that is too busy to take anybody is alive: the kernel says EAGAIN then, and not ECONNREFUSED.
        first.signal('SIGSTOP');
        trial.note('the first server is held up');
        await fillBacklog(trial, NAME);
        await expectPathTaken(trial, 'third');
        first.signal('SIGCONT');
      },
    },
    {
      id: 'not-a-socket',
      step: 2,
      points: 5,
      title: 'leaves a file alone that is no socket: says so in one line, and ends with status 1',
      async run(trial) {
        const letter = '老王：吃了么\n';
        const name = '信.txt';
        await trial.write(name, letter);
        const local = await trial.start('local', [name]);
        await trial.happenings.rest(
          () =>
            local.exit !== undefined || local.stdout.lines.some((line) => /listening/.test(line)),
        );
        const kept = (await contentOf(trial, name)) === letter;
        trial.must(kept, {
          saw: `the path was that of a letter, ${name}. The letter is gone.`,
          expected: 'only a socket is removed, and only if nobody listens on it.',
          facts: { letterLost: true },
        });
        await expectRefusal(local, 'whose path was that of a letter', trial);
      },
    },
    {
      id: 'long-path',
      step: 2,
      points: 3,
      title: 'takes a path of 107 bytes; one of 108 is refused in one line, with status 1',
      async run(trial) {
        // Both lead to the same file. Of the second, 108 bytes are 104 characters.
        const fits = './'.repeat(48) + NAME;
        const tooLong = `${'./'.repeat(47)}.//${NAME}`;
        const local = await trial.start('local', [tooLong]);
        await trial.happenings.rest(
          () =>
            local.exit !== undefined || local.stdout.lines.some((line) => /listening/.test(line)),
        );
        const made = await trial.names(trial.directory);
        trial.must(local.exit !== undefined && made.length === 0, {
          saw: `of a path of 108 bytes it made the file ${made[0] ?? '(none)'}${local.exit ? '' : ', and listens there'}.`,
          expected: 'one line that the path is too long, status 1, and no file.',
          facts: { cutOff: true },
        });
        await expectRefusal(local, 'whose path has 108 bytes', trial);
        await startLocal(trial, fits, 'second').catch(withFacts({ fits: true }));
        const client = await connectLocal(trial, NAME);
        client.send('短');
        await client.receive(3, 'the echo');
      },
    },
    {
      id: 'listens',
      step: 3,
      points: 4,
      title:
        'listens on the host and port it was given, and says so once it does; with 0 on any port',
      async run(trial) {
        // Of this machine as well, and not the default.
        const host = '127.0.0.2';
        const port = await freePort(trial.random);
        const server = await trial.start('server', ['--host', host, '--port', String(port)]);
        await server.ready();
        const other = await trial.start('server', ['--port', '0'], { actor: 'second' });
        await other.ready();
      },
    },
    {
      id: 'port-in-use',
      step: 3,
      points: 3,
      title: 'says in one line that a port is taken, and ends with status 1',
      async run(trial) {
        // A listener of the check's own: it needs no server that is right.
        const { address } = await trial.listen('somebody else');
        const server = await trial.start('server', ['--port', String(address.port)]);
        const exit = await server
          .ended('when its port was taken')
          .catch(withFacts({ portTaken: true }));
        const lines = server.stderr.lines;
        trial.must(exit.code === 1 && lines.length === 1 && /^server: .+: ./.test(lines[0] ?? ''), {
          saw: `the server ended with ${exit.signal ?? `status ${exit.code}`} and ${saidOn(lines)}.`,
          expected:
            'status 1 and one line, what failed and why: server: cannot listen on 127.0.0.1:8888: EADDRINUSE',
          facts: { portTaken: true },
        });
      },
    },
    {
      id: 'idle',
      step: 3,
      points: 5,
      ...LONG,
      title: 'sleeps while nothing happens, and does not look again and again',
      async run(trial) {
        const { server } = await startServer(trial);
        await expectRest(trial, server, 'with no client at all', 'idle');
      },
    },
    {
      id: 'ends',
      step: 3,
      points: 5,
      title: 'ends with status 0 on Ctrl+C and on SIGTERM',
      async run(trial) {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) {
          const { server } = await startServer(trial);
          await trial.happenings.rest(); // asleep in its loop
          await expectEnd(trial, server, signal);
        }
      },
    },
    {
      id: 'echo',
      step: 4,
      points: 7,
      title: 'echoes every byte as it came: text or not, whole or cut in pieces',
      async run(trial) {
        const { address } = await startServer(trial);
        const client = await trial.connect(address);
        await expectEcho(trial, client, '你好，老王\n');
        await expectEcho(trial, client, Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x41]));
        await expectEcho(trial, client, trial.random.bytes(2_048));
        const cut = await trial.relay(address, { cut: 1, direction: 'to-server' });
        await expectEcho(trial, await trial.connect(cut), '老王：吃了么');
      },
    },
    {
      id: 'thousand',
      step: 4,
      points: 8,
      ...LONG,
      title: 'serves 1,000 clients in one process, and sleeps while none of them says anything',
      async run(trial) {
        const { server, address } = await startServer(trial);
        const first = await trial.connect(address);
        const crowd = await openCrowd(trial, address, CROWD);
        // The last one before all others: whoever serves one after the other has no chance.
        const last = await trial.connect(address);
        await expectEcho(trial, last, '我是最后一个', { inCrowd: true, lost: crowd.lost });
        await expectEcho(trial, first, '我是第一个', { inCrowd: true, lost: crowd.lost });
        crowd.say((number) => `第 ${number} 个`);
        const wrong = () =>
          Array.from({ length: CROWD }, (_, number) => number).filter(
            (number) => crowd.heard(number) !== `第 ${number} 个`,
          );
        await trial.happenings.rest(() => wrong().length === 0, { patience: 60_000 });
        const [one] = wrong();
        trial.must(one === undefined, {
          saw: `of ${CROWD} clients that were connected, ${wrong().length} did not get back what they had sent.`,
          expected: 'each of them gets its own bytes.',
          facts: { inCrowd: true, lost: crowd.lost },
        });
        const count = server.family().length;
        trial.must(count === 1, {
          saw: `${count} processes serve them.`,
          expected: 'one process.',
          facts: { processes: count },
        });
        await expectRest(
          trial,
          server,
          'while 1,002 clients are connected and silent',
          'crowd',
          Infinity,
        );
      },
    },
    {
      id: 'leaves',
      step: 4,
      points: 7,
      ...LONG,
      title: 'ends the connection of a client that has ended, and keeps nothing of it',
      async run(trial) {
        const { server, address } = await startServer(trial);
        await trial.happenings.rest();
        const before = socketsOf(server.pid);
        for (let count = 0; count < 3; count += 1) {
          const client = await trial.connect(address);
          await expectEcho(trial, client, '我走了');
          client.end();
          const got = await client
            .receiveToEnd('a FIN in answer to the FIN')
            .catch(withFacts(() => ({ endIgnored: true })));
          trial.sameBytes(got, Buffer.alloc(0), 'what came after the echo');
        }
        await expectRest(trial, server, 'after all clients have left', 'left', Infinity);
        const after = socketsOf(server.pid);
        trial.must(before === undefined || after === undefined || after <= before, {
          saw: `3 clients came and left. The server had ${before} sockets open before, and has ${after} now.`,
          expected: 'as many as before.',
          facts: { socketsLeft: true },
        });
      },
    },
    {
      id: 'restarts',
      step: 4,
      points: 3,
      title: 'can be started again on the same port at once, also when clients were connected',
      async run(trial) {
        const port = await freePort(trial.random);
        const first = await trial.start('server', ['--port', String(port)]);
        const client = await trial.connect(await first.ready());
        await expectEcho(trial, client, '在吗');
        await expectEnd(trial, first, 'SIGINT');
        await client.over('when its server has ended');
        client.end(); // both have ended now: the connection is in TIME_WAIT, on the side of the server
        await trial.happenings.rest();
        const second = await trial.start('server', ['--port', String(port)], { actor: 'second' });
        await expectEcho(trial, await trial.connect(await second.ready()), '又来了');
      },
    },
    {
      id: 'slow-reader',
      step: 5,
      points: 8,
      ...LONG,
      title:
        'serves the others while a client sends 32 MiB and reads nothing, then gives it all of them',
      async run(trial) {
        const { server, address } = await startServer(trial);
        const other = await trial.connect(address, 'other');
        await expectEcho(trial, other, '先来');
        const slow = await trial.connect(address, 'slow');
        // Text, since bytes that are no text are for another check.
        const block = Buffer.from(trial.random.bytes(32 * 1024).toString('hex'));
        const total = (32 * MIB) / block.length;
        const before = server.memory();
        slow.pause();
        let accepted = 0;
        void (async () => {
          while (accepted < total) {
            await slow.send(block);
            accepted += 1;
            trial.happenings.happened();
          }
        })();
        // Either the server takes it all, or everybody sleeps because the buffers are full: that is what should happen.
        const taken = await trial.happenings.rest(() => accepted === total, { patience: 20_000 });
        const after = server.memory();
        const grown = before && after ? Math.round((after.peak - before.now) / MIB) : 0;
        await expectEcho(trial, other, '我还在', { othersWait: true });
        slow.resume();
        const all = Buffer.concat(Array.from({ length: total }, () => block));
        const got = await slow
          .receive(all.length, 'all 32 MiB, once the client reads again', { patience: 40_000 })
          .catch(withFacts({ rest: true }));
        trial.sameBytes(got, all, 'the echo of 32 MiB', { rest: true });
        await expectRest(trial, server, 'when the slow client has everything', 'written', Infinity);
        trial.must(!taken && grown < 28, {
          saw: `it read ${Math.round((accepted * block.length) / MIB)} MiB from a client that read nothing back; its memory grew by ${grown} MiB.`,
          expected:
            'it stops reading from a client that does not read: memory grows by a few MiB at most.',
          facts: { unbounded: true },
        });
      },
    },
    {
      id: 'reset',
      step: 5,
      points: 5,
      ...LONG,
      title: 'goes on serving the others when one client breaks its connection',
      async run(trial) {
        const { server, address } = await startServer(trial);
        const good = await trial.connect(address, 'good');
        await expectEcho(trial, good, '我是好人');
        const bad = await trial.connect(address);
        await expectEcho(trial, bad, '一会儿就走');
        bad.reset();
        await trial.happenings.rest();
        await expectEcho(trial, good, '还在吗', { afterReset: true });
        // One that has not read what was sent to it: the server has a rest for it, and waits for room.
        const full = await trial.connect(address, 'full');
        full.pause();
        void full.send(Buffer.from(trial.random.bytes(8 * MIB).toString('hex')));
        await trial.happenings.rest();
        full.reset();
        await trial.happenings.rest();
        await expectEcho(trial, good, '你还在吗', { afterReset: true });
        // One that has ended and broken its connection before the server gets to its bytes: to write is EPIPE then.
        const hasty = await trial.connect(address, 'hasty');
        await expectEcho(trial, hasty, '快');
        server.signal('SIGSTOP');
        trial.note('the server is held up');
        await hasty.send('快点');
        hasty.end();
        await trial.happenings.rest();
        hasty.reset();
        await trial.happenings.rest();
        server.signal('SIGCONT');
        await expectEcho(trial, good, '还在', { afterReset: true });
        await expectRest(
          trial,
          server,
          'after a client with unread bytes has broken its connection',
          'broken',
          Infinity,
        );
      },
    },
    {
      id: 'delay',
      step: 6,
      points: 6,
      title: 'with --delay answers after that time, and five clients wait no longer than one',
      async run(trial) {
        // Again and again: whoever reckons with the wrong time is further off the longer the server runs.
        for await (const took of askTogether(trial, 1_500, [], 4)) {
          const slowest = Math.max(...took);
          trial.must(Math.min(...took) >= 1_480, {
            saw: `with --delay 1500 an answer came after ${Math.min(...took)} ms.`,
            expected: 'none before 1500 ms.',
            facts: { tooEarly: true },
          });
          trial.must(slowest < 7_000, {
            saw: `five clients asked at the same moment. They were answered after ${took.join(', ')} ms.`,
            expected: 'all of them after about 1500 ms.',
            facts: slowest - Math.min(...took) > 3_000 ? { oneByOne: true } : { tooLate: true },
          });
        }
      },
    },
    {
      id: 'sleeps-until',
      step: 6,
      points: 3,
      ...LONG,
      title: 'sleeps until an answer is due, also if the client for whom it is has gone',
      async run(trial) {
        const { server, address } = await startServer(trial, ['--delay', '30000']);
        const client = await trial.connect(address);
        await client.send('慢慢来');
        await expectRest(trial, server, 'while an answer is due in 30 s', 'timer');
        client.reset();
        await expectRest(trial, server, 'after this client has broken its connection', 'unheard');
      },
    },
    {
      id: 'gone',
      step: 6,
      points: 4,
      title:
        'forgets the answer to a client that has gone: nobody else gets it, and nothing falls over',
      async run(trial) {
        const { server, address } = await startServer(trial, ['--delay', '3000']);
        const gone = await trial.connect(address, 'gone');
        await gone.send('这是我的');
        await trial.happenings.rest(); // until the server has read it, or the reset would be all that it sees
        gone.reset();
        await trial.happenings.rest();
        const next = await trial.connect(address, 'next');
        await trial.happenings.rest();
        const witness = await trial.connect(address, 'witness');
        const sent = Buffer.from('我在看');
        await witness.send(sent);
        // Asked for later, so answered later: when it is there the answer for the one that has gone was due.
        await witness
          .receive(sent.length, 'the answer after 3 s', LATE)
          .catch(withFacts({ afterGone: true }));
        trial.must(next.received.length === 0 && !next.ended && !next.wasReset, {
          saw: next.received.length
            ? `a client that had said nothing got ${next.received.toString('utf8')}, the answer to another one that had gone.`
            : 'a client that had said nothing was thrown out when the answer to another one was due.',
          expected: 'the answer to a client that has gone is for nobody.',
          facts: { strangers: true },
        });
        trial.must(server.exit === undefined, { saw: 'it has ended.', expected: 'it goes on.' });
      },
    },
    {
      id: 'block',
      step: 6,
      points: 3,
      title:
        'with --block as well everybody waits for everybody: five answers, one after the other',
      async run(trial) {
        for await (const took of askTogether(trial, 1_000, ['--block']))
          trial.must(Math.max(...took) >= 5 * 1_000 - 50, {
            saw: `with --delay 1000 --block five clients were answered after ${took.join(', ')} ms.`,
            expected:
              'the last of them not before 5000 ms: while one call blocks, nobody is served.',
            facts: { notBlocking: true },
          });
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
      id: 'file-left',
      when: ({ fileLeft }) => fileLeft === true,
      cause: () =>
        'the program ends without closing its server. server.close() removes the file; process.exit() alone does not.',
      hint: 3,
    },
    {
      id: 'took-over',
      when: ({ tookOver }) => tookOver === true,
      cause: () =>
        'the file is removed without asking whether somebody listens. Connect to it: only ECONNREFUSED means that nobody does.',
      hint: 2,
    },
    {
      id: 'letter-lost',
      when: ({ letterLost }) => letterLost === true,
      cause: () =>
        'a file of any kind refuses a connection (ECONNREFUSED), not only a stale socket. Ask lstat() first what it is.',
      hint: 3,
    },
    {
      id: 'stale-refused',
      when: ({ staleFile, stderr }) => staleFile === true && /EADDRINUSE|in use/.test(stderr),
      cause: () =>
        'the kernel does not remove the file when a process is killed, and bind() takes no path that exists. If nobody listens on it, remove it and try again.',
      hint: 2,
    },
    {
      id: 'characters-not-bytes',
      when: ({ cutOff }) => cutOff === true,
      cause: () =>
        'the length was not checked, or counted in characters. The kernel counts bytes, and 回 has three; Node 20 cuts the rest off, and says nothing.',
      hint: 2,
    },
    {
      id: 'limit-too-small',
      when: ({ check, fits }) => check === 'long-path' && fits === true,
      cause: () => '107 bytes still fit: the kernel has room for 108, and the last is a zero.',
      hint: 3,
    },
    {
      id: 'bind-not-caught',
      when: ({ check, portTaken, crash }) =>
        check === 'port-in-use' && (portTaken === true || crash !== undefined),
      cause: () =>
        'bind() or listen() throws when the port is taken. Catch it where the listener is made, print one line, and end with status 1.',
      hint: 3,
    },
    {
      id: 'no-reuse',
      when: ({ check, stderr }) => check === 'restarts' && stderr.includes('EADDRINUSE'),
      cause: () =>
        'the kernel keeps connections that have ended in TIME_WAIT for a minute. Set SO_REUSEADDR on the listener before bind().',
      step: 3,
      hint: 3,
    },
    {
      id: 'signal-not-caught',
      when: ({ badEnd }) => typeof badEnd === 'string' && badEnd.startsWith('SIG'),
      cause: ({ badEnd }) =>
        `nobody listens for ${String(badEnd)}, so it ends the program at once.`,
      hint: 3,
    },
    {
      id: 'waits-for-clients',
      when: ({ stillRunning, signalled, check }) =>
        stillRunning === true && signalled !== undefined && check === 'local-ends',
      cause: () =>
        'destroy() each client as well. server.close() takes no new ones, and waits for those that are connected.',
      hint: 2,
    },
    {
      id: 'node-has-no-turn',
      when: ({ stillRunning, signalled, spins, unrest, check }) =>
        unrest === 'deaf runs' ||
        (stillRunning === true &&
          signalled !== undefined &&
          spins === true &&
          ['ends', 'restarts'].includes(check)),
      cause: () =>
        'await nodeTurn() when the descriptor of Node is ready. Until Node has had its turn it stays ready, so the loop never sleeps; and without the await nothing of Node runs, and nobody hears of a signal.',
      step: 3,
      hint: 4,
    },
    {
      id: 'loop-goes-on',
      when: ({ stillRunning, signalled, check }) =>
        stillRunning === true && signalled !== undefined && ['ends', 'restarts'].includes(check),
      cause: () =>
        'the signal came, and the loop waits on. What stop() changes must be looked at in each round of the loop.',
      step: 3,
      hint: 3,
    },
    {
      id: 'never-sleeps',
      when: ({ unrest }) => unrest === 'idle runs',
      cause: () =>
        'the loop asks the kernel without end: a timeout of 0 only asks. -1 sleeps until something is ready, however long that takes.',
      step: 3,
      hint: 2,
    },
    {
      id: 'polls',
      when: ({ unrest }) => ['idle wakes', 'timer wakes', 'timer runs'].includes(String(unrest)),
      cause: () =>
        'epoll_wait() has a short timeout, or none, and is called again and again. It shall sleep until something is ready, or until the next timer is due.',
      hint: 2,
    },
    {
      id: 'always-writable',
      when: ({ unrest }) => unrest === 'crowd runs' || unrest === 'written runs',
      cause: () =>
        'a socket is watched for EPOLLOUT though there is nothing to write. It nearly always has room, so epoll_wait() never sleeps.',
      step: 5,
      hint: 3,
    },
    {
      id: 'end-not-read',
      when: ({ endIgnored, silent, unrest, spins }) =>
        (endIgnored === true && silent === true && (spins === true || spins === undefined)) ||
        unrest === 'left runs',
      cause: () =>
        'read() returned no bytes: the client has ended. It stays ready to read until you stop watching it and close it.',
      hint: 3,
    },
    {
      id: 'not-closed',
      when: ({ socketsLeft }) => socketsLeft === true,
      cause: () =>
        'a socket is not watched any more, but it is open. close() gives it back to the kernel.',
      hint: 3,
    },
    {
      id: 'not-all-served',
      when: ({ inCrowd, lost, processes, excess }) =>
        inCrowd === true ||
        processes !== undefined ||
        excess === 'processes' ||
        (typeof lost === 'number' && lost > 0),
      cause: ({ lost, processes, excess }) =>
        excess === 'processes' || processes !== undefined
          ? 'each client has a process of its own. One loop in one process serves them all.'
          : typeof lost === 'number' && lost > 0
            ? 'the server sends clients away. The backlog of listen() counts those that wait to be accepted, and is no limit to the number of clients.'
            : 'one client keeps the others waiting, or they share what should be their own.',
      hint: 2,
    },
    {
      id: 'eagain',
      when: ({ crash }) => /EAGAIN/.test(crash?.message ?? ''),
      cause: () =>
        'there was no room in the socket, and write() threw EAGAIN. That is no error: keep the bytes, and write them when EPOLLOUT comes.',
      step: 5,
      hint: 2,
    },
    {
      id: 'blocking-write',
      when: ({ check, othersWait, silent }) =>
        check === 'slow-reader' && othersWait === true && silent === true,
      cause: ({ spins }) =>
        spins === true
          ? 'the server writes again and again until one slow client reads, and does nothing else. Keep the bytes, and write them when EPOLLOUT comes.'
          : 'the server waits in write() until one slow client reads. A socket accepted with SOCK_NONBLOCK never makes it wait.',
      hint: 2,
    },
    {
      id: 'short-write',
      when: ({ check, rest }) => check === 'slow-reader' && rest === true,
      cause: () =>
        'write() says how many bytes it took, and that may be fewer than you have. The rest is yours to send later.',
      hint: 3,
    },
    {
      id: 'reads-on',
      when: ({ unbounded }) => unbounded === true,
      cause: () =>
        'the server reads on while its answers pile up. Watch for EPOLLOUT instead of EPOLLIN until all is written.',
      hint: 3,
    },
    {
      id: 'reset-not-caught',
      when: ({ crash, check }) =>
        /\b(ECONNRESET|EPIPE)\b/.test(crash?.message ?? '') && ['reset', 'gone'].includes(check),
      cause: () =>
        'read() and write() throw when a client has broken its connection: ECONNRESET, EPIPE. Catch both for this one client, close it, and go on.',
      step: 5,
      hint: 3,
    },
    {
      id: 'broken-not-closed',
      when: ({ unrest }) => unrest === 'broken runs',
      cause: () =>
        'the error of a broken connection is caught, and the connection is not closed. It stays ready for ever, for a write that fails each time.',
      hint: 4,
    },
    {
      id: 'broken-unheard',
      when: ({ unrest }) => unrest === 'unheard runs',
      cause: () =>
        'a broken connection comes as EPOLLERR and EPOLLHUP, also where nothing is watched for. It stays ready until you close it: read() it whatever has come, unless it is EPOLLOUT.',
      step: 5,
      hint: 3,
    },
    {
      id: 'another-client',
      when: ({ check, strangers, crash }) =>
        check === 'gone' && (strangers === true || /\b(EBADF|ENOENT)\b/.test(crash?.message ?? '')),
      cause: () =>
        'the timer still holds the number of a socket that was closed. Numbers are given out again: remember that the client has gone.',
      hint: 3,
    },
    {
      id: 'one-by-one',
      when: ({ oneByOne }) => oneByOne === true,
      cause: () =>
        'each answer is waited for in a call that blocks, and meanwhile nobody is served. Set a timer, and go on with the others.',
      hint: 2,
    },
    {
      id: 'too-late',
      when: ({ tooLate }) => tooLate === true,
      cause: () =>
        'the loop sleeps too long. performance.now() counts from the start of the program: the time until a timer is due is `due` less the time now.',
      hint: 4,
    },
    {
      id: 'too-early',
      when: ({ tooEarly }) => tooEarly === true,
      cause: () => 'the answer went out at once: --delay was read, but nothing waits for it.',
      hint: 3,
    },
    {
      id: 'timer-slept-past',
      when: ({ check, silent, crash }) =>
        ['delay', 'gone'].includes(check) && silent === true && crash === undefined,
      cause: () =>
        'no answer came, however long one waits: the loop sleeps until a socket is ready, and no socket is. It must wake up when the next timer is due. A timeout below 0 has no limit, too.',
      hint: 2,
    },
    {
      id: 'sleeps-for-seconds',
      when: ({ check, silent, crash }) =>
        check === 'block' && silent === true && crash === undefined,
      cause: () =>
        'no answer came, however long one waits: sleep() counts in seconds, and --delay in milliseconds. Divide by 1000.',
      hint: 3,
    },
    {
      id: 'block-ignored',
      when: ({ notBlocking }) => notBlocking === true,
      cause: () =>
        '--block makes no difference. With it the server sleeps in one call, as a busy loop or a readFileSync would.',
      hint: 3,
    },
  ],
});

// --- the server on a socket file ---

/** Starts `local` and waits until it says that it listens. */
async function startLocal(trial: Trial, name = NAME, actor = 'local'): Promise<Program> {
  const program = await trial.start('local', [name], { actor });
  const ready = `listening on ${name}`;
  await program.line((line) => line === ready, `a line on stdout once it listens: ${ready}`);
  return program;
}

/** It should have ended by itself, with status 1 and one line. */
async function expectRefusal(program: Program, which: string, trial: Trial): Promise<void> {
  const exit = await program.ended(`though it is the one ${which}`);
  const lines = program.stderr.lines;
  trial.must(exit.code === 1 && lines.length === 1 && /^local: .+: ./.test(lines[0] ?? ''), {
    saw: `the server ${which} ended with ${exit.signal ?? `status ${exit.code}`} and ${saidOn(lines)}.`,
    expected: `status 1 and one line, what failed and why: local: cannot listen on ${NAME}: …`,
    facts: { badRefusal: true },
  });
}

/** Starts one more server on the path of one that is alive. It should leave the file alone. */
async function expectPathTaken(trial: Trial, actor: string): Promise<void> {
  const program = await trial.start('local', [NAME], { actor });
  await trial.happenings.rest(
    () => program.exit !== undefined || program.stdout.lines.some((line) => /listening/.test(line)),
  );
  trial.must(!program.stdout.text.includes('listening'), {
    saw: `the ${actor} server took the path away from the first, which is still running.`,
    expected: 'it finds out that somebody listens there, and leaves the file alone.',
    facts: { tookOver: true },
  });
  await expectRefusal(program, 'whose path was taken', trial);
}

/** Connects to a server that is held up until no more connections may wait for it: the next one hears EAGAIN. */
async function fillBacklog(trial: Trial, name: string): Promise<void> {
  // By way of a descriptor: the whole path could be longer than the kernel has room for.
  const directory = await trial.own(open(trial.directory, 'r'), (opened) => opened.close());
  const waiting: Socket[] = [];
  await trial.own(Promise.resolve(waiting), () => waiting.forEach((socket) => socket.destroy()));
  for (let full = false; !full && waiting.length < MOST_WAITING;) {
    const socket = dial(`/proc/self/fd/${directory.fd}/${name}`);
    waiting.push(socket);
    full = await once(socket, 'connect').then(
      () => false,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EAGAIN') throw error;
        return true;
      },
    );
    socket.on('error', () => {}); // what becomes of it later is nobody's business
  }
}

async function contentOf(trial: Trial, name: string): Promise<string | undefined> {
  try {
    return await readFile(`${trial.directory}/${name}`, 'utf8');
  } catch {
    return undefined; // gone, or a socket, which cannot be read
  }
}

// --- the server with a loop of its own ---

async function startServer(
  trial: Trial,
  options: readonly string[] = [],
): Promise<{ server: Program; address: Address }> {
  const server = await trial.start('server', ['--port', '0', ...options]);
  return { server, address: await server.ready() };
}

async function expectEcho(
  trial: Trial,
  client: StreamPeer,
  words: string | Buffer,
  facts: Partial<Seen> = {},
): Promise<void> {
  const sent = Buffer.from(words);
  await client.send(sent);
  const got = await client
    .receive(sent.length, `the same ${sent.length} bytes back`)
    .catch(withFacts({ sent, ...facts }));
  trial.sameBytes(got, sent, `what ${client.actor} got back`, facts);
}

async function expectEnd(
  trial: Trial,
  server: Program,
  signal: 'SIGINT' | 'SIGTERM',
): Promise<void> {
  server.signal(signal);
  const exit = await server.ended(`after ${signal}`);
  trial.must(exit.code === 0, {
    saw: `after ${signal} the server ended with ${exit.signal ?? `status ${exit.code}`}.`,
    expected: 'it catches the signal, and ends with status 0.',
    facts: { badEnd: exit.signal ?? exit.code },
  });
}

/** `phase` is for the diagnoses. `wakes`: how often it may wake up in a second; Infinity where that is for another check. */
async function expectRest(
  trial: Trial,
  server: Program,
  when: string,
  phase: Phase,
  wakes = FEW_WAKES,
): Promise<void> {
  const unrest = await unrestOf(trial, server);
  trial.must(!unrest.runs, {
    saw: `${when}, it is at work at every look.`,
    expected: 'it sleeps until something is ready.',
    facts: unrest.runs ? { unrest: `${await firstUnrest(trial, server, phase)} runs` } : {},
  });
  trial.must(unrest.wakes <= wakes, {
    saw: `${when}, it woke up ${unrest.wakes} times in a second.`,
    expected: 'it sleeps until something is ready.',
    facts: { unrest: `${phase} wakes` },
  });
}

type Phase = 'idle' | 'crowd' | 'left' | 'written' | 'broken' | 'timer' | 'unheard';

/**
 * A server that has no rest in one phase may have had none before. Asks others, which have lived through less, and returns the
 * first phase without rest; `deaf` if a server without a client also hears of no signal.
 */
async function firstUnrest(trial: Trial, found: Program, phase: Phase): Promise<Phase | 'deaf'> {
  if (phase === 'idle') return (await isDeaf(trial, found)) ? 'deaf' : 'idle';
  found.signal('SIGKILL'); // or it would take the time of the next one
  const { server, address } = await startServer(trial);
  if ((await unrestOf(trial, server)).runs) return (await isDeaf(trial, server)) ? 'deaf' : 'idle';
  if (phase === 'timer') return phase;
  const client = await trial.connect(address);
  await client.send('在吗');
  return (await unrestOf(trial, server)).runs ? 'crowd' : phase;
}

/** True if a server that never sleeps hears of no signal either. */
async function isDeaf(trial: Trial, server: Program): Promise<boolean> {
  server.signal('SIGINT');
  return !(await trial.happenings.rest(() => server.exit !== undefined, { patience: 10_000 }));
}

/** Five clients ask at the same moment, once or more often. Tells after how many milliseconds each was answered. */
async function* askTogether(
  trial: Trial,
  delay: number,
  options: readonly string[] = [],
  rounds = 1,
): AsyncGenerator<number[]> {
  const { address } = await startServer(trial, ['--delay', `${delay}`, ...options]);
  const clients: StreamPeer[] = [];
  for (let count = 0; count < 5; count += 1) clients.push(await trial.connect(address));
  const sent = Buffer.from('等一等');
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    for (const client of clients) void client.send(sent);
    yield await Promise.all(
      clients.map(async (client) => {
        const got = await client
          .receive(sent.length, `the echo, ${delay} ms later`, LATE)
          .catch(withFacts({ sent }));
        trial.sameBytes(got, sent, `what ${client.actor} got back`);
        return Math.round(performance.now() - began);
      }),
    );
  }
}

function saidOn(lines: readonly string[]): string {
  if (lines.length === 0) return 'said nothing on stderr';
  return lines.length === 1 ? `said: ${lines[0]}` : `said ${lines.length} lines on stderr`;
}
