// The graded checks of process-class: the class is played from outside, by commands to a program that has children, and
// what it says of them is held against what the kernel says in /proc.
import { canSeeChildren, childrenOf, killChild, send, watch } from '#harness/children';
import {
  asleep,
  childrenOf as kernelsChildrenOf,
  hasEnded,
  processRow,
  read,
  waitsForChild,
} from '#harness/proc';
import { Failure, lesson, type Program, type Trial } from '#harness';

/** The file for which a child waits. */
const DOOR = '门';

export default lesson({
  lesson: 'process-class',
  steps: [
    'Start a child',
    'Wait for it',
    'How it ended',
    'No longer than a time',
    'Promises, and a class of your own',
    'When the parent ends',
  ],
  checks: [
    {
      id: 'in-a-child',
      step: 1,
      points: 7,
      title: 'runs the target in a child process, with its arguments one by one, and knows its pid',
      async run(trial) {
        const play = await startPlay(trial);
        const pid = await waitingChild(trial, play, '小红');
        await openDoor(trial);
        const [, said] = await spoken(trial, play, /^child (\d+): has seen 门$/);
        trial.must(Number(said) === pid, {
          saw: `start() says that 小红 is process ${pid}; its target ran in process ${said}.`,
          expected: 'the target runs in the child, and in no other process.',
          facts: { otherPid: true },
        });
        const words = ['你好', `${trial.random.int(10, 99)}`, '世界'];
        await make(trial, play, '小明', `say ${words.join(' ')}`);
        await start(trial, play, '小明');
        const [line, got] = await spoken(trial, play, /^child \d+: says (.*)$/);
        trial.must(got === words.join('、'), {
          saw: `the arguments were ${words.join(', ')}; the child printed: ${line}.`,
          expected: `child <pid>: says ${words.join('、')}`,
          facts: { words, heard: got },
        });
      },
    },
    {
      id: 'goes-no-further',
      step: 1,
      points: 7,
      title:
        'the child ends with its target, what follows start() is for the parent alone, and no process is started twice',
      async run(trial) {
        const play = await startPlay(trial);
        const pid = await waitingChild(trial, play, '小红');
        const answer = await ask(trial, play, 'start 小红');
        const children = childrenOf(play.program).length;
        trial.must(isRefusal(answer) && children === 1, {
          saw: `start() was called a second time: ${answer}. The parent has ${children} children.`,
          expected: 'an Error is thrown, and there is one child.',
          facts: { secondStart: true, children, refused: isRefusal(answer) },
        });
        await openDoor(trial);
        await spoken(trial, play, /^child \d+: has seen/);
        play.program.endInput();
        await endOf(play);
        trial.must(hasEnded(pid), {
          saw: `the target has returned, the parent has ended, and process ${pid} is still there.`,
          expected: 'the child ends when its target returns.',
          facts: { wentOn: true },
        });
        const times = play.program.stdout.lines.filter((line) => line.startsWith('小红: runs as'));
        trial.must(times.length === 1, {
          saw: `what follows start() was done ${times.length} times: ${times.join(' / ')}.`,
          expected: 'once, by the parent.',
        });
      },
    },
    {
      id: 'names',
      step: 1,
      points: 3,
      title: 'has the name it was given, or Process-1, Process-2 … in the order of making',
      async run(trial) {
        const play = await startPlay(trial);
        const names = [];
        for (const given of ['-', '小红', '-', '-']) {
          play.program.write(`new ${given} say 你好\n`);
          const [, name = ''] = await spoken(trial, play, /^(.+): is new$/);
          names.push(name);
        }
        const expected = ['Process-1', '小红', 'Process-3', 'Process-4'];
        trial.must(names.join() === expected.join(), {
          saw: `four processes were made, the second one with a name: ${names.join(', ')}.`,
          expected: `${expected.join(', ')}.`,
          facts: { names },
        });
      },
    },
    {
      id: 'hello',
      step: 2,
      points: 4,
      title: 'a closure is a target like any other, and what it changes is its own copy',
      async run(trial) {
        const more = trial.random.int(10, 99);
        const play = await startProgram(trial, 'hello', ['老王', `${more}`]);
        await endOf(play, { told: () => isTold(play) });
        const { lines } = play.program.stdout;
        const [, pid] =
          /: 问候 runs as (\d+)$/.exec(lines.find((line) => /runs as/.test(line)) ?? '') ?? [];
        const expected = [
          `parent ${play.program.pid}: 问候 runs as ${pid}`,
          `child ${pid}: 你好，老王! count is ${1 + more}`,
          `parent ${play.program.pid}: it ended with 0; count is 1`,
        ];
        const missing = expected.find((line) => !lines.includes(line));
        trial.must(missing === undefined && lines.length === 3, {
          saw: `hello printed: ${lines.join(' / ')}.`,
          expected: missing ?? 'three lines, and no more.',
          facts: {
            joinEarly: lines.some((line) => line.includes('it ended with undefined')),
            asText: lines.includes(`child ${pid}: 你好，老王! count is 1${more}`),
          },
        });
        expectStatus(trial, play, 0);
      },
    },
    {
      id: 'join-waits',
      step: 2,
      points: 9,
      title:
        'join() comes back when its own child has ended, no other and not before; no zombie is left',
      async run(trial) {
        const play = await startPlay(trial);
        const pid = await waitingChild(trial, play, '小红');
        const other = await waitingChild(trial, play, '小明');
        play.program.write('join 小红\n');
        // 小明 ends first, and is a zombie from then on: whoever waits for any child gets him.
        killChild(trial, other);
        await waitForEnd(trial, play, other);
        await settle(trial, play, () => isOver(play, '小红'));
        const over = overLine(play, '小红') ?? '';
        trial.must(over === '', {
          saw: `小明 has ended, and 小红, process ${pid}, runs; her join() came back: ${over}.`,
          expected: 'join() waits until its own child has ended.',
          facts: { joinEarly: over.endsWith('undefined'), others: /-?\d$/.test(over) },
        });
        await openDoor(trial);
        const told = () => processRow(pid) === undefined;
        const code = await joined(trial, play, '小红', { others: true, told });
        const facts = { pid, others: code === '-9' };
        expectCode(trial, code, 0, `小明 was killed, then ${pid} returned`, facts);
        const { state } = processRow(pid) ?? {};
        trial.must(state === undefined, {
          saw: `join() is over, and process ${pid} is still there, in state ${state}${state === 'Z' ? ': a zombie' : ''}.`,
          expected: 'waitpid() has reaped it: the kernel does not know it any more.',
          facts: { zombie: state === 'Z' },
        });
        play.program.write('join 小明\n');
        await joined(trial, play, '小明', { others: true });
      },
    },
    {
      id: 'alive',
      step: 2,
      points: 5,
      title: 'isAlive() and exitCode know that the child has ended, joined or not, and reap it',
      async run(trial) {
        const play = await startPlay(trial);
        const pid = await waitingChild(trial, play, '小红');
        const other = await waitingChild(trial, play, '小明');
        await expectAnswer(trial, play, 'alive 小红', 'is alive', `process ${pid} runs`);
        await openDoor(trial);
        for (const child of [pid, other]) await waitForEnd(trial, play, child);
        const when = `process ${pid} has ended, and nobody has joined it`;
        const facts = { unjoined: true, gone: () => processRow(pid) === undefined };
        await expectAnswer(trial, play, 'alive 小红', 'is not alive', when, facts);
        await expectAnswer(trial, play, 'code 小红', `pid ${pid}, exit code 0`, when, facts);
        // Of this one exitCode is the first to hear.
        await expectAnswer(
          trial,
          play,
          'code 小明',
          `pid ${other}, exit code 0`,
          `process ${other} has ended, and nobody has asked for it`,
          { codeFirst: true },
        );
        for (const child of [pid, other]) {
          trial.must(processRow(child) === undefined, {
            saw: `the parent knows that process ${child} has ended, and it is still a zombie.`,
            expected: 'who learns from waitpid() that a child has ended has reaped it.',
            facts: { zombie: true },
          });
        }
      },
    },
    {
      id: 'not-started',
      step: 2,
      points: 3,
      title: 'before start() there is no pid, no exit code, no life, and nothing to join',
      async run(trial) {
        const play = await startPlay(trial);
        await make(trial, play, '小红', 'say 你好');
        const when = 'the process was made, and not started';
        await expectAnswer(trial, play, 'alive 小红', 'is not alive', when);
        await expectAnswer(trial, play, 'code 小红', 'pid undefined, exit code undefined', when);
        play.program.write('join 小红\n');
        const [line] = await spoken(trial, play, /^小红: join is .*$/, { unstarted: true }, JOIN);
        trial.must(line.includes('join is refused'), {
          saw: `join() of a process that was not started: ${line}.`,
          expected: 'an Error is thrown: nobody will ever end.',
          facts: { unstarted: true },
        });
      },
    },
    {
      id: 'join-again',
      step: 2,
      points: 4,
      title: 'remembers how the child ended: join() may be called again, also after isAlive()',
      async run(trial) {
        const play = await startPlay(trial);
        const pid = await waitingChild(trial, play, '小红');
        await openDoor(trial);
        await waitForEnd(trial, play, pid);
        await expectAnswer(trial, play, 'alive 小红', 'is not alive', 'the child has ended', {
          unjoined: true,
          gone: () => processRow(pid) === undefined,
        });
        for (const time of ['the first', 'the second'] as const) {
          play.program.write('join 小红\n');
          const code = await joined(trial, play, '小红', { again: true });
          expectCode(trial, code, 0, `join() was called ${time} time after its end`, {
            again: true,
          });
        }
      },
    },
    {
      id: 'exit-status',
      step: 3,
      points: 4,
      title: 'exitCode is the exit status of the child, however it was set',
      async run(trial) {
        const play = await startPlay(trial);
        for (const job of ['exit', 'status']) {
          const status = trial.random.int(2, 255);
          const what = job === 'exit' ? 'called process.exit' : 'set process.exitCode';
          await make(trial, play, job, `${job} ${status}`);
          const pid = await start(trial, play, job);
          play.program.write(`join ${job}\n`);
          const when = `the child ${what === 'called process.exit' ? `called process.exit(${status})` : `${what} = ${status} and returned`}`;
          expectCode(trial, await joined(trial, play, job), status, when, { status, pid });
        }
      },
    },
    {
      id: 'by-signal',
      step: 3,
      points: 4,
      title: 'exitCode is -9 if signal 9 ended the child, and so for every signal',
      async run(trial) {
        const play = await startPlay(trial);
        for (const [signal, number] of [
          ['SIGKILL', 9],
          ['SIGTERM', 15],
        ] as const) {
          const pid = await waitingChild(trial, play, signal);
          trial.note(`kill -${number} ${pid}`);
          send(pid, signal);
          play.program.write(`join ${signal}\n`);
          const code = await joined(trial, play, signal, { number, deaf: () => isDeaf(pid) });
          const when = `signal ${number} (${signal}) ended the child`;
          expectCode(trial, code, -number, when, { number, pid });
        }
      },
    },
    {
      id: 'exception',
      step: 3,
      points: 5,
      title: 'an error that the target throws: exit code 1, and the trace on stderr',
      async run(trial) {
        const play = await startPlay(trial);
        const message = `坏了${trial.random.int(10, 99)}`;
        for (const [name, when] of [
          ['小红', 'the target threw an error'],
          ['小明', 'the target set process.exitCode = 7, and threw an error'],
        ] as const) {
          await make(trial, play, name, `throw ${message}${name === '小明' ? ' 7' : ''}`);
          const pid = await start(trial, play, name);
          play.program.write(`join ${name}\n`);
          const code = await joined(trial, play, name, { thrown: message });
          expectCode(trial, code, 1, when, { thrown: message, pid });
        }
        await expectTrace(trial, play, message);
        await expectAnswer(trial, play, 'alive 小红', 'is not alive', 'the target threw an error');
      },
    },
    {
      id: 'terminate',
      step: 3,
      points: 3,
      title: 'terminate() and kill() end a child that runs, and are no error if none runs',
      async run(trial) {
        const play = await startPlay(trial);
        for (const [command, number] of [
          ['terminate', 15],
          ['kill', 9],
        ] as const) {
          const name = `小红${number}`;
          await make(trial, play, name, `wait ${DOOR}`);
          const early = await ask(trial, play, `${command} ${name}`);
          const pid = await start(trial, play, name);
          await ask(trial, play, `${command} ${name}`);
          play.program.write(`join ${name}\n`);
          const code = await joined(trial, play, name, { command });
          expectCode(trial, code, -number, `${command}() was called`, { command, number, pid });
          const late = await ask(trial, play, `${command} ${name}`);
          trial.must(!isRefusal(early) && !isRefusal(late), {
            saw: `${command}() before its start: ${early}. After its end: ${late}.`,
            expected: 'nothing happens: there is nobody to be ended.',
            facts: { nobody: true },
          });
        }
      },
    },
    {
      id: 'time-out',
      step: 4,
      points: 5,
      title: 'join(0.3) comes back after 0.3 seconds; the child goes on as if nothing had been',
      async run(trial) {
        const play = await startPlay(trial);
        const pid = await waitingChild(trial, play, '小红');
        const began = performance.now();
        play.program.write('join 小红 0.3\n');
        const code = await joined(trial, play, '小红', { timed: true });
        const took = performance.now() - began;
        trial.must(code === 'undefined' && !hasEnded(pid), {
          saw: `after 0.3 s ${overLine(play, '小红')}; process ${pid} ${hasEnded(pid) ? 'has ended' : 'runs'}.`,
          expected:
            'join() comes back and does nothing to the child: it runs, and has no exit code.',
          facts: { timed: true, code },
        });
        // A timer may be early by a millisecond or two.
        if (took <= 280) {
          // Is it the unit, or does it not wait at all?
          const from = performance.now();
          play.program.write('join 小红 300\n');
          await joined(trial, play, '小红');
          trial.fail({
            saw: `join(0.3) came back after ${took.toFixed(0)} ms.`,
            expected: 'after 300 ms, since the child has not ended.',
            facts: { timed: true, long: performance.now() - from },
          });
        }
        await expectCalm(trial, play);
        play.program.write('join 小红 0\n');
        await joined(trial, play, '小红', { timed: true, zero: true });
        const late = await bestOf(5, LATE, async () => {
          const from = performance.now();
          play.program.write('join 小红 0.02\n');
          await joined(trial, play, '小红', { timed: true, late: Infinity });
          return performance.now() - from - 20;
        });
        trial.must(late < LATE, {
          saw: `join(0.02) was late by ${late.toFixed(0)} ms, the best of five times.`,
          expected: `it may be late by ${LATE} ms.`,
          facts: { timed: true, late },
        });
        // Who counts pauses needs as long after a stop as was left before it. A clock has gone on.
        const more = await bestOf(5, 0.5, async () => {
          const from = performance.now();
          play.program.write('join 小红 1\n');
          await ask(trial, play, 'alive 小红');
          play.program.signal('SIGSTOP');
          const left = from + 1000 - performance.now();
          await new Promise((resolve) => setTimeout(resolve, left));
          play.program.signal('SIGCONT');
          await joined(trial, play, '小红', { timed: true, held: Infinity });
          return left > 0 ? (performance.now() - from - 1000) / left : Infinity;
        });
        trial.must(more < 0.5, {
          saw: `the program was stopped during join(1), and went on when the second was over; join() was late by ${Math.round(100 * more)} % of the time for which it was stopped, the best of five times.`,
          expected:
            'the time is that of a clock: join() comes back as soon as the program goes on.',
          facts: { timed: true, held: more },
        });
        await openDoor(trial);
        play.program.write('join 小红\n');
        expectCode(trial, await joined(trial, play, '小红'), 0, 'joined once more, without a time');
      },
    },
    {
      id: 'in-time',
      step: 4,
      points: 3,
      title: 'join(60) comes back as soon as the child has ended, and leaves nothing behind',
      async run(trial) {
        const play = await startPlay(trial);
        const pid = await waitingChild(trial, play, '小红');
        play.program.write('join 小红 60\n');
        await openDoor(trial);
        await waitForEnd(trial, play, pid);
        const code = await joined(trial, play, '小红').catch(async (error: unknown) => {
          if (!(error instanceof Failure)) throw error;
          // Does it not look, or does it not see?
          const answer = await ask(trial, play, 'alive 小红').catch((none: unknown) => {
            if (!(none instanceof Failure)) throw none;
          });
          throw error.with({ inTime: true, answered: answer ?? '' });
        });
        expectCode(trial, code, 0, 'the child returned');
        play.program.endInput();
        await endOf(play, { keptBy: 'join' });
        expectStatus(trial, play, 0);
      },
    },
    {
      id: 'others-go-on',
      step: 4,
      points: 4,
      title: 'while one join() waits, the program does other things, another join() too',
      async run(trial) {
        const play = await startPlay(trial);
        const pid = await waitingChild(trial, play, '小红');
        play.program.write('join 小红\njoin 小红\n');
        await expectAnswer(trial, play, 'alive 小红', 'is alive', `join() waits for ${pid}`, {
          waiting: true,
        });
        await openDoor(trial);
        for (const time of ['first', 'second']) {
          const code = await joined(trial, play, '小红', { both: true, told: () => isTold(play) });
          expectCode(trial, code, 0, `the ${time} of two join() at the same time`, { both: true });
        }
      },
    },
    {
      id: 'rests',
      step: 4,
      points: 2,
      title: 'a join() that waits leaves the processor alone',
      async run(trial) {
        const play = await startPlay(trial);
        await waitingChild(trial, play, '小红');
        play.program.write('join 小红\n');
        await expectAnswer(trial, play, 'alive 小红', 'is alive', 'join() waits', {
          waiting: true,
        });
        const { pid } = play.program;
        const ticks = () => processRow(pid)?.cpu ?? 0;
        const before = ticks();
        let looks = 0;
        const how = await watch(trial, play.program, () => {
          if (asleep([pid])) looks += 1;
          if (looks >= LOOKS) return 'rests';
          return ticks() - before >= BUSY ? 'busy' : undefined;
        });
        trial.must(how !== 'busy', {
          saw: `while join() waited, its program used the processor for ${BUSY / 100} s, and was hardly ever found asleep.`,
          expected: 'it sleeps, and looks now and then, or is told.',
          facts: { busy: true },
        });
        await openDoor(trial);
        await joined(trial, play, '小红');
      },
    },
    {
      id: 'asynchronous',
      step: 5,
      points: 4,
      title: 'a child whose target returns a promise lives until that is settled',
      async run(trial) {
        const play = await startProgram(trial, 'later', ['0.05']);
        await endOf(play, { told: () => isTold(play) });
        const pid = childOf(play);
        expectLines(trial, play, 'Process-1', [
          `child ${pid}: begins`,
          `child ${pid}: is done`,
          `parent ${play.program.pid}: it ended with 0`,
        ]);
        expectStatus(trial, play, 0);
      },
    },
    {
      id: 'rejected',
      step: 5,
      points: 3,
      title: 'a promise that is rejected: exit code 1, and the trace on stderr',
      async run(trial) {
        const message = `坏了${trial.random.int(10, 99)}`;
        const play = await startPlay(trial);
        await make(trial, play, '小红', `reject ${message}`);
        const pid = await start(trial, play, '小红');
        play.program.write('join 小红\n');
        const code = await joined(trial, play, '小红', { rejected: message });
        const when = 'the promise of the target was rejected';
        expectCode(trial, code, 1, when, { rejected: message, pid });
        await expectTrace(trial, play, message);
      },
    },
    {
      id: 'ticker',
      step: 5,
      points: 4,
      title: 'a class of your own has a name and work of its own, in run()',
      async run(trial) {
        const times = trial.random.int(2, 4);
        const play = await startProgram(trial, 'ticker', ['滴答', `${times}`]);
        await endOf(play, { told: () => isTold(play) });
        const pid = childOf(play);
        const words = Array.from({ length: times }, (_, index) => `滴答 ${index + 1}`);
        expectLines(trial, play, 'Ticker 滴答', [
          ...words.map((word) => `child ${pid}: ${word}`),
          `parent ${play.program.pid}: it ended with 0`,
        ]);
        expectStatus(trial, play, 0);
      },
    },
    {
      id: 'waits-at-end',
      step: 6,
      points: 7,
      title:
        'a program that comes to its end asks its daemons to end (SIGTERM), and waits for all its children',
      async run(trial) {
        const play = await startPlay(trial);
        const pid = await waitingChild(trial, play, '小红');
        play.program.endInput();
        await settle(trial, play, () => hasEnded(play.program.pid));
        expectAwaited(trial, play, pid);
        killChild(trial, pid);
        await endOf(play);
        expectStatus(trial, play, 0);

        const second = await startPlay(trial);
        const daemon = await waitingDaemon(trial, second, '小红');
        await make(trial, second, '小明', `stubborn ${DOOR}`);
        await ask(trial, second, 'daemon 小明');
        const stubborn = await start(trial, second, '小明');
        await spoken(trial, second, /^child \d+: ignores SIGTERM$/);
        second.program.endInput();
        await expectGone(trial, second, daemon);
        await settle(trial, second, () => hasEnded(stubborn) || hasEnded(second.program.pid));
        trial.must(!hasEnded(stubborn), {
          saw: `the daemon 小明 ignores SIGTERM, and was ended with its parent.`,
          expected: 'it is asked by SIGTERM, and nothing else; then it is waited for.',
          facts: { daemonKilled: true },
        });
        trial.must(!hasEnded(second.program.pid), {
          saw: `the daemon 小明 ignores SIGTERM and runs on; the parent has ended without it.`,
          expected: 'it is asked by SIGTERM, and then it is waited for.',
          facts: { daemonOrphan: true },
        });
        await openDoor(trial);
        await endOf(second);
        expectStatus(trial, second, 0);
      },
    },
    {
      id: 'quits',
      step: 6,
      points: 2,
      title:
        'the same after process.exit(3): daemons first, the others in their time; the status stays 3',
      async run(trial) {
        const play = await startPlay(trial);
        // The daemon stands between the others: whoever sees to one child after the other waits before it, or behind it.
        const first = await waitingChild(trial, play, '小明');
        const daemon = await waitingDaemon(trial, play, '小红');
        const last = await waitingChild(trial, play, '小刚');
        play.program.write('quit 3\n');
        await settle(trial, play, () => hasEnded(play.program.pid));
        const facts = { quits: true, daemonEnded: hasEnded(daemon) };
        for (const pid of [first, last]) expectAwaited(trial, play, pid, facts);
        await settle(trial, play, () => hasEnded(daemon));
        if (!hasEnded(daemon)) {
          // Does its turn come when the others have ended, or never?
          for (const pid of [first, last]) killChild(trial, pid);
          const isDecided = () => hasEnded(daemon) || hasEnded(play.program.pid);
          await settle(trial, play, isDecided);
          trial.must(!hasEnded(daemon), {
            saw: `the parent waited for other children first, and its daemon, process ${daemon}, ran on meanwhile.`,
            expected: 'all daemons are ended (SIGTERM) before the parent waits for anybody.',
            facts: { daemonLast: true },
          });
        }
        await expectGone(trial, play, daemon);
        await openDoor(trial);
        for (let left = 2; left > 0; left -= 1) await spoken(trial, play, /has seen/);
        await endOf(play);
        expectStatus(trial, play, 3);
      },
    },
    {
      id: 'daemon-late',
      step: 6,
      points: 2,
      title: 'daemon cannot be changed once the process was started',
      async run(trial) {
        const play = await startPlay(trial);
        await waitingChild(trial, play, '小红');
        const answer = await ask(trial, play, 'daemon 小红');
        trial.must(isRefusal(answer), {
          saw: `daemon was set after start(): ${answer}.`,
          expected: 'an Error is thrown.',
          facts: { lateDaemon: true },
        });
        await openDoor(trial);
        await spoken(trial, play, /has seen/);
      },
    },
    {
      id: 'siblings',
      step: 6,
      points: 2,
      title: 'a child that ends does nothing to the other children of its parent',
      async run(trial) {
        const play = await startPlay(trial);
        const pid = await waitingDaemon(trial, play, '小红');
        await make(trial, play, '小明', 'exit 4');
        const other = await start(trial, play, '小明');
        play.program.write('join 小明\n');
        const code = await joined(trial, play, '小明', { sibling: true });
        trial.must(!hasEnded(pid), {
          saw: `小明 ended by process.exit(4), and with it the daemon 小红, process ${pid}.`,
          expected: '小红 goes on: she is a child of the parent, not of 小明.',
          facts: { sibling: true, sisterEnded: true },
        });
        expectCode(trial, code, 4, 'the child called process.exit(4)', {
          sibling: true,
          pid: other,
        });
      },
    },
    {
      id: 'own-exit',
      step: 6,
      points: 2,
      title:
        "'exit' listeners of the parent do not run in a child, and its exitCode is not the child’s",
      async run(trial) {
        const play = await startPlay(trial);
        play.program.write('status 7\n');
        await spoken(trial, play, /^play: status is 7$/);
        await make(trial, play, '小红', 'exit 0');
        const pid = await start(trial, play, '小红');
        await make(trial, play, '小明', 'say 再见');
        await start(trial, play, '小明');
        for (const [name, how] of [
          ['小红', 'called process.exit(0)'],
          ['小明', 'returned from its target'],
        ] as const) {
          play.program.write(`join ${name}\n`);
          const told = () => processRow(pid) === undefined;
          const code = await joined(trial, play, name, { told });
          const when = `the parent had set process.exitCode = 7; the child ${how}`;
          expectCode(trial, code, 0, when, { parents: 7 });
        }
        play.program.endInput();
        await endOf(play);
        const { lines } = play.program.stdout;
        const times = lines.filter((line) => line === 'play: ends').length;
        trial.must(times === 1, {
          saw: `a parent with two children printed "play: ends" ${times} times.`,
          expected: 'once, when the parent ends.',
          facts: { times },
        });
        expectStatus(trial, play, 7);
      },
    },
    {
      id: 'grandchildren',
      step: 6,
      points: 2,
      title: 'a child that has a child of its own waits for it when it ends',
      async run(trial) {
        const play = await startPlay(trial);
        await make(trial, play, '小红', `parent ${DOOR}`);
        const pid = await start(trial, play, '小红');
        const [, grandchild] = await spoken(trial, play, /^child \d+: is the parent of (\d+)$/);
        await settle(trial, play, () => hasEnded(pid));
        trial.must(!hasEnded(pid), {
          saw: `process ${pid} has a child, ${grandchild}, and ended without it.`,
          expected: 'it waits for it, as its own parent does.',
          facts: { grandchildLeft: true, killedAtEnd: hasEnded(Number(grandchild)) },
        });
        await openDoor(trial);
        play.program.write('join 小红\n');
        expectCode(trial, await joined(trial, play, '小红'), 0, 'the child and its child ended');
      },
    },
  ],
  diagnoses: [
    {
      id: 'no-child',
      when: ({ byParent, wrongPid, children, stdout }) =>
        ((byParent === true || wrongPid === true) && children === 0) || isAlone(stdout),
      cause: () =>
        'there is no child: start() calls the target in the parent. fork() makes the child, and run() is called where it returns 0.',
      step: 1,
      hint: 2,
    },
    {
      id: 'error-escapes',
      // Its parent has said that it runs: so it was not the parent's start() that the error left.
      when: ({ stdout }) => /: start is refused: 坏了/.test(stdout) && /: runs as/.test(stdout),
      cause: () =>
        'the error left start(), in the child: whatever catches errors around start() caught this one, and the child went on from there. It must not leave the child: catch it around run(), and if that returns a promise, await it inside the try.',
      hint: 2,
    },
    {
      id: 'goes-on',
      when: ({ stdout, wentOn, secondStart }) =>
        secondStart !== true && (wentOn === true || hasTwice(stdout, /^.*: .*runs as /gm)),
      cause: () =>
        'fork() returns twice, and the child goes on with the code of its parent. In the child start() never comes back: it ends with process.exit() in it, and who awaits it waits for ever.',
      hint: 2,
    },
    {
      id: 'runs-in-both',
      // Of a target that is rejected, a child that was left by its error says the same as the parent would.
      when: ({ check, byParent, wrongPid, answer, children, stdout }) =>
        (byParent === true && children !== 0) ||
        (check !== 'rejected' &&
          wrongPid === true &&
          children !== 0 &&
          /is refused: 坏了/.test(String(answer))) ||
        isInBoth(stdout),
      cause: () =>
        'there is a child, and the parent runs the target as well. What follows fork() is done by both; run() is for the one where it returned 0.',
      step: 1,
      hint: 2,
    },
    {
      id: 'start-waits',
      when: ({ starting, missing, byParent, exit }) =>
        starting === true && missing === true && byParent === false && !exit,
      cause: () =>
        'start() waits until the child has ended. That is for join(): the parent and its child run at the same time.',
      step: 1,
      hint: 2,
    },
    {
      id: 'wrong-pid',
      when: ({ wrongPid, otherPid, answer, children, stdout }) =>
        otherPid === true ||
        (wrongPid === true && children !== 0 && String(answer).startsWith('runs as')) ||
        /^parent (\d+): .* runs as \1$/m.test(stdout),
      cause: () =>
        'there is a child, but its process id was not kept. fork() returns it, in the parent; process.pid there is the parent’s own.',
      step: 1,
      hint: 3,
    },
    {
      id: 'args-as-list',
      when: ({ words, heard }) => Array.isArray(words) && heard === words.join(','),
      cause: () =>
        'the target got the whole list as its first argument. Three dots hand them over one by one: target(...args).',
      hint: 3,
    },
    {
      id: 'args-lost',
      when: ({ words, heard }) =>
        Array.isArray(words) &&
        words.some((_, count) => heard === words.slice(0, count).join('、')),
      cause: ({ words, heard }) =>
        `the target was called ${heard === '' ? 'without its arguments' : 'with some of its arguments, and not with all'}. There can be any number of them (here ${Array.isArray(words) ? words.length : 'several'}); three dots hand over all: target(...args).`,
      hint: 3,
    },
    {
      id: 'args-as-text',
      when: ({ asText }) => asText === true,
      cause: () =>
        "the target got a text where a number was given: 1 + 41 is 42, and 1 + '41' is '141'. fork() copies all values as they are; nothing has to become text for the child.",
      step: 1,
      hint: 3,
    },
    {
      id: 'counts-from-zero',
      when: ({ names }) => Array.isArray(names) && names[0] === 'Process-0',
      cause: () => 'the counter began with 0. The first process is Process-1.',
      hint: 3,
    },
    {
      id: 'counts-unnamed',
      when: ({ names }) => Array.isArray(names) && names[2] === 'Process-2',
      cause: () =>
        'only processes without a name were counted. Every process that is made counts: the third one is Process-3.',
      hint: 3,
    },
    {
      id: 'same-name',
      when: ({ names }) =>
        Array.isArray(names) && names[0] === 'Process-1' && names[3] === names[0],
      cause: () =>
        'each object counts for itself. The counter belongs to all of them: it stands outside the class, or is static.',
      hint: 3,
    },
    {
      id: 'starts-twice',
      when: ({ secondStart, children }) => secondStart === true && Number(children) > 1,
      cause: () =>
        'a second child was made, and the object forgot the first one: nobody can wait for it any more. Throw if there is a pid already.',
      hint: 3,
    },
    {
      id: 'starts-silently',
      when: ({ secondStart, children, refused }) =>
        secondStart === true && children === 1 && refused === false,
      cause: () =>
        'the second start() did nothing, and said nothing: who calls it believes that a second child runs. Throw an Error if there is a pid already.',
      hint: 3,
    },
    {
      id: 'joins-nobody',
      when: ({ unstarted }) => unstarted === true,
      cause: () =>
        'a process that was not started never ends, and to come back at once hides the slip. Throw an Error if there is no pid.',
      hint: 3,
    },
    {
      id: 'not-forgotten',
      when: ({ stderr, exit, times }) =>
        (exit?.code === 1 || times === 0) && /ECHILD[^]*\bendChildren\b/.test(stderr),
      cause: () =>
        'at the end the parent waits for a child that was reaped before: it still stands on the list. Once it is reaped, children.delete(pid).',
      step: 2,
      hint: 4,
    },
    {
      id: 'zero-is-none',
      when: ({ told, missing, stillRunning, stdout }) =>
        (missing === true || stillRunning === true) &&
        !/it ended with|join is over/.test(stdout) &&
        isSo(told),
      cause: () =>
        'the kernel has told how the child ended, and join() waits on: 0 is an exit code like any other. `!exitCode` is true for 0 as well: compare with undefined.',
      step: 2,
      hint: 3,
    },
    {
      id: 'reaps-twice',
      when: ({ code, answer, again, missing, stderr, exit, gone }) =>
        (again === true && missing === true && !exit) ||
        (answer === 'is alive' && isSo(gone)) ||
        [code, answer, exit?.code === 1 ? stderr : ''].some((said) =>
          /ECHILD.*waitpid/.test(String(said)),
        ),
      cause: () =>
        'the kernel tells once how a child ended; after that there is no such child (ECHILD). Keep the exit code, and ask no more once you have it. Where it is lost: `||=` and `!` take 0 for no answer, and status 0 is one; and waitpid() returns [found, status], in this order: whether there is an answer, found tells.',
      step: 2,
      hint: 3,
    },
    {
      id: 'joined-once',
      when: ({ again, code }) => again === true && String(code).startsWith('refused'),
      cause: () =>
        'join() was refused since the child had ended, or had been joined before. That is no slip: it comes back at once. Keep pid and exit code for good, and refuse only a process that was never started.',
      step: 2,
      hint: 3,
    },
    {
      id: 'swapped',
      when: ({ pid, code, expectedCode }) =>
        code !== undefined && code !== `${String(expectedCode)}` && code === unpacked(pid),
      cause: () =>
        'this is the process id, unpacked as if it were a status. waitpid() returns [found, status], in this order.',
      step: 2,
      hint: 3,
    },
    {
      id: 'inherits-sigterm',
      when: ({ deaf }) => isSo(deaf),
      cause: () =>
        'SIGTERM came to the child, and did not end it: the child has inherited a listener for it, and as long as it blocks nobody calls that. Without a listener the kernel ends it.',
      hint: 3,
    },
    {
      id: 'join-blocks',
      // One that spins is busy itself, and the kernel does not wait.
      when: ({ waiting, starting, missing, inWait, exit, spins }) =>
        missing === true &&
        !exit &&
        spins !== true &&
        (waiting === true || (inWait === true && starting !== true)),
      cause: () =>
        'the kernel waits, and the whole program with it: no command, no timer and no input is served. With WNOHANG waitpid() comes back at once; await a pause, and look again.',
      step: 2,
      hint: 3,
    },
    {
      id: 'join-early',
      when: ({ joinEarly, timed, long, code }) =>
        joinEarly === true || (code === 'undefined' && timed !== true) || Number(long) < 280,
      cause: () =>
        'join() came back too early. It looks again and again until the child has ended: a loop, with a pause in it. Without a number there is no limit: a timer takes Infinity for 1 ms, and 0 is a limit.',
      step: 2,
      hint: 2,
    },
    {
      id: 'code-not-asked',
      when: ({ codeFirst, answer }) => codeFirst === true && String(answer).endsWith('undefined'),
      cause: () =>
        'exitCode said what it knew, and did not ask; only isAlive() did. Whoever comes first must ask the kernel: reap() belongs into exitCode, and isAlive() uses that.',
      hint: 3,
    },
    {
      id: 'zombie-alive',
      when: ({ unjoined, answer, answered, joining, inTime, missing, stillRunning, zombie }) =>
        (unjoined === true && (missing === true || answer !== undefined)) ||
        (zombie === true &&
          (stillRunning === true || (joining === true && missing === true)) &&
          (inTime !== true || answered === 'is alive')),
      cause: ({ unjoined }) =>
        unjoined === true
          ? 'a child that has ended is a zombie until it is reaped: it has a number, and kill(pid, 0) finds it. Only waitpid() tells, and isAlive() must ask it itself: nobody may have called join().'
          : 'the child has ended, is a zombie, and join() has not noticed. Either it looks too seldom: between two looks a pause of some milliseconds is right. Or what it asks does not tell: kill(pid, 0) finds a zombie, waitpid() tells; and the field #exitCode knows nothing as long as nobody asks by the getter exitCode.',
      step: 2,
      hint: 2,
    },

    {
      id: 'any-child',
      when: ({ others, exit }) => others === true && !exit,
      cause: () =>
        'wait() and waitpid(-1) take whichever child ends first, and the other object never hears of its own. Ask for this pid: waitpid(pid, WNOHANG).',
      step: 2,
      hint: 3,
    },
    {
      id: 'raw-status',
      when: ({ status, thrown, rejected, code }) =>
        (status !== undefined && code === `${256 * Number(status)}`) ||
        ((thrown ?? rejected) !== undefined && code === '256'),
      cause: () =>
        'this is the status as the kernel packs it: the exit status is in its upper eight bits. WEXITSTATUS() takes it out.',
      step: 3,
      hint: 3,
    },
    {
      id: 'status-overwritten',
      when: ({ status, code }) => status !== undefined && code === '0',
      cause: () =>
        'exitCodeOf() still says 0 for every child; or the child said how it ended, and its exit code was set to 0 afterwards: process.exit() without a number takes process.exitCode.',
      step: 3,
      hint: 3,
    },
    {
      id: 'signal-sign',
      when: ({ number, code }) => number !== undefined && code === `${number}`,
      cause: () =>
        'the number is right, the sign is not: 9 would be a child that called process.exit(9). By signal 9 it is -9.',
      step: 3,
      hint: 3,
    },
    {
      id: 'shell-status',
      when: ({ number, code }) => number !== undefined && code === `${128 + Number(number)}`,
      cause: () =>
        'a shell shows the end by a signal as 128 and its number. Here it is the number with a minus.',
      step: 3,
      hint: 3,
    },
    {
      id: 'signal-lost',
      when: ({ number, code }) => number !== undefined && code === '0',
      cause: () =>
        'a child that is killed has no exit status: those bits are 0, and that looks like success. Ask WIFSIGNALED() first.',
      step: 3,
      hint: 3,
    },
    {
      id: 'signals-nobody',
      when: ({ nobody }) => nobody === true,
      cause: () =>
        'a signal was sent to a process that is not there. Once a child was reaped, its number may belong to a stranger: ask isAlive() before you send.',
      hint: 3,
    },
    {
      id: 'other-signal',
      when: ({ command, code }) => command !== undefined && (code === '-15' || code === '-9'),
      cause: ({ code }) =>
        `the child was ended by signal ${String(code).slice(1)}. terminate() asks (SIGTERM, 15), kill() does not ask (SIGKILL, 9).`,
      hint: 3,
    },
    {
      id: 'status-kept',
      when: ({ thrown, code }) => thrown !== undefined && code === '7',
      cause: () =>
        'the target had set another status before, and that was kept. An error is 1, whatever was set: process.exitCode = 1.',
      step: 3,
      hint: 3,
    },
    {
      id: 'error-is-zero',
      // A rejection that left its trace was caught like any other error.
      when: ({ thrown, rejected, code, stderr }) =>
        code === '0' &&
        (thrown !== undefined || (rejected !== undefined && stderr.includes(String(rejected)))),
      cause: () =>
        "the error was caught, and the child ended as if nothing had been. Its exit code must be 1: that is all that its parent sees. Set process.exitCode = 1, and let nothing change it after that, no 'exit' listener either.",
      step: 3,
      hint: 3,
    },
    {
      id: 'no-trace',
      when: ({ noTrace }) => noTrace === true,
      cause: () =>
        'the exit code is right, but the trace is missing: who looks for the fault needs its place. console.error(error) prints all of it; error.message is its first line.',
      step: 3,
      hint: 3,
    },
    {
      id: 'join-throws',
      when: ({ timed, expectedCode, code }) =>
        (timed === true || expectedCode !== undefined) && String(code).startsWith('refused'),
      cause: ({ timed }) =>
        timed === true
          ? 'that the time is over is no error: join() comes back, and who wants to know more asks isAlive().'
          : 'how the child ended is no error of join(): it comes back, and who wants to know asks exitCode.',
      hint: 2,
    },
    {
      id: 'join-kills',
      when: ({ timed, code }) => timed === true && /^-(9|15)$/.test(String(code)),
      cause: () =>
        'the child was ended when the time was over. join() only waits; who wants to end the child calls terminate().',
      hint: 2,
    },
    {
      id: 'milliseconds',
      when: ({ long }) => Number(long) >= 280,
      cause: () => 'the number was taken for milliseconds. Here it is seconds, as in the course.',
      hint: 3,
    },
    {
      id: 'zero-is-forever',
      when: ({ zero, missing, exit }) => zero === true && missing === true && !exit,
      cause: () =>
        'join(0) waits for ever: 0 was taken for no number at all, as `||` does it. 0 seconds are a time like any other.',
      hint: 3,
    },
    {
      id: 'late',
      when: ({ late, missing }) => late !== undefined && missing !== true,
      cause: () =>
        'join() looks at the clock too seldom: a pause between two looks is as late as it can be. Some milliseconds are right.',
      hint: 3,
    },
    {
      id: 'counts-pauses',
      when: ({ held }) => held !== undefined,
      cause: () =>
        'the time was over, and join() did not know: it counts its pauses. A pause may last longer than it was asked to, and so may all that is between two of them. A clock tells the time: performance.now().',
      hint: 3,
    },
    {
      id: 'half-goes-on',
      when: ({ restless, keptBy, stillRunning }) =>
        restless === true || (keptBy === 'join' && stillRunning === true),
      cause: () =>
        'join() has come back, and a part of it goes on: the half of Promise.race() that lost, a timer or a loop. It keeps the program alive, with nobody waiting. Clear the timer, or let one loop look at both: the child and the clock.',
      hint: 3,
    },
    {
      id: 'time-ignored',
      when: ({ timed, missing, exit }) => timed === true && missing === true && !exit,
      cause: () =>
        'join() waits until the child has ended, whatever time it was given; or it looks at the clock only once in a long while.',
      hint: 2,
    },
    {
      id: 'sleeps-the-time',
      when: ({ inTime, answered }) => inTime === true && answered === 'is not alive',
      cause: () =>
        'join() waits for the whole time, although the child ended long ago. The time is a limit: look again and again, until one or the other.',
      hint: 2,
    },

    {
      id: 'one-waiter',
      when: ({ both, missing, exit }) => both === true && missing === true && !exit,
      cause: () =>
        'two wait for the same end, and only one was told. One variable holds one resolve(): the second one replaced the first.',
      hint: 3,
    },
    {
      id: 'spins',
      when: ({ busy }) => busy === true,
      cause: () =>
        'the loop of join() never rests. Between two looks it needs a pause of some milliseconds: a turn of the event loop is none.',
      step: 4,
      hint: 3,
    },
    {
      id: 'not-awaited',
      when: ({ lines, expectedLines }) => {
        const [got, wanted] = [spokenByChild(lines), spokenByChild(expectedLines)];
        return got.length > 0 && got.length < wanted.length;
      },
      cause: () =>
        'the target returned a promise, and the child ended before that was settled. run() in process.ts returns what the target returns, and liveAsChild() awaits it, then ends.',
      hint: 2,
    },
    {
      id: 'rejection-lost',
      when: ({ rejected, code }) => rejected !== undefined && code === '0',
      cause: () =>
        'try and catch see a promise that is rejected only if it is awaited inside the try, and if run() returns it. The exit code is 1 then, as for any error.',
      hint: 3,
    },
    {
      id: 'run-bypassed',
      when: ({ lines, expectedLines, runs }) =>
        runs === true &&
        spokenByChild(expectedLines).length > 0 &&
        spokenByChild(lines).length === 0,
      cause: () =>
        'the child ended without a word: run() of the subclass was not called. The child calls this.run(), and run() calls the target; then a subclass can put its own in that place.',
      hint: 2,
    },
    {
      id: 'super-args',
      when: ({ check, lines, expectedLines, runs }) =>
        check === 'ticker' &&
        runs === false &&
        spokenByChild(lines).length === spokenByChild(expectedLines).length,
      cause: () =>
        'the process has another name: super() was given none, or not `Ticker <word>`. What Process needs, its own constructor must be given.',
      hint: 3,
    },
    {
      id: 'pid-in-child',
      when: ({ lines, expectedLines }) =>
        spokenByChild(lines).length === spokenByChild(expectedLines).length &&
        spokenByChild(lines).some((line) => /^child (0|undefined): /.test(line)),
      cause: () =>
        'the work was done in the child, and there the object does not know its process id: fork() returns 0 to it. Set #pid = process.pid before liveAsChild().',
      step: 1,
      hint: 4,
    },
    {
      id: 'exit-not-heard',
      when: ({ notAwaited, quits, daemonEnded }) =>
        notAwaited === true && quits === true && daemonEnded === false,
      cause: () =>
        "process.exit() ended the parent, and nobody saw to its children. 'exit' comes on every way out, which 'beforeExit' does not. (If the parent does not wait at the end of its code either, begin there.)",
      hint: 2,
    },
    {
      id: 'ends-without',
      when: ({ notAwaited }) => notAwaited === true,
      cause: () =>
        "the parent ended, and its child became an orphan. In the 'exit' listener wait for each child: it must be on the list (remember()), and waitpid() must block there. WNOHANG does not wait, and a promise comes too late.",
      hint: 2,
    },
    {
      id: 'kills-all',
      when: ({ killedAtEnd }) => killedAtEnd === true,
      cause: () =>
        'all children were ended with their parent. Only daemons are; the others have something to do, and the parent waits.',
      hint: 2,
    },
    {
      id: 'daemon-awaited',
      when: ({ daemonLeft, parentEnded }) => daemonLeft === true && parentEnded === false,
      cause: () =>
        'the parent waits for its daemon, which has no end of its own. A daemon is ended first: SIGTERM, then waitpid().',
      hint: 2,
    },
    {
      id: 'daemons-last',
      when: ({ daemonLast }) => daemonLast === true,
      cause: () =>
        'the parent waits for a child, and its daemon runs on meanwhile. End all daemons first, then wait: two loops, not one.',
      hint: 3,
    },
    {
      id: 'daemon-left',
      when: ({ daemonLeft }) => daemonLeft === true,
      cause: () =>
        'the parent has ended, and nobody ended its daemon: the kernel does not do it. Send SIGTERM to each when the parent ends.',
      hint: 2,
    },

    {
      id: 'daemon-killed',
      when: ({ daemonKilled }) => daemonKilled === true,
      cause: () =>
        "the daemon was ended by SIGKILL, which nobody can hear or ignore. SIGTERM lets it finish what it does: kill(pid, 'SIGTERM').",
      hint: 3,
    },
    {
      id: 'daemon-orphan',
      when: ({ daemonOrphan }) => daemonOrphan === true,
      cause: () =>
        'the daemon was asked to end, and not waited for. It may need its time: waitpid() for all children, daemons too.',
      hint: 3,
    },
    {
      id: 'grandchild-left',
      when: ({ grandchildLeft }) => grandchildLeft === true,
      cause: () =>
        "a child may be a parent itself. With the listeners of its parent its own was removed, too: after that, listen for 'exit' again. (If the parent does not wait for its children either, begin there.)",
      hint: 3,
    },
    {
      id: 'status-inherited',
      when: ({ parents, code }) => parents !== undefined && code === `${String(parents)}`,
      cause: () =>
        'the child has a copy of process.exitCode, too, and ended with it. Set it to 0 as soon as the child lives.',
      hint: 3,
    },
    {
      id: 'daemon-late',
      when: ({ lateDaemon }) => lateDaemon === true,
      cause: () =>
        'the change was taken without a word. The child runs already, and was counted as what it was at its start. Throw if there is a pid.',
      hint: 3,
    },
    {
      id: 'ends-sisters',
      when: ({ sisterEnded, stderr }) =>
        sisterEnded === true || /ECHILD[^]*\bendChildren\b/.test(stderr),
      cause: () =>
        'the child has a copy of the list of children, and treats its sisters as its own when it ends. It has none yet: empty the list as soon as it lives.',
      step: 6,
      hint: 2,
    },
    {
      id: 'inherits-listeners',
      when: ({ times }) => Number(times) > 1,
      cause: () =>
        "listeners are copied like everything else, and process.exit() in the child calls those for 'exit'. Remove them as soon as it lives.",
      hint: 3,
    },
    {
      id: 'status-changed',
      when: ({ parentStatus, sibling, code, exit }) =>
        (parentStatus === true && exit?.signal === null) || (sibling === true && code === '0'),
      cause: () =>
        "the 'exit' listener changed the status. It ends the children and waits, and lets its process end as it was about to.",
      hint: 3,
    },
  ],
});

// --- the remote control ---

/** A program that was started, and which of its lines were taken already. */
interface Play {
  readonly program: Program;
  readonly taken: Set<number>;
}

async function startPlay(trial: Trial): Promise<Play> {
  return await startProgram(trial, 'play');
}

async function startProgram(
  trial: Trial,
  name: string,
  args: readonly string[] = [],
): Promise<Play> {
  if (!canSeeChildren()) trial.skip('there is no /proc, which shows the children of a program');
  return { program: await trial.start(name, args), taken: new Set() };
}

/** What a learner should see at the end of a join(). */
const JOIN = '<name>: join is over, exit code <code>';

/** Waits for a line that was not taken yet, and takes it. Returns it, and what its parentheses hold. `like`: in words. */
async function spoken(
  { happenings }: Trial,
  { program, taken }: Play,
  wanted: RegExp,
  facts: Record<string, unknown> = {},
  like = `a line like ${readable(wanted)}`,
): Promise<[string, ...string[]]> {
  const { lines } = program.stdout;
  const from = performance.now();
  const missing = () => {
    const waited = ((performance.now() - from) / 1000).toFixed(1);
    const ended = program.exit ? ' It has ended.' : ` Then nothing more came for ${waited} s.`;
    const printed = lines.length === 0 ? 'nothing' : lines.join(' / ');
    return new Failure({
      verdict: program.exit ? 'failed' : 'timed out',
      saw: `the ${program.program} printed ${printed}.${ended}`,
      expected: like,
      facts: {
        exit: program.exit,
        children: countChildren(program),
        zombie: hasZombie(program),
        inWait: waitsForChild(program.pid),
        missing: true,
        ...facts,
      },
    });
  };
  return await happenings.until(() => {
    const at = lines.findIndex((line, index) => !taken.has(index) && wanted.test(line));
    if (at >= 0) {
      taken.add(at);
      return [...(wanted.exec(lines[at] ?? '') ?? [])] as [string, ...string[]];
    }
    if (program.exit) throw missing();
    return undefined;
  }, missing);
}

/** A pattern as a learner reads it: `^小红: runs as (\d+)$` is `小红: runs as <number>`. */
function readable({ source }: RegExp): string {
  return source
    .replace(/\(?-?\\d\+\)?/g, '<number>')
    .replace(/[\^$()]|\?![^)]*/g, '')
    .replace(/\.[*+]/g, '…');
}

/** Sends a command, and waits for what comes of it. */
async function ask(
  trial: Trial,
  play: Play,
  command: string,
  facts: Record<string, unknown> = {},
): Promise<string> {
  const [, name = ''] = command.split(' ');
  play.program.write(`${command}\n`);
  const [, answer = ''] = await spoken(
    trial,
    play,
    new RegExp(`^${name}: (?!join is)(.*)$`),
    facts,
    `an answer to \`${command}\`: ${name}: …`,
  );
  return answer;
}

async function expectAnswer(
  trial: Trial,
  play: Play,
  command: string,
  expected: string,
  when: string,
  facts: Record<string, unknown> = {},
): Promise<void> {
  const answer = await ask(trial, play, command, facts);
  trial.must(answer === expected, {
    saw: `${when}; ${command}: ${answer}.`,
    expected: `${expected}.`,
    facts: { command, answer, ...facts },
  });
}

function isRefusal(answer: string): boolean {
  return answer.includes('is refused: ');
}

async function make(trial: Trial, play: Play, name: string, job: string): Promise<void> {
  await ask(trial, play, `new ${name} ${job}`);
}

/** Starts a process. Returns the pid that it says it has: it must be a child of the program, or have been one. */
async function start(trial: Trial, play: Play, name: string): Promise<number> {
  const answer = await ask(trial, play, `start ${name}`, { starting: true }).catch(
    async (error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      // It may take so long because the parent itself stands at the door.
      await openDoor(trial);
      const byParent = () => play.program.stdout.text.includes(`child ${play.program.pid}: `);
      await settle(trial, play, byParent);
      throw error.with({ byParent: byParent() });
    },
  );
  const pid = Number(/^runs as (\d+)$/.exec(answer)?.[1] ?? NaN);
  const parent = processRow(pid)?.parent;
  trial.must(
    pid > 0 && pid !== play.program.pid && (parent ?? play.program.pid) === play.program.pid,
    {
      saw: `start ${name}: ${answer}. The parent is process ${play.program.pid}, its children are ${childrenOf(play.program).join(', ') || 'none'}.`,
      expected: 'after start() the parent knows the process id of its child.',
      facts: { starting: true, wrongPid: true, answer, children: countChildren(play.program) },
    },
  );
  return pid;
}

/** Those that have ended and were not reaped are counted, too. */
function countChildren({ pid }: Program): number {
  return kernelsChildrenOf(pid)?.length ?? 0;
}

function hasZombie({ pid }: Program): boolean {
  return kernelsChildrenOf(pid)?.some((child) => processRow(child)?.state === 'Z') ?? false;
}

/** A process that runs until the door is open. */
async function waitingChild(trial: Trial, play: Play, name: string): Promise<number> {
  await make(trial, play, name, `wait ${DOOR}`);
  return await start(trial, play, name);
}

async function waitingDaemon(trial: Trial, play: Play, name: string): Promise<number> {
  await make(trial, play, name, `wait ${DOOR}`);
  await ask(trial, play, `daemon ${name}`);
  return await start(trial, play, name);
}

async function openDoor(trial: Trial): Promise<void> {
  trial.note(`makes the file ${DOOR}`);
  await trial.write(DOOR, '');
}

/** Waits until a process has ended, reaped or not. */
async function waitForEnd(trial: Trial, play: Play, pid: number): Promise<void> {
  await watch(trial, play.program, () => hasEnded(pid) || undefined);
  trial.must(hasEnded(pid), {
    saw: `process ${pid} has nothing more to do, and runs on.`,
    expected: 'the child ends when its target returns.',
    facts: { wentOn: true },
  });
}

/** How often a parent must be found asleep until it is clear that it waits. */
const LOOKS = 100;

/** Ticks (10 ms) of the processor that no wait is worth. */
const BUSY = 30;

/**
 * Looks every millisecond until `enough()` holds, or until the parent was found asleep, or gone, often enough: what it wanted
 * to do is done then. Its children may be at work meanwhile, and it may look after them now and then.
 */
async function settle(
  { happenings }: Trial,
  { program }: Play,
  enough: () => boolean,
): Promise<void> {
  let looks = 0;
  const looking = setInterval(() => {
    if (asleep([program.pid])) looks += 1;
    if (looks >= LOOKS || enough()) happenings.happened();
  }, 1);
  try {
    await happenings.rest(() => looks >= LOOKS || enough());
  } finally {
    clearInterval(looking);
  }
}

// --- join and exit codes ---

function overLine({ program }: Play, name: string): string | undefined {
  return program.stdout.lines.find((line) => line.startsWith(`${name}: join is`));
}

function isOver(play: Play, name: string): boolean {
  return overLine(play, name) !== undefined;
}

/** Waits until a join() is over. Returns the exit code, in words. */
async function joined(
  trial: Trial,
  play: Play,
  name: string,
  facts: Record<string, unknown> = {},
): Promise<string> {
  const how = new RegExp(`^${name}: join is (?:over, exit code (.*)|(refused: .*))$`);
  const like = JOIN.replace('<name>', name);
  const [, code, refusal] = await spoken(trial, play, how, { joining: true, ...facts }, like);
  return code ?? refusal ?? '';
}

function expectCode(
  trial: Trial,
  got: string,
  expected: number,
  when: string,
  facts: Record<string, unknown> = {},
): void {
  trial.must(got === `${expected}`, {
    saw: `${when}; then ${got.startsWith('refused') ? `join() was ${got}` : `exitCode is ${got}`}.`,
    expected: `exitCode is ${expected}.`,
    facts: { code: got, expectedCode: expected, ...facts },
  });
}

/** The error with its place, as `Error: 坏了` and a line `    at …` (node), or `File "…", line 3` (Python). */
async function expectTrace(trial: Trial, { program }: Play, message: string): Promise<void> {
  // The child wrote it before it ended: it stands in the pipe. Two turns of the event loop, and it has been read.
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  const { text } = program.stderr;
  const placed = /\bat .+:\d+|\bFile ".+", line \d+/.test(text);
  trial.must(text.includes(message) && placed, {
    saw: `the error was "${message}"; stderr ${text === '' ? 'is empty' : `says: ${text.split('\n')[0]}`}${placed || text === '' ? '' : ', with no place'}.`,
    expected: 'the error on stderr, with its trace: who threw it, and where.',
    facts: { noTrace: !placed, thrown: message },
  });
}

// --- what is left of a join() ---

/** By how many milliseconds join() may be late, as README.md says. */
const LATE = 100;

/** The least of some times; no more are taken once one is good enough. */
async function bestOf(most: number, enough: number, take: () => Promise<number>): Promise<number> {
  let best = Infinity;
  for (let turn = 0; turn < most && best >= enough; turn += 1) best = Math.min(best, await take());
  return best;
}

/** A program that has nothing to do sleeps through; one that still looks after a child wakes up again and again. */
async function expectCalm(trial: Trial, play: Play): Promise<void> {
  const { pid } = play.program;
  let most = 0;
  const woken = await bestOf(5, WAKES, async () => {
    const before = wakes(pid);
    await settle(trial, play, () => false);
    most = wakes(pid) - before;
    return most;
  });
  trial.must(woken < WAKES, {
    saw: `join() was over, and the program went on looking: it woke up ${most} times while nobody waited.`,
    expected: 'when the time is over, join() is over.',
    facts: { restless: true },
  });
}

/** So many wakes, while the parent is found asleep {@link LOOKS} times, are too many for one that has nothing to do. */
const WAKES = 4;

/** How often a process has gone to sleep by itself: see proc_pid_status(5). */
function wakes(pid: number): number {
  return Number(
    /^voluntary_ctxt_switches:\s+(\d+)$/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0,
  );
}

// --- programs that run to their end ---

async function endOf({ program }: Play, facts: Record<string, unknown> = {}): Promise<void> {
  await program.ended('when its input had ended and its children too').catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    throw error.with({ zombie: hasZombie(program), ...facts });
  });
}

function expectStatus(trial: Trial, { program }: Play, status: number): void {
  const { code, signal } = program.exit ?? {};
  trial.must(code === status, {
    saw: `the parent ended with ${signal ?? `status ${code}`}.`,
    expected: `status ${status}.`,
    facts: { parentStatus: true },
  });
}

/** True if the only child that was started is gone: the kernel has told its end to this program. */
function isTold({ program }: Play): boolean {
  return /runs as/.test(program.stdout.text) && countChildren(program) === 0;
}

/** The pid that a parent says its child has, as the line has it. */
function childOf({ program }: Play): string | undefined {
  return /runs as (.*)$/m.exec(program.stdout.text)?.[1];
}

/** `parent 4711: <name> runs as 4712` at any place, and the other lines in their order. */
function expectLines(
  trial: Trial,
  { program }: Play,
  name: string,
  expected: readonly string[],
): void {
  const runs = `parent ${program.pid}: ${name} runs as ${/runs as (.*)$/m.exec(program.stdout.text)?.[1]}`;
  const { lines } = program.stdout;
  const others = lines.filter((line) => line !== runs);
  const same = lines.length === expected.length + 1 && others.join('\n') === expected.join('\n');
  trial.must(same, {
    saw: `the ${program.program} printed: ${lines.join(' / ')}.`,
    expected: [runs, ...expected].join(' / '),
    facts: {
      lines: [...lines],
      expectedLines: expected,
      runs: lines.includes(runs),
      joinEarly: lines.some((line) => line.includes('it ended with undefined')),
    },
  });
}

// --- the end of the parent ---

function expectAwaited(
  trial: Trial,
  { program }: Play,
  pid: number,
  facts: Record<string, unknown> = {},
): void {
  trial.must(!hasEnded(pid), {
    saw: `the parent came to its end, and process ${pid} was ended with it.`,
    expected: 'it is no daemon: its parent waits until it has ended by itself.',
    facts: { killedAtEnd: true, ...facts },
  });
  // Its end is known to us later than to the kernel: a child that runs on holds its stdout open.
  trial.must(!hasEnded(program.pid), {
    saw: `the parent has ended, and process ${pid} runs on.`,
    expected: 'the parent waits for a child that is no daemon.',
    facts: { notAwaited: true, ...facts },
  });
}

async function expectGone(
  trial: Trial,
  play: Play,
  pid: number,
  facts: Record<string, unknown> = {},
): Promise<void> {
  const { program } = play;
  await settle(trial, play, () => hasEnded(pid));
  if (hasEnded(pid)) return;
  const parentEnded = hasEnded(program.pid);
  // Did nobody send the signal, or does the child not hear it?
  send(pid, 'SIGTERM');
  await settle(trial, play, () => hasEnded(pid));
  trial.fail({
    saw: `the parent ${parentEnded ? 'has ended' : 'is at its end'}, and its daemon, process ${pid}, runs on.`,
    expected: 'a daemon is ended (SIGTERM) when its parent ends.',
    facts: { daemonLeft: true, parentEnded, deaf: isDeaf(pid), ...facts },
  });
}

/** True if a child that was sent SIGTERM runs on. */
function isDeaf(pid: number): boolean {
  return !hasEnded(pid);
}

// What the diagnoses ask.

/** A fact may be a question that is asked only when a check has failed. */
function isSo(fact: unknown): boolean {
  return typeof fact === 'function' ? fact() === true : fact === true;
}

/** What exitCode would be if this number were a status, as wait(2) has it. */
function unpacked(status: unknown): string | undefined {
  if (typeof status !== 'number') return undefined;
  const signal = status & 0x7f;
  return `${signal === 0 ? (status >> 8) & 0xff : -signal}`;
}

/** True if some line that matches comes twice, but for the numbers at its end. */
function hasTwice(stdout: string, pattern: RegExp): boolean {
  const found = [...stdout.matchAll(pattern)].map(([line]) =>
    line.replace(/^parent \d+/, 'parent'),
  );
  return new Set(found).size < found.length;
}

/** True if the parent says of itself that it is its child, and nobody else has spoken. */
function isAlone(stdout: string): boolean {
  const pids = new Set([...stdout.matchAll(/^(?:parent|child) (\d+): /gm)].map(([, pid]) => pid));
  return pids.size === 1 && /^child /m.test(stdout) && /^parent /m.test(stdout);
}

/** True if the parent says that it is a child, and its child says the same of itself. */
function isInBoth(stdout: string): boolean {
  const pidsOf = (who: RegExp) => new Set([...stdout.matchAll(who)].map(([, pid]) => pid));
  const [parents, children] = [pidsOf(/^parent (\d+): /gm), pidsOf(/^child (\d+): /gm)];
  return (
    parents.size === 1 && children.size === 2 && [...parents].every((pid) => children.has(pid))
  );
}

function spokenByChild(lines: unknown): string[] {
  return Array.isArray(lines) ? lines.filter((line: string) => line.startsWith('child ')) : [];
}
