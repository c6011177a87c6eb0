// The graded checks of chatroom: the server is spoken to by sockets that play its users, the client by one that plays the
// server. That something was NOT sent is shown by a fence: something later is provoked, and it must be the next to arrive.
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { Failure, freePort, lesson, type Address, type Program, type Trial } from '#harness';
import { showText } from '#harness/bytes';
import { showDatagram, type Datagram, type DatagramPeer } from '#harness/datagram-peer';
import { withFacts } from '#harness/failure';

/** The longest payload of a datagram over IPv4, in bytes. */
const LONGEST = 65_507;
/** Three tries of one second each, during which a client rightly sleeps. */
const PATIENT = { mayRest: true, patience: 8_000 };

export default lesson({
  lesson: 'chatroom',
  steps: [
    'Read a request',
    'Log in',
    'Chat',
    'Leave and come back',
    "The administrator's console",
    'The client, in two processes',
  ],
  checks: [
    {
      id: 'bad-request',
      step: 1,
      points: 10,
      title:
        'answers FAIL and a reason to whatever is not a request, 200 datagrams of rubbish too, and lives on',
      async run(trial) {
        const room = await openRoom(trial);
        const stranger = await trial.datagrams('stranger', room.address);
        for (const request of BAD_REQUESTS) {
          const answer = await expectFail(room, stranger, request);
          trial.must(/^FAIL \S/.test(answer), {
            saw: `after ${showText(Buffer.from(request), 60)}, stranger got ${showText(Buffer.from(answer), 60)}.`,
            expected: 'FAIL, a space, and a reason.',
            facts: { noReason: true },
          });
        }
        for (let count = 0; count < 200; count += 1) {
          await expectFail(room, stranger, rubbish(trial));
        }
      },
    },
    {
      id: 'login',
      step: 2,
      points: 8,
      title: 'answers OK to a new name, and tells it to the others but not to the newcomer',
      async run(trial) {
        const room = await openRoom(trial, { everyNotice: true });
        const first = await enter(room, '老王');
        const second = await enter(room, '小李');
        await expectText(room, first, '欢迎 小李 进入聊天室');
        await enter(room, 'bob');
        await expectText(room, first, '欢迎 bob 进入聊天室');
        await expectText(room, second, '欢迎 bob 进入聊天室');
      },
    },
    {
      id: 'unique',
      step: 2,
      points: 4,
      title: 'gives a name to one address, and an address one name',
      async run(trial) {
        const room = await openRoom(trial);
        const first = await enter(room, '老王');
        const second = await trial.datagrams('a second 老王', room.address);
        await expectFail(room, second, 'L 老王', { nameTwice: true });
        await expectFail(room, first, 'L 老张', { twoNames: true });
      },
    },
    {
      id: 'odd-names',
      step: 2,
      points: 3,
      title: 'takes any name of 1 to 20 characters: also constructor, __proto__ and 20 emoji',
      async run(trial) {
        const room = await openRoom(trial);
        const usual = await enter(room, '老王');
        const guests = [];
        for (const name of trial.random.shuffle(ODD_NAMES)) {
          const guest = await trial.datagrams(name, room.address);
          await guest.send(`L ${name}`);
          await expectText(room, guest, 'OK', { oddName: name }).catch(
            withFound(async () => ({ twinEnters: await canEnter(room, TWINS.get(name)) })),
          );
          guests.push(guest);
        }
        await enter(room, '最后');
        await expectText(room, usual, '欢迎 最后 进入聊天室');
        for (const guest of guests) {
          await expectText(room, guest, '欢迎 最后 进入聊天室', { oddName: guest.actor });
        }
      },
    },
    {
      id: 'bad-names',
      step: 2,
      points: 3,
      title: 'refuses a name that is too long, or that holds 管理员 or a control character',
      async run(trial) {
        const room = await openRoom(trial);
        const stranger = await trial.datagrams('stranger', room.address);
        for (const name of ['管理员', '我是管理员', 'x'.repeat(21), '好'.repeat(21), 'a\u0007b']) {
          await expectFail(room, stranger, `L ${name}`, { badName: name });
        }
      },
    },
    {
      id: 'asked-again',
      step: 2,
      points: 2,
      title: 'answers OK again to a user whose first OK may have been lost, and tells nobody twice',
      async run(trial) {
        const room = await openRoom(trial);
        const strict = { ...room, everyNotice: true };
        const [first, second] = await enterAll(room, ['老王', '小李']);
        await expectText(room, first, '欢迎 小李 进入聊天室');
        await enter(room, 'bob');
        // Until here everybody is told once.
        await expectText(strict, first, '欢迎 bob 进入聊天室');
        await second.send('L 小李');
        await expectText(room, second, 'OK', { askedAgain: true });
        await enter(room, '小红');
        await expectText(strict, first, '欢迎 小红 进入聊天室', { askedAgain: true });
      },
    },
    {
      id: 'relay',
      step: 3,
      points: 5,
      title: 'sends what one says to all the others',
      async run(trial) {
        const room = await openRoom(trial);
        const [first, second, third] = await enterAll(room, ['老王', '小李', 'bob']);
        const said = '老王 : 吃了么';
        await first.send('C 老王 吃了么');
        await expectText(room, second, said).catch(
          withFacts(() => ({ othersHear: third.pending.some(({ text }) => text === said) })),
        );
        await expectText(room, third, said, { othersHear: true });
        await third.send('C bob yes');
        await expectText(room, second, 'bob : yes');
      },
    },
    {
      id: 'not-to-self',
      step: 3,
      points: 3,
      title: 'sends nothing back to the one who speaks',
      async run(trial) {
        const room = await openRoom(trial);
        const [first, second] = await enterAll(room, ['老王', '小李']);
        await first.send('C 老王 有人吗');
        await expectText(room, second, '老王 : 有人吗');
        await second.send('C 小李 有');
        await expectText(room, first, '小李 : 有', { toSelf: '老王 : 有人吗' });
      },
    },
    {
      id: 'spaces',
      step: 3,
      points: 4,
      title: 'keeps a text as it was written, with all its words and spaces',
      async run(trial) {
        const room = await openRoom(trial);
        const [first, second] = await enterAll(room, ['老王', '小李']);
        for (const text of ['how are you', '  two  spaces , 三   个 ', 'a : b', '12:30 见']) {
          await first.send(`C 老王 ${text}`);
          await expectText(room, second, `老王 : ${text}`, { spaced: true });
        }
      },
    },
    {
      id: 'long-text',
      step: 3,
      points: 2,
      title: 'relays the longest text that a datagram can carry',
      async run(trial) {
        const room = await openRoom(trial);
        const [first, second] = await enterAll(room, ['老王', '小李']);
        for (const size of [5_000, LONGEST]) {
          const text = 'x'.repeat(size - Buffer.byteLength('C 老王 '));
          await first.send(`C 老王 ${text}`);
          await expectText(room, second, `老王 : ${text}`, { long: true }).catch(
            withFacts(() => ({
              refused: first.pending.some(({ text }) => firstWord(text) === 'FAIL'),
            })),
          );
        }
      },
    },
    {
      id: 'strangers',
      step: 3,
      points: 3,
      title: 'lets nobody speak who has not logged in, least of all as 管理员',
      async run(trial) {
        const room = await openRoom(trial);
        const [first, second] = await enterAll(room, ['老王', '小李']);
        const stranger = await trial.datagrams('stranger', room.address);
        for (const name of ['路人', '管理员']) {
          await stranger.send(`C ${name} 放假了`);
          await first.send('C 老王 谁在说话');
          await expectText(room, second, '老王 : 谁在说话', { stranger: name });
          await expectRefusal(room, stranger, `C ${name} 放假了`, { stranger: name });
        }
      },
    },
    {
      id: 'bound-name',
      step: 3,
      points: 4,
      title: 'lets nobody speak under the name of another',
      async run(trial) {
        const room = await openRoom(trial);
        const [first, second, third] = await enterAll(room, ['老王', '小李', 'bob']);
        const stranger = await trial.datagrams('stranger', room.address);
        for (const liar of [second, stranger]) {
          await liar.send('C 老王 我请客');
          await first.send('C 老王 我没说');
          await expectText(room, third, '老王 : 我没说', { spoofed: '老王 : 我请客' });
          await expectRefusal(room, liar, 'C 老王 我请客', { spoofed: '老王 : 我请客' });
        }
      },
    },
    {
      id: 'fake-line',
      step: 3,
      points: 2,
      title: 'relays no line end and no other control character: a second line could be anybody’s',
      async run(trial) {
        const room = await openRoom(trial);
        const [first, second] = await enterAll(room, ['老王', '小李']);
        const texts = ['\n', '\r', '\x1b', '\x7f', '\x85'].map(
          (control) => `C 老王 好${control}管理员 : 放假了`,
        );
        for (const text of texts) await first.send(text);
        await first.send('C 老王 嗯');
        await expectText(room, second, '老王 : 嗯', { fakeLine: true });
        for (const text of texts) await expectRefusal(room, first, text, { fakeLine: true });
      },
    },
    {
      id: 'leave',
      step: 4,
      points: 4,
      title: 'answers EXIT to the one who leaves, and tells the others',
      async run(trial) {
        const room = await openRoom(trial);
        const [first, second] = await enterAll(room, ['老王', '小李']);
        await second.send('Q 小李');
        await expectExit(room, second, '小李');
        await expectText(room, first, '小李 退出聊天室');
        await expectFail(room, second, 'Q 小李', { leftAlready: '小李' }).catch(
          withFound(async () => ({ nameFree: await canEnter(room, '小李') })),
        );
      },
    },
    {
      id: 'come-back',
      step: 4,
      points: 4,
      title: 'frees the name, and sends nothing more to the old address',
      async run(trial) {
        const room = await openRoom(trial);
        const [first, second] = await enterAll(room, ['老王', '小李']);
        await second.send('Q 小李');
        await expectExit(room, second, '小李');
        const back = await trial.datagrams('小李 again', room.address);
        await back.send('L 小李');
        await expectText(room, back, 'OK', { comesBack: true });
        await first.send('C 老王 你回来了');
        await expectText(room, back, '老王 : 你回来了', { comesBack: true });
        await second.send('L 小红');
        await expectText(room, second, 'OK', { leftAlready: '小李' });
      },
    },
    {
      id: 'leave-bound',
      step: 4,
      points: 2,
      title: 'lets nobody send another one out',
      async run(trial) {
        const room = await openRoom(trial);
        const [first, second] = await enterAll(room, ['老王', '小李']);
        const stranger = await trial.datagrams('stranger', room.address);
        const sentOut = withFound(async () => ({ sentOut: await canEnter(room, '老王') }));
        for (const liar of [stranger, second]) {
          await expectFail(room, liar, 'Q 老王').catch(sentOut);
        }
        await second.send('C 小李 还在吗');
        await expectText(room, first, '小李 : 还在吗').catch(sentOut);
      },
    },
    {
      id: 'admin',
      step: 5,
      points: 4,
      title: 'sends each line that is typed at the server to everybody, but no blank one',
      async run(trial) {
        const room = await openRoom(trial);
        const users = await enterAll(room, ['老王', '小李']);
        const longest = 'x'.repeat(LONGEST - Buffer.byteLength('管理员 : '));
        for (const [before, line] of ['明天放假', 'see   you on Monday', longest].entries()) {
          room.server.write(`\n   \n${line}\n`);
          for (const user of users) {
            await expectText(room, user, `管理员 : ${line}`, { typed: line, before });
          }
        }
      },
    },
    {
      id: 'admin-process',
      step: 5,
      points: 3,
      title: 'has a process of its own for the console',
      async run(trial) {
        const room = await openRoom(trial);
        const [user] = await enterAll(room, ['老王']);
        // Whoever reads the keyboard is there when this line has come through.
        room.server.write('准备好了\n');
        await expectText(room, user, '管理员 : 准备好了', { typed: '准备好了' });
        expectTwoProcesses(trial, room.server);
      },
    },
    {
      id: 'input-ends',
      step: 5,
      points: 2,
      title: 'goes on serving when its input has ended: in the background it has none',
      async run(trial) {
        const room = await openRoom(trial);
        const [first, second] = await enterAll(room, ['老王', '小李']);
        room.server.write('再见\n');
        room.server.endInput();
        for (const user of [first, second]) await expectText(room, user, '管理员 : 再见');
        await staysAlive(trial, room.server);
        await first.send('C 老王 还在');
        await expectText(room, second, '老王 : 还在', { inputEnded: true });
      },
    },
    {
      id: 'server-ends',
      step: 5,
      points: 3,
      title: 'ends with status 0 on Ctrl+C and on SIGTERM, and its console with it',
      async run(trial) {
        for (const { signal, inputEnds } of [
          { signal: 'SIGINT', inputEnds: false },
          { signal: 'SIGTERM', inputEnds: false },
          { signal: 'SIGTERM', inputEnds: true },
        ] as const) {
          const room = await openRoom(trial);
          const [user] = await enterAll(room, ['老王']);
          room.server.write('到点了\n');
          await expectText(room, user, '管理员 : 到点了', { typed: '到点了' });
          if (inputEnds) {
            room.server.endInput();
            // Whatever the end of the input brings about, it has been done then.
            await trial.happenings.rest();
          }
          room.server.signal(signal);
          const when = `after ${signal}, with its input ${inputEnds ? 'at its end' : 'still open'}`;
          const exit = await room.server
            .ended(when)
            .catch(withFound(async () => ({ serves: await stillKnows(room, user, '老王') })));
          trial.must(exit.code === 0, {
            saw: `${when}, the server ended with ${exit.signal ?? `status ${exit.code}`}.`,
            expected: 'it closes its socket, ends its console, and ends with status 0.',
            facts: { badEnd: true, exit, inputEnds },
          });
        }
      },
    },
    {
      id: 'client-talks',
      step: 6,
      points: 6,
      title:
        'the client prints each message at once, and sends each line at once, whatever else is going on',
      async run(trial) {
        const guest = await openClient(trial, '老王');
        const lines = ['欢迎 小李 进入聊天室', '小李 : 你好，老王', '管理员 : 明天放假'];
        for (const line of lines) await guest.say(line);
        for (const line of lines) await expectPrinted(guest.client, line);
        guest.client.write('你好\n');
        await expectRequest(guest, 'C 老王 你好');
        // Nobody answers: a client that waits for an answer to the first line never sends the second.
        guest.client.write('\n   \nhow  are   you\nhello?\n半');
        for (const wanted of ['C 老王 how  are   you', 'C 老王 hello?']) {
          await expectRequest(guest, wanted, { typing: true }).catch(
            withFound(async ({ silent }) => ({
              goesOnWhenAnswered: silent === true && (await sendsWhenAnswered(guest, wanted)),
            })),
          );
        }
        await guest.say('小李 : 嗯');
        await expectPrinted(guest.client, '小李 : 嗯');
        guest.client.write('句话\n');
        await expectRequest(guest, 'C 老王 半句话', { typing: true });
        const longest = 'x'.repeat(LONGEST - Buffer.byteLength('C 老王 '));
        guest.client.write(`${longest}\n`);
        const what = `the line of ${longest.length.toLocaleString('en')} letters that was typed`;
        const { text } = await nextRequest(guest, what);
        trial.must(text === `C 老王 ${longest}`, {
          saw: `the client sent a datagram of ${text.length.toLocaleString('en')} characters.`,
          expected: `${what}, which fits into one datagram.`,
        });
      },
    },
    {
      id: 'client-leaves',
      step: 6,
      points: 4,
      title:
        'the client says Q on quit, at the end of input, on Ctrl+C and on SIGTERM, and ends after EXIT',
      async run(trial) {
        for (const how of ['quit', 'the end of its input', 'SIGINT', 'SIGTERM'] as const) {
          const guest = await openClient(trial, '老王');
          guest.client.write('我走了\n');
          await expectRequest(guest, 'C 老王 我走了');
          if (how === 'quit') guest.client.write('quit\n');
          else if (how === 'the end of its input') guest.client.endInput();
          else guest.client.signal(how);
          await expectRequest(guest, 'Q 老王', { leaving: how });
          await guest.say('EXIT');
          const exit = await guest.client.ended(`after ${how} and EXIT`);
          trial.must(exit.code === 0, {
            saw: `after ${how} the client ended with ${exit.signal ?? `status ${exit.code}`}.`,
            expected: 'status 0: nothing went wrong.',
            facts: { leaving: how },
          });
        }
      },
    },
    {
      id: 'client-processes',
      step: 6,
      points: 3,
      title: 'the client sends in one process and receives in another',
      async run(trial) {
        const guest = await openClient(trial, '老王');
        guest.client.write('你好\n');
        await expectRequest(guest, 'C 老王 你好');
        expectTwoProcesses(trial, guest.client);
      },
    },
    {
      id: 'client-refused',
      step: 6,
      points: 2,
      title: 'the client says in one line why it cannot come in or stay, and ends with status 1',
      async run(trial) {
        const server = await trial.datagrams('server');
        const refused = await startClient(trial, server.address.port, '老王');
        const { from } = await nextRequest(
          { trial, server, client: refused },
          'the request L 老王',
        );
        await server.send('FAIL 您的名字太受欢迎了', from);
        await expectTrouble(trial, refused, 'after FAIL').catch(
          withFound(async () => ({
            speaksOn: await speaks({ trial, server, client: refused }, '老王', '在吗'),
          })),
        );
        const alone = await startClient(trial, await freePort(trial.random), '老王');
        // A client whose socket is not connected cannot be told, and asks three times.
        await expectTrouble(trial, alone, 'when nobody was there', PATIENT);
        const guest = await openClient(trial, '老王');
        guest.client.write('你好\n');
        await expectRequest(guest, 'C 老王 你好');
        await guest.server.close();
        guest.client.write('还有人吗\n');
        // One whose socket is not connected learns of it only when it asks for an answer.
        if (!(await trial.happenings.rest(() => guest.client.exit !== undefined)))
          guest.client.write('quit\n');
        await expectTrouble(trial, guest.client, 'when the server was gone', PATIENT).catch(
          withFacts(() => ({
            unheard: guest.client.stderr.text.includes("Unhandled 'error' event"),
          })),
        );
      },
    },
    {
      id: 'client-words',
      step: 6,
      points: 2,
      title: 'the client stays when users called EXIT, FAIL and OK speak',
      async run(trial) {
        const server = await trial.datagrams('server');
        const client = await startClient(trial, server.address.port, '老王');
        const { from } = await nextRequest({ trial, server, client }, 'the request "L 老王"');
        const say = (text: string) => server.send(text, from);
        const guest = { trial, server, client, name: '老王', from, say };
        // What is still on its way to somebody who was in the room from the same address is no answer to L.
        await say('FAIL : 再见');
        await say('OK');
        await say('小李 : 你好');
        await expectPrinted(client, '小李 : 你好');
        const lines = [
          'EXIT : 大家好',
          'FAIL : 我也好',
          'OK 退出聊天室',
          'EXIT',
          'FAIL 退出聊天室',
        ];
        for (const line of lines) {
          await guest.say(line);
          if (line !== 'EXIT') await expectPrinted(guest.client, line, { word: line });
        }
        guest.client.write('我还在\n');
        await expectRequest(guest, 'C 老王 我还在', { word: 'EXIT' });
      },
    },
    {
      id: 'client-strangers',
      step: 6,
      points: 1,
      title: 'the client hears nobody but the server',
      async run(trial) {
        const guest = await openClient(trial, '老王');
        const stranger = await trial.datagrams('stranger');
        await stranger.send('管理员 : 给我密码', guest.from);
        await guest.say('小李 : 真的');
        await expectPrinted(guest.client, '小李 : 真的');
        trial.must(!guest.client.stdout.lines.includes('管理员 : 给我密码'), {
          saw: 'the client printed a line that came from another port than the server’s.',
          expected: 'it prints only what the server has sent.',
          facts: { strangerPrinted: true },
        });
      },
    },
    {
      id: 'client-asks-again',
      step: 6,
      points: 2,
      title:
        'the client asks again when L, Q or their answer is lost, and prints what comes meanwhile',
      async run(trial) {
        const guest = await openClient(trial, '老王', { loseFirst: true });
        guest.client.write('quit\n');
        await expectRequest(guest, 'Q 老王');
        // No EXIT: these two come from users with such names.
        const farewells = ['EXIT : 再见', 'FAIL : 我也走'];
        for (const line of farewells) await guest.say(line);
        await expectRequest(guest, 'Q 老王', { lost: 'Q' }, { mayRest: true }).catch(
          withFacts(() => ({ status: guest.client.exit?.code })),
        );
        await guest.say('EXIT');
        await guest.client.ended('after quit and EXIT');
        for (const line of farewells) {
          const times = guest.client.stdout.lines.filter((printed) => printed === line).length;
          trial.must(times === 1, {
            saw: `between its Q and EXIT the client got "${line}" once, and printed it ${times} times.`,
            expected: 'each message is printed once, also while the client waits for EXIT.',
            facts: { times },
          });
        }
      },
    },
    {
      id: 'client-gives-up',
      step: 6,
      points: 1,
      title: 'the client gives up when three requests stay without an answer',
      async run(trial) {
        const server = await trial.datagrams('server');
        const client = await startClient(trial, server.address.port, '老王');
        await expectTrouble(trial, client, 'when nobody had answered', PATIENT);
        trial.must(server.pending.length === 3, {
          saw: `the client sent ${server.pending.length} requests before it gave up.`,
          expected: 'three, one second apart.',
          facts: { tries: server.pending.length },
        });
      },
    },
    {
      id: 'client-burst',
      step: 6,
      points: 2,
      title: 'the client sends every line of a long input before its Q',
      async run(trial) {
        const guest = await openClient(trial, '老王');
        const total = 2_000;
        const lines = Array.from({ length: total }, (_, index) => `第 ${index + 1} 行`);
        guest.client.write(`${lines.join('\n')}\n`);
        guest.client.endInput();
        const got: string[] = [];
        for (;;) {
          const { text } = await nextRequest(guest, 'all 2,000 lines, then Q');
          if (text === 'Q 老王') break;
          got.push(text);
        }
        await guest.say('EXIT');
        // What the kernel had no room for at this end is not the client's fault.
        const dropped = droppedAt(guest.server.address.port);
        trial.must(got.length + dropped >= total, {
          saw: `${got.length.toLocaleString('en')} of 2,000 lines came, then Q.`,
          expected: 'all 2,000 lines, and then Q.',
          facts: { arrived: got.length },
        });
        await guest.client.ended('after its input and EXIT');
      },
    },
    {
      id: 'room',
      step: 6,
      points: 2,
      title: 'your server and two of your clients make a chat room',
      async run(trial) {
        const room = await openRoom(trial);
        const { port } = room.address;
        const watcher = await enter(room, 'bob');
        const first = await startClient(trial, port, '老王', '老王');
        await expectText(room, watcher, '欢迎 老王 进入聊天室');
        const second = await startClient(trial, port, '小李', '小李');
        await expectPrinted(first, '欢迎 小李 进入聊天室');
        second.write('你好，老王\n');
        await expectPrinted(first, '小李 : 你好，老王').catch(
          withFacts(() => ({ addresses: addressesOf(second) })),
        );
        first.write('吃了么\n');
        await expectPrinted(second, '老王 : 吃了么');
        second.write('quit\n');
        await expectPrinted(first, '小李 退出聊天室');
        await expectGoodEnd(trial, second, 'after quit');
        first.endInput();
        await expectGoodEnd(trial, first, 'at the end of its input');
      },
    },
  ],
  diagnoses: [
    {
      id: 'object-as-map',
      when: ({ oddName, wanted, twinEnters, silent, ended, spins }) =>
        OF_EVERY_OBJECT.includes(oddName as string) &&
        (twinEnters === true ||
          (wanted !== 'OK' && silent === true && ended === false && spins !== true)),
      cause: ({ oddName }) =>
        `every object of JavaScript has a ${oddName} from the start, so {} is no table of names. A Map holds only what you put in.`,
      step: 2,
      hint: 3,
    },
    {
      id: 'counts-units',
      when: ({ oddName, heard, twinEnters }) =>
        /^(😀|好)+$/u.test(String(oddName)) && firstWord(heard) === 'FAIL' && twinEnters === true,
      cause: () =>
        'the length was counted in bytes or in units of a JavaScript string. 20 emoji are 40 units and 80 bytes, but 20 characters.',
      step: 2,
      hint: 2,
    },
    {
      id: 'crash-on-datagram',
      when: ({ check, crash, request }) =>
        check === 'bad-request' && crash !== undefined && request !== undefined,
      cause: ({ request }) =>
        `this datagram ended the server: ${request}. Anybody can send anything to a UDP port, so every part of it may be missing.`,
      step: 1,
      hint: 2,
    },
    {
      id: 'not-utf8',
      when: ({ notText, heard }) =>
        notText === true && heard !== undefined && firstWord(heard) !== 'FAIL',
      cause: () =>
        'bytes that are no UTF-8 were decoded all the same. toString() does not complain: it puts � where it cannot read.',
      step: 1,
      hint: 3,
    },
    {
      id: 'bad-request-ignored',
      when: ({ check, silent, ended, spins, request }) =>
        (check === 'bad-request' || check === 'fake-line') &&
        silent === true &&
        ended === false &&
        spins !== true &&
        request !== undefined,
      cause: () =>
        'the server says nothing to what it cannot read. Its sender would wait for ever: the answer is FAIL and a reason.',
      step: 1,
      hint: 3,
    },
    {
      id: 'rest-thrown-away',
      when: ({ check, request, heard }) =>
        check === 'bad-request' && request === '"L bob smith"' && heard === 'OK',
      cause: () =>
        'the request was cut at its spaces, and what came after the name was thrown away. bob smith is no name, and bob has not asked.',
      step: 1,
      hint: 3,
    },
    {
      id: 'name-twice',
      when: ({ nameTwice, heard }) => nameTwice === true && heard === 'OK',
      cause: () => 'nobody looks whether the name is taken, so the second one replaces the first.',
      hint: 2,
    },
    {
      id: 'two-names',
      when: ({ twoNames, heard }) => twoNames === true && heard === 'OK',
      cause: () =>
        'nobody looks whether this address is in the room already. Under two names it would hear everything twice.',
      hint: 2,
    },
    {
      id: 'admin-name-free',
      when: ({ badName, heard }) => String(badName).includes('管理员') && heard === 'OK',
      cause: () =>
        '管理员 is the name that the server speaks under. Whoever has it in their own can pretend to be the server.',
      hint: 3,
    },
    {
      id: 'newcomer-notice',
      when: ({ who, heard }) => heard === `欢迎 ${who} 进入聊天室`,
      cause: () =>
        'the newcomer was in the table when the notice went to everybody in it, so it was sent to the newcomer, too.',
      step: 2,
      hint: 2,
    },
    {
      id: 'first-ok-lost',
      when: ({ askedAgain, heard }) => askedAgain === true && firstWord(heard) === 'FAIL',
      cause: () =>
        'the name is taken, but by the very address that asks. Its first OK was lost on the way, and now it can never come in.',
      hint: 2,
    },
    {
      id: 'notice-twice',
      when: ({ askedAgain, heard }) => askedAgain === true && heard === '欢迎 小李 进入聊天室',
      cause: () =>
        'who asks a second time gets a second OK, but has come in only once. The others are told once.',
      hint: 3,
    },
    {
      id: 'hears-itself',
      when: ({ toSelf, heard }) => toSelf !== undefined && heard === toSelf,
      cause: () =>
        'the message goes to everybody in the table, and the one who speaks is in it, too.',
      hint: 2,
    },
    {
      id: 'not-to-all',
      when: ({ othersHear, silent, ended, spins }) =>
        othersHear === true && silent === true && ended === false && spins !== true,
      cause: ({ who }) =>
        `another one has heard it, ${String(who)} has not. Is the datagram sent once for each user, inside the loop?`,
      hint: 3,
    },
    {
      id: 'rest-of-text-lost',
      when: ({ spaced, heard, wanted }) =>
        spaced === true && heard !== undefined && String(wanted).startsWith(`${heard} `),
      cause: () =>
        'only the first word of the text arrives. The number in split(" ", 3) does not mean what it means in Python: JavaScript throws the rest away.',
      step: 1,
      hint: 3,
    },
    {
      id: 'spaces-changed',
      when: ({ spaced, typing, heard, wanted }) =>
        (spaced === true || typing === true) &&
        heard !== undefined &&
        heard !== wanted &&
        withoutSpaces(heard) === withoutSpaces(wanted),
      cause: () =>
        'spaces are part of what somebody says. trim() removes those at the ends; split and join make one of many.',
      hint: 3,
    },
    {
      id: 'text-cut',
      when: ({ long, heard, wanted }) =>
        long === true && heard !== undefined && String(wanted).startsWith(String(heard)),
      cause: () =>
        'the end of the text is missing. What does not fit into a receive buffer, as in recvfrom(1024), is lost for good.',
      hint: 3,
    },
    {
      id: 'long-refused',
      when: ({ long, refused }) => long === true && refused === true,
      cause: () =>
        'the server answers FAIL to a long text. A datagram may be longer than a packet of the network: IP cuts it up and puts it together again, up to 65,507 bytes.',
      step: 1,
      hint: 2,
    },
    {
      id: 'admin-spoofed',
      when: ({ stranger, heard }) => stranger === '管理员' && heard === '管理员 : 放假了',
      cause: () =>
        'the server takes words of 管理员 from the network, where anybody can send them. They may come from its own console only.',
      hint: 3,
    },
    {
      id: 'stranger-heard',
      when: ({ stranger, heard }) => stranger === '路人' && heard === '路人 : 放假了',
      cause: () => 'nobody looks whether the one who speaks is in the room.',
      hint: 3,
    },
    {
      id: 'spoofed',
      when: ({ spoofed, heard }) => spoofed !== undefined && heard === spoofed,
      cause: () =>
        'everybody may know a name. That the datagram comes from the address that logged in with it is what makes it theirs.',
      hint: 2,
    },
    {
      id: 'no-reason',
      when: ({ noReason }) => noReason === true,
      cause: () => 'nothing stands behind FAIL. Whoever is refused wants to know why.',
      step: 1,
      hint: 3,
    },
    {
      id: 'fake-line',
      when: ({ fakeLine, heard }) => fakeLine === true && /\p{Cc}/u.test(String(heard)),
      cause: ({ heard }) =>
        String(heard).includes('\n')
          ? 'the text held a line end. On the screens of the others a second line appears, and it looks like one of the administrator.'
          : 'the text held a control character (/\\p{Cc}/u). It moves the cursor on the screens of the others: what they read there could be anybody’s.',
      step: 1,
      hint: 3,
    },
    {
      id: 'quit-verb',
      when: ({ answersE }) => answersE === true,
      cause: () => 'the server waits for E, but the word for leaving is Q.',
      hint: 3,
    },
    {
      id: 'exit-not-sent',
      when: ({ quitting, silent, ended, spins }) =>
        quitting !== undefined && silent === true && ended === false && spins !== true,
      cause: () =>
        'the one who leaves gets no EXIT. Perhaps the address was deleted before it was used: the datagram itself brings it along.',
      step: 4,
      hint: 3,
    },
    {
      id: 'leaver-hears-notice',
      when: ({ quitting, leftAlready, heard }) =>
        heard !== undefined && heard === `${quitting ?? leftAlready} 退出聊天室`,
      cause: () =>
        'the notice also goes to the one who leaves. Take the name out of the table first, then tell those who are still in it.',
      step: 4,
      hint: 2,
    },
    {
      id: 'name-kept',
      when: ({ comesBack, leftAlready, heard, nameFree }) =>
        (comesBack === true && firstWord(heard) === 'FAIL') ||
        (leftAlready !== undefined && heard === 'EXIT' && nameFree === false),
      cause: () => 'the user has left, but the name is still in the table, so it counts as taken.',
      hint: 2,
    },
    {
      id: 'exit-twice',
      when: ({ leftAlready, heard, nameFree }) =>
        leftAlready !== undefined && heard === 'EXIT' && nameFree === true,
      cause: () =>
        'a name that is in nobody’s hands gets EXIT, too. Only L is answered the same again; to Q without a login the answer is FAIL.',
      hint: 3,
    },
    {
      id: 'address-kept',
      when: ({ check, leftAlready, heard }) =>
        check === 'come-back' &&
        leftAlready !== undefined &&
        (firstWord(heard) === 'FAIL' || heard === '老王 : 你回来了'),
      cause: () =>
        'the name is free again, but the address that had it is still noted somewhere as one of a user who is here.',
      hint: 2,
    },
    {
      id: 'quits-for-others',
      when: ({ sentOut }) => sentOut === true,
      cause: () =>
        'somebody else said Q 老王, and 老王 was sent out. The address must be looked at for Q as well as for C.',
      hint: 2,
    },
    {
      id: 'one-process',
      when: ({ oneProcess }) => oneProcess === true,
      cause: () =>
        'one loop does both. In Node that works well, and the note says so; the task of this step is to start a second process with fork().',
      hint: 2,
    },
    {
      id: 'one-line-only',
      when: ({ typed, before, silent, ended, spins }) =>
        typed !== undefined &&
        Number(before) > 0 &&
        silent === true &&
        ended === false &&
        spins !== true,
      cause: () =>
        'the first line came through, the next one did not. once() hears one event, and await waits for one: a loop, or on(), takes each.',
      hint: 3,
    },
    {
      id: 'console-not-heard',
      when: ({ typed, silent, ended, spins }) =>
        typed !== undefined && silent === true && ended === false && spins !== true,
      cause: () =>
        'the line did not come from the keyboard to the room. Either the console is not started with fork(), or nobody listens for its messages.',
      hint: 3,
    },
    {
      id: 'ends-with-input',
      when: ({ inputEnded, ended, crash }) =>
        inputEnded === true && ended === true && crash === undefined,
      cause: () =>
        'the server ends when its console does. The end of the input ends the console only: the users are still there.',
      hint: 3,
    },
    {
      id: 'channel-open',
      when: ({ stillRunning, serves, spins }) =>
        stillRunning === true && serves === false && spins !== true,
      cause: () =>
        'the server answers no more, but something keeps the process alive: as a rule the channel to the console, which disconnect() closes.',
      hint: 3,
    },
    {
      id: 'channel-closed-twice',
      when: ({ crash, inputEnds }) =>
        inputEnds === true && crash?.message.includes('ERR_IPC_DISCONNECTED') === true,
      cause: () =>
        'at the end of its input the console has closed the channel already, and disconnect() on a closed channel is an error. Look at `connected` first.',
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
      id: 'no-goodbye',
      when: ({ leaving, silent, ended, crash }) =>
        leaving !== undefined && silent === true && ended === true && crash === undefined,
      cause: ({ leaving }) =>
        `the client ends on ${leaving} without Q. The server cannot see that: the name stays taken, and the others are never told.`,
      hint: 3,
    },
    {
      id: 'quit-not-noticed',
      when: ({ leaving, silent, ended, spins }) =>
        leaving !== undefined && silent === true && ended === false && spins !== true,
      cause: ({ leaving }) => `nothing in the client notices ${leaving}.`,
      hint: 3,
    },
    {
      id: 'client-stays',
      when: ({ check, stillRunning, spins }) =>
        check === 'client-leaves' && stillRunning === true && spins !== true,
      cause: () =>
        'EXIT has come, but the client runs on. Either it did not take this for its answer, or something keeps it alive: the socket, the keyboard, or the channel to its child.',
      hint: 3,
    },
    {
      id: 'blank-line',
      when: ({ typing, typed, heard }) =>
        (typing === true && /^C 老王 \s*$/u.test(String(heard))) ||
        (typed !== undefined && /^管理员 : \s*$/u.test(String(heard))),
      cause: () => 'a line that holds nothing, or only spaces, was sent as well.',
      hint: 3,
    },
    {
      id: 'waits-per-line',
      when: ({ goesOnWhenAnswered }) => goesOnWhenAnswered === true,
      cause: () =>
        'the client waits for an answer before it sends the next line. To C the server answers nothing.',
      hint: 1,
    },
    {
      id: 'word-taken-for-answer',
      when: ({ word, lost, silent, ended, printed, status, crash, spins }) =>
        crash === undefined &&
        spins !== true &&
        ((word !== undefined && (ended === true || printed !== undefined)) ||
          (lost === 'Q' && silent === true && status === 0)),
      cause: () =>
        'a word of a user was taken for a word of the protocol. EXIT counts only if it is the whole datagram, and only after your own Q.',
      hint: 3,
    },
    {
      id: 'not-asked-again',
      when: ({ lost, silent, ended, spins }) =>
        lost !== undefined && silent === true && ended === false && spins !== true,
      cause: ({ lost }) =>
        `the request ${lost} was lost, and the client waits for an answer that cannot come. Over UDP the one who asks must ask again.`,
      hint: 4,
    },
    {
      id: 'printed-twice',
      when: ({ times }) => typeof times === 'number' && times > 1,
      cause: () =>
        'two parts of the client listen at the same time: the one that prints, and ask(), which prints what is no answer. The first must stop when the second begins.',
      hint: 3,
    },
    {
      id: 'waits-for-ever',
      when: ({ check, trouble, stillRunning, stderr, spins }) =>
        stillRunning === true &&
        stderr === '' &&
        spins !== true &&
        (check === 'client-gives-up' || trouble === 'when nobody was there'),
      cause: () => 'nobody answers, and the client waits without end. It needs a limit.',
      hint: 4,
    },
    {
      id: 'refusal-ignored',
      when: ({ trouble, stillRunning, speaksOn }) =>
        trouble === 'after FAIL' && stillRunning === true && speaksOn === true,
      cause: () => 'the server has said FAIL, and the client goes on as if it were in the room.',
      hint: 3,
    },
    {
      id: 'error-unheard',
      when: ({ trouble, unheard }) => trouble === 'when the server was gone' && unheard === true,
      cause: () =>
        'the server is gone, and the kernel has told the socket so. An error event that nobody listens for ends the program with a stack, and not with one line: listen for it also while the user types.',
      hint: 3,
    },
    {
      id: 'stranger-printed',
      when: ({ strangerPrinted }) => strangerPrinted === true,
      cause: () =>
        'a UDP socket takes datagrams from anybody. connect() lets only those of the server through; or compare where each comes from.',
      hint: 2,
    },
    {
      id: 'burst-lost',
      // One line and no more: then the client may have waited for an answer to it.
      when: ({ arrived }) => arrived !== undefined && arrived !== 1,
      cause: () =>
        'a process ended, or its channel was closed, while lines were still on their way through it. process.send() only queues: its callback tells when a message is gone.',
      hint: 3,
    },
    {
      id: 'two-addresses',
      when: ({ check, addresses }) =>
        check === 'room' && typeof addresses === 'number' && addresses > 1,
      cause: () =>
        'the client has two sockets, so two addresses. The server knows the one that has logged in, and refuses what comes from the other. One process has the socket; the other hands its requests over.',
      hint: 2,
    },
  ],
});

// --- what is sent ---

const BAD_REQUESTS: readonly (string | Buffer)[] = [
  'L',
  'xL bob',
  'C bob',
  'C bob ',
  '',
  'L ',
  'C  hi',
  'Q',
  'X bob',
  'l bob',
  'E bob',
  'Lbob',
  'hello',
  'L bob smith',
  'L bob\n',
  Buffer.from([0x4c, 0x20, 0xff, 0xfe]),
];

/** Names that every object of JavaScript has from the start. */
const OF_EVERY_OBJECT = ['constructor', '__proto__', 'toString'];

const ODD_NAMES = [
  ...OF_EVERY_OBJECT,
  'OK',
  'EXIT',
  'FAIL',
  '1',
  'C',
  '😀'.repeat(20),
  '好'.repeat(20),
];

/** For names that may be refused for a reason of their own: one of the same letters that has no such reason. */
const TWINS = new Map([
  ['constructor', 'constructer'],
  ['__proto__', '__prota__'],
  ['toString', 'toStrong'],
  ['😀'.repeat(20), '😎'],
  ['好'.repeat(20), '汉'],
]);

/** Bytes that are no request, whatever they begin with: ff never stands in UTF-8. */
function rubbish({ random }: Trial): Buffer {
  const beginning = random.pick(['', 'L', 'L ', 'C ', 'C bob ', 'Q ', '管理员']);
  return Buffer.concat([
    Buffer.from(beginning),
    random.bytes(random.int(0, 40)),
    Buffer.from([0xff]),
  ]);
}

// --- users that the check plays, and a server that is judged ---

interface Room {
  readonly trial: Trial;
  readonly server: Program;
  readonly address: Address;
  /** True where notices of newcomers are what is judged. Elsewhere those that are not waited for are skipped. */
  readonly everyNotice: boolean;
}

async function openRoom(trial: Trial, { everyNotice = false } = {}): Promise<Room> {
  const server = await trial.start('server', ['--port', '0']);
  return { trial, server, address: await server.ready(), everyNotice };
}

/** Logs somebody in. */
async function enter(room: Room, name: string): Promise<DatagramPeer> {
  const user = await room.trial.datagrams(name, room.address);
  await user.send(`L ${name}`);
  await expectText(room, user, 'OK');
  return user;
}

/** Logs them in, one after the other. */
async function enterAll<Names extends readonly string[]>(
  room: Room,
  names: readonly [...Names],
): Promise<{ [Index in keyof Names]: DatagramPeer }> {
  const users: DatagramPeer[] = [];
  for (const name of names) users.push(await enter(room, name));
  return users as { [Index in keyof Names]: DatagramPeer };
}

/** Whether somebody new can come in under this name. */
async function canEnter(room: Room, name: string | undefined): Promise<boolean> {
  if (name === undefined || room.server.exit) return false;
  return await holds(enter(room, name));
}

/** Whether the server still answers a user who is in the room. */
async function stillKnows(room: Room, user: DatagramPeer, name: string): Promise<boolean> {
  await user.send(`L ${name}`);
  return await holds(expectText(room, user, 'OK'));
}

type Facts = Failure['facts'];

/** Waits for what a user hears next, and no longer than the server lives. */
async function hear(
  { trial, server, everyNotice }: Room,
  user: DatagramPeer,
  expected: string,
  facts: Facts,
): Promise<Datagram> {
  const nothing = () =>
    new Failure({
      verdict: server.exit ? 'crashed' : 'timed out',
      saw: server.exit
        ? `${user.actor} got nothing: the server has ended.`
        : `${user.actor} got nothing.`,
      expected,
      facts: { ...facts, who: user.actor, silent: true, ended: server.exit !== undefined },
    });
  for (;;) {
    await trial.happenings.until(() => {
      if (user.pending.length > 0) return true;
      if (server.exit) throw nothing();
      return undefined;
    }, nothing);
    const datagram = await user.receive(expected);
    if (everyNotice || datagram.text === facts.wanted) return datagram;
    if (!/^欢迎 .+ 进入聊天室$/u.test(datagram.text)) return datagram;
  }
}

/** The next thing that a user hears must be this. */
async function expectText(room: Room, user: DatagramPeer, wanted: string, facts: Facts = {}) {
  const expected = `${user.actor} gets ${showText(Buffer.from(wanted), 60)}.`;
  const datagram = await hear(room, user, expected, { wanted, ...facts });
  room.trial.must(datagram.bytes.equals(Buffer.from(wanted)), {
    saw: `${user.actor} got ${showDatagram(datagram)}.`,
    expected,
    facts: { wanted, heard: datagram.text, who: user.actor, ...facts },
  });
}

/** The next thing that a user hears must be FAIL, as the answer to `request`. Returns all of it. */
async function expectRefusal(
  room: Room,
  user: DatagramPeer,
  request: string | Buffer,
  facts: Facts = {},
): Promise<string> {
  const bytes = Buffer.from(request);
  const shown = bytes.length === 0 ? 'an empty datagram' : showText(bytes, 60);
  const all = { request: shown, notText: !isUtf8(bytes), ...facts };
  const expected = `the answer to ${shown} is FAIL and a reason.`;
  const datagram = await hear(room, user, expected, all);
  room.trial.must(firstWord(datagram.text) === 'FAIL', {
    saw: `after ${shown}, ${user.actor} got ${showDatagram(datagram)}.`,
    expected,
    facts: { heard: datagram.text, who: user.actor, ...all },
  });
  return datagram.text;
}

async function expectFail(
  room: Room,
  user: DatagramPeer,
  request: string | Buffer,
  facts: Facts = {},
): Promise<string> {
  await user.send(request);
  return expectRefusal(room, user, request, facts);
}

/** The answer to Q. If it is not EXIT, a second question finds out whether the server knows another word for leaving. */
async function expectExit(room: Room, user: DatagramPeer, name: string) {
  try {
    await expectText(room, user, 'EXIT', { quitting: name });
  } catch (error) {
    if (!(error instanceof Failure) || room.server.exit) throw error;
    const heard: string[] = [];
    await user.send(`E ${name}`);
    try {
      while (heard.at(-1) !== 'EXIT') heard.push((await hear(room, user, 'EXIT', {})).text);
    } catch (silence) {
      if (!(silence instanceof Failure)) throw silence;
    }
    // A late answer to Q is no answer to E.
    throw error.with({
      answersE: heard.at(-1) === 'EXIT' && error.facts.heard !== undefined,
    });
  }
}

/** Waits until everything sleeps, and fails if the server has ended by then. */
async function staysAlive(trial: Trial, server: Program) {
  class AllAsleep extends Error {}
  const gone = () =>
    new Failure({
      verdict: 'crashed',
      saw: 'the server has ended.',
      expected: 'its input has ended, but it goes on serving.',
      facts: { inputEnded: true, ended: true },
    });
  try {
    await trial.happenings.until(
      () => {
        if (server.exit) throw gone();
        return undefined;
      },
      () => new AllAsleep(),
    );
  } catch (error) {
    if (!(error instanceof AllAsleep)) throw error;
  }
}

/** Where there is no /proc, nothing can be seen, and nothing is demanded. */
function expectTwoProcesses(trial: Trial, program: Program) {
  const count = program.family().filter(({ state }) => state !== 'Z').length;
  trial.must(count !== 1, {
    saw: `the ${program.program} is one process.`,
    expected: 'two: one waits for the network, one for the keyboard.',
    facts: { oneProcess: true },
  });
}

// --- a client that is judged, and a server that the check plays ---

interface Guest {
  readonly trial: Trial;
  readonly server: DatagramPeer;
  readonly client: Program;
}

interface GuestInside extends Guest {
  readonly name: string;
  /** Where the client's datagrams come from. */
  readonly from: Address;
  /** Sends a datagram to the client. */
  say(text: string): Promise<void>;
}

function startClient(trial: Trial, port: number, name: string, actor = 'client') {
  return trial.start('client', ['--port', String(port), name], { actor });
}

/** Starts a client and lets it in. */
async function openClient(
  trial: Trial,
  name: string,
  { loseFirst = false } = {},
): Promise<GuestInside> {
  const server = await trial.datagrams('server');
  const client = await startClient(trial, server.address.port, name);
  const outside = { trial, server, client };
  const request = `L ${name}`;
  let asked = await nextRequest(outside, `the request "${request}"`);
  mustBe(trial, asked, request, {});
  if (loseFirst) {
    const again = `"${request}" again, as nobody has answered`;
    asked = await nextRequest(outside, again, { lost: 'L' }, { mayRest: true });
    mustBe(trial, asked, request, { lost: 'L' });
  }
  const { from } = asked;
  await server.send('OK', from);
  return { ...outside, name, from, say: (text) => server.send(text, from) };
}

/** Waits for what the client sends next, and no longer than it lives. */
async function nextRequest(
  { trial, server, client }: Guest,
  expected: string,
  facts: Facts = {},
  options = {},
): Promise<Datagram> {
  const nothing = () =>
    new Failure({
      verdict: client.exit ? 'failed' : 'timed out',
      saw: client.exit
        ? 'the client has ended, and sent nothing more.'
        : 'the client sent nothing.',
      expected: `the client sends ${expected}.`,
      facts: { ...facts, silent: true, ended: client.exit !== undefined },
    });
  await trial.happenings.until(
    () => {
      if (server.pending.length > 0) return true;
      if (client.exit) throw nothing();
      return undefined;
    },
    nothing,
    options,
  );
  return server.receive(expected);
}

/** The next request of the client must be this. One that was asked again because this check was slow is answered again. */
async function expectRequest(guest: GuestInside, wanted: string, facts: Facts = {}, options = {}) {
  const shown = `"${wanted}"`;
  let datagram = await nextRequest(guest, shown, facts, options);
  while (datagram.text === `L ${guest.name}`) {
    await guest.say('OK');
    datagram = await nextRequest(guest, shown, facts, options);
  }
  mustBe(guest.trial, datagram, wanted, facts);
}

function mustBe(trial: Trial, datagram: Datagram, wanted: string, facts: Facts) {
  trial.must(datagram.bytes.equals(Buffer.from(wanted)), {
    saw: `the client sent ${showDatagram(datagram)}.`,
    expected: `the client sends "${wanted}".`,
    facts: { wanted, heard: datagram.text, ...facts },
  });
}

/** Whether the client sends this as soon as it has got some datagram. */
async function sendsWhenAnswered(guest: GuestInside, wanted: string): Promise<boolean> {
  await guest.say('OK');
  return await holds(expectRequest(guest, wanted));
}

/** Whether the client sends a line that is typed now. */
async function speaks(outside: Guest, name: string, line: string): Promise<boolean> {
  outside.client.write(`${line}\n`);
  return await holds(
    nextRequest(outside, 'the line').then((datagram) =>
      mustBe(outside.trial, datagram, `C ${name} ${line}`, {}),
    ),
  );
}

/** How many UDP addresses a program and its children have. */
function addressesOf(program: Program): number {
  const open = program.listeners().filter(({ protocol }) => protocol === 'udp');
  return new Set(open.map(({ port }) => port)).size;
}

async function expectPrinted(client: Program, wanted: string, facts: Facts = {}) {
  try {
    await client.line((line) => line === wanted, `a line on its stdout: ${wanted}`);
  } catch (error) {
    throw error instanceof Failure
      ? error.with({ ...facts, ended: client.exit !== undefined })
      : error;
  }
}

/** A client that gets no EXIT asks again, and gives up: so there is time for that. */
async function expectGoodEnd(trial: Trial, client: Program, when: string) {
  const exit = await client.ended(when, PATIENT);
  const said = client.stderr.lines[0];
  trial.must(exit.code === 0, {
    saw: `${when} ${client.actor}'s client ended with ${exit.signal ?? `status ${exit.code}`}${said === undefined ? '.' : `: ${said}`}`,
    expected: 'the server answers EXIT, and the client ends with status 0.',
  });
}

/** One line on stderr, and status 1. */
async function expectTrouble(trial: Trial, client: Program, when: string, options = {}) {
  let exit;
  try {
    exit = await client.ended(when, options);
  } catch (error) {
    throw error instanceof Failure ? error.with({ trouble: when }) : error;
  }
  const { lines } = client.stderr;
  trial.must(exit.code === 1 && lines.length === 1 && lines[0]?.startsWith('client: ') === true, {
    saw: `${when} the client ended with ${exit.signal ?? `status ${exit.code}`} and ${lines.length} lines on stderr${lines[0] === undefined ? '' : `: ${lines[0]}`}`,
    expected: 'status 1 and one line, for example: client: 127.0.0.1:8888: nobody is there',
    facts: { trouble: when },
  });
}

/** How many datagrams the kernel has thrown away at this port because nobody took them in time: proc(5), /proc/net/udp. */
function droppedAt(port: number): number {
  let table;
  try {
    table = readFileSync('/proc/net/udp', 'utf8');
  } catch (error) {
    // No such table on this system: then nothing can be said about a loss.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Number.POSITIVE_INFINITY;
    throw error;
  }
  const hexPort = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  return Number(rows.find((fields) => fields[1]?.endsWith(hexPort))?.at(-1) ?? 0);
}

// --- for failures and diagnoses ---

/** Like {@link withFacts}: what has to be asked of the programs is asked only when something has failed. */
function withFound(find: (facts: Facts) => Promise<Facts>): (error: unknown) => Promise<never> {
  return async (error) => {
    throw error instanceof Failure ? error.with(await find(error.facts)) : error;
  };
}

/** Whether a step of a check succeeds. */
async function holds(step: Promise<unknown>): Promise<boolean> {
  try {
    await step;
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

function firstWord(text: unknown): string {
  return typeof text === 'string' ? (text.split(' ')[0] ?? '') : '';
}

function withoutSpaces(text: unknown): string {
  return String(text).replace(/\s+/g, '');
}
