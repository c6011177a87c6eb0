// The graded checks of processes: programs are held where they stand still, and the kernel is asked who is there (/proc).
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants as files,
  openSync,
  readFileSync,
  readlinkSync,
  writeSync,
} from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import {
  canSeeChildren,
  childrenOf,
  hasReaped,
  killChild,
  letGoOn,
  send,
  stopChildren,
} from '#harness/children';
import { withFacts } from '#harness/failure';
import {
  childrenOf as allChildren,
  hasEnded,
  hasSignal,
  processRow,
  type ProcessRow,
  read,
} from '#harness/proc';
import { Failure, lesson, type Check, type Program, type Trial } from '#harness';
import type { StartOptions } from '#harness/trial';

/** U+FFFD in UTF-8, EF BF BD, as a text of three characters. */
const REPLACEMENT = '\xef\xbf\xbd';

const checks: readonly Check[] = [
  // --- twice ---
  {
    id: 'two-processes',
    step: 1,
    points: 4,
    title: 'two processes are there while the child stands still, with the numbers they print',
    async run(trial) {
      const { program, pid, parent } = await startTwice(trial);
      const row = processRow(pid);
      trial.must(row?.parent === program.pid && parent === program.pid, {
        saw: `the child says that it is ${pid}, child of ${parent}. For the kernel ${describe(pid, row)}.`,
        expected: `a second process, whose parent is the program that was started: ${program.pid}.`,
        facts: {
          ...(pid === program.pid ? { childSays: 'parent' } : {}),
          ...(isThere(program.pid) ? {} : { early: true }),
        },
      });
      program.write('\n');
      const [own, child] = await parentNumbers(trial, program, pid);
      trial.must(own === program.pid && child === pid, {
        saw: `the parent is ${program.pid}, its child was ${pid}; it says that it is ${own}, and its child ${child}.`,
        expected: 'what fork() returns in the parent is the process id of the child.',
        facts: { parentSays: child },
      });
    },
  },
  {
    id: 'copied',
    step: 1,
    points: 3,
    title: 'what the child writes into x does not change the x of its parent',
    async run(trial) {
      const { program, pid, x } = await startTwice(trial);
      program.endInput();
      const [, , own] = await parentNumbers(trial, program, pid);
      trial.must(x === 2 && own === 1, {
        saw: `x is ${x} in the child and ${own} in the parent.`,
        expected: '2 in the child, which has set it, and 1 in the parent.',
        facts: { x: [x, own] },
      });
    },
  },
  {
    id: 'parent-waits',
    step: 1,
    points: 4,
    title: 'the parent says nothing until its child has ended, and then one line; both end there',
    async run(trial) {
      const { program, pid } = await startTwice(trial);
      const { lines } = program.stdout;
      await trial.happenings.rest(() => lines.length > 1 || program.exit !== undefined);
      trial.must(lines.length === 1 && !program.exit && isThere(pid), {
        saw: `the child stands still; the program ${program.exit ? 'has ended' : `has printed ${lines.length} lines`}.`,
        expected: 'the parent waits until its child has ended.',
        facts: { early: true },
      });
      // No line comes on stdin: what the parent waits for is the end of its child, and nothing else.
      // The one that the kernel knows: what a program prints may be anybody's number.
      const [child = 0] = childrenOf(program);
      if (child !== 0) killChild(trial, child);
      await parentNumbers(trial, program, child);
      await program.ended('after its child had ended').catch(notReaping(program, child));

      const both = await startTwice(trial);
      both.program.write('\n');
      await both.program
        .ended('after its child had ended')
        .catch(notReaping(both.program, both.pid));
      const { stdout, stderr, exit } = both.program;
      const right = stdout.lines.length === 2 && exit?.code === 0;
      trial.must(right && stderr.text === '', {
        saw: `there are ${stdout.lines.length} lines on stdout and ${stderr.lines.length} on stderr: ${sayings(both.program)}`,
        expected: 'one line of each process, and status 0.',
        facts: { goesOn: true },
      });
    },
  },

  // --- statuses ---
  {
    id: 'exit-statuses',
    step: 2,
    points: 3,
    title: 'says of each child once with which status it has ended: 8 bits, 256 is 0',
    run: (trial) =>
      expectEnds(trial, trial.random.shuffle([`${trial.random.int(1, 254)}`, '0', '255', '256'])),
  },
  {
    id: 'killed',
    step: 2,
    points: 3,
    title: 'tells a child that was killed from one that has ended with the same number',
    run: (trial) => expectEnds(trial, trial.random.shuffle(['SIGKILL', 'SIGTERM', '9'])),
  },
  {
    id: 'any-order',
    step: 2,
    points: 3,
    title: 'reaps whichever child ends first, while the others stand still',
    async run(trial) {
      const { program, pids } = await startStopped(trial, ['3', 'SIGTERM', '5']);
      for (const [at, wanted] of [
        [2, 'exit status 5'],
        [0, 'exit status 3'],
        [1, 'killed by SIGTERM'],
      ] as const) {
        const pid = pids[at] as number;
        letGoOn(trial, [pid]);
        const what = `${pid} ended: ${wanted}`;
        await program
          .line((line) => line.startsWith(`${pid} ended`), what)
          .catch(
            withFacts(() =>
              program.exit
                ? { counts: countsOf(program, pids.length) }
                : { unreaped: processRow(pid)?.state ?? 'gone' },
            ),
          );
        trial.must(processRow(pid) === undefined, {
          saw: `${pid} was said to have ended; for the kernel ${describe(pid, processRow(pid))}.`,
          expected: 'it is reaped: gone.',
        });
      }
      await program.ended('after its last child');
    },
  },
  {
    id: 'in-order',
    step: 2,
    points: 3,
    title: 'with --in-order reaps in the order of the arguments; the others wait as zombies',
    async run(trial) {
      const { program, pids } = await startStopped(trial, ['3', 'SIGTERM', '5'], '--in-order');
      const [first = 0, second = 0, third = 0] = pids;
      const letEnd = async (pid: number) => {
        letGoOn(trial, [pid]);
        const ended = await eventually(trial, () => !isThere(pid) || undefined);
        if (!ended) trial.fail({ saw: `${pid} did not end.`, expected: 'it ends when it may.' });
      };
      const reaped = () => [second, third].filter((pid) => processRow(pid) === undefined);
      const said = () => reportOf(program).ended.map(({ pid }) => pid);
      await letEnd(second);
      await letEnd(third);
      await trial.happenings.rest(() => reaped().length > 0 || program.exit !== undefined);
      // Which one it was, and whether it says so, shows itself when it has gone as far as it can.
      if (reaped().length > 0) await trial.happenings.rest(() => said().length > 1);
      trial.must(reaped().length === 0 && !program.exit, {
        saw: `${second} and then ${third} ended, and ${first} stands still. Reaped: ${reaped().join(', ') || 'none'}; lines for: ${said().join(', ') || 'none'}.`,
        expected: `with --in-order it waits for ${first}; the others are zombies until then.`,
        facts: program.exit
          ? { counts: countsOf(program, pids.length) }
          : {
              reapedEarly: said().length === 0 ? 'silently' : said()[0] === second ? 'any' : 'last',
            },
      });
      await letEnd(first);
      await program.ended('after its last child');
      trial.must(said().join() === pids.join(), {
        saw: `the lines came for ${said().join(', ')}.`,
        expected: `with --in-order: ${pids.join(', ')}, as they were started.`,
        facts: { counts: countsOf(program, pids.length) },
      });
    },
  },

  // --- poll ---
  {
    id: 'answers',
    step: 3,
    points: 4,
    title: 'answers each line while its child works: to ask the kernel takes no time',
    async run(trial) {
      const { program, child } = await startPoll(trial);
      await expectAnswer(program, child, '有人吗\n');
      await expectAnswer(program, child, '\n');
      // It may look at its child every now and then: by now it has.
      const ended = () => program.stdout.lines.find((line) => line.includes(' ended: '));
      await trial.happenings.rest(() => ended() !== undefined || program.exit !== undefined);
      if (ended() === undefined) await expectAnswer(program, child, '还在吗\n');
      trial.must(ended() === undefined && isThere(child), {
        saw: `the child is there, and the program said: ${ended()}`,
        expected: 'waitpid() with WNOHANG returns 0 for the process id as long as the child runs.',
        facts: { zeroIsEnded: true },
      });
    },
  },
  {
    id: 'notices',
    step: 3,
    points: 4,
    title:
      'notices by itself when its child has ended, by `stop` or by anybody, and ends; the end of stdin changes nothing',
    async run(trial) {
      for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
        const { program, child } = await startPoll(trial);
        if (signal === 'SIGKILL') {
          program.endInput();
          await trial.happenings.rest(() => !isThere(child) || program.exit !== undefined);
          trial.must(isThere(child) && !program.exit, {
            saw: `stdin has come to its end; ${program.exit ? `the program ended with ${ending(program)}` : `for the kernel ${describe(child, processRow(child))}`}.`,
            expected: 'the child works on, and the program looks on.',
            facts: { endsWithInput: isThere(child) ? 'program' : 'child' },
          });
        }
        const since = woken(program.pid);
        const ignores = hasSignal(program.pid, 'SigIgn', 'SIGCHLD');
        if (signal === 'SIGKILL') killChild(trial, child);
        else program.write('stop\n');
        const wanted = `${child} ended: killed by ${signal}`;
        const line = await program
          .line((text) => text.startsWith(`${child} ended: `), wanted)
          .catch(
            withFacts(() => ({
              unnoticed: processRow(child)?.state ?? 'gone',
              looks: woken(program.pid) - since > WOKEN,
              ignores,
            })),
          );
        trial.must(line === wanted, {
          saw: `${signal === 'SIGKILL' ? 'the child was killed by SIGKILL' : 'the line stop came'}; the program says: ${line}`,
          expected: wanted,
          facts: { how: signal, said: line.replace(/.* ended: /, '') },
        });
        const exit = await program.ended('after its child had ended');
        trial.must(exit.code === 0 && program.stderr.text === '', {
          saw: `its child had ended; then the program ended with ${ending(program)}.`,
          expected: 'status 0: there is nothing left to look for.',
        });
      }
    },
  },

  // --- zombie ---
  {
    id: 'zombie',
    step: 4,
    points: 4,
    title:
      'the kernel shows state Z while nobody has waited for the child, and so does the program',
    async run(trial) {
      const { program, child, said } = await startZombie(trial);
      const row = processRow(child);
      trial.must(row?.state === 'Z' && row.parent === program.pid && said === 'Z', {
        saw: `the program says ${said}; for the kernel ${describe(child, row)}.`,
        expected: 'Z: the child has ended, and its parent has not waited for it yet.',
        facts: { state: row?.state ?? 'gone', said },
      });
      // Nobody knows how long a child takes: this one stands still until the parent has had time enough to look too early.
      const held = await startHeld(trial, 'zombie');
      if (!held.release) return;
      const { lines } = held.program.stdout;
      const since = woken(held.program.pid);
      const looks = () => woken(held.program.pid) - since > MANY_LOOKS;
      await eventually(trial, () => lines.length > 0 || looks() || undefined);
      const [early = ''] = lines;
      trial.must(early === '', {
        saw: `the child has not ended, and the program says: ${early}`,
        expected: 'nothing, until the child has ended; and then its state, Z.',
        facts: { said: early.replace(/.*: /, '') },
      });
      held.release();
      const slow = await held.program.line(
        (text) => /^child \d+: \w+$/.test(text),
        'child 4712: Z',
      );
      trial.must(slow.endsWith(': Z'), {
        saw: `a child that takes its time has ended, and the program says: ${slow}`,
        expected: 'Z: the child has ended, and its parent has not waited for it yet.',
        facts: { said: slow.replace(/.*: /, '') },
      });
    },
  },
  {
    id: 'reaped',
    step: 4,
    points: 3,
    title: 'to wait for it is what removes it: the status is told, the process is gone',
    async run(trial) {
      const { program, child } = await startZombie(trial);
      program.write('\n');
      const waited = await program
        .line((line) => line.startsWith('wait: '), 'wait: exit status 7')
        .catch(withFacts(() => ({ afterwards: processRow(child)?.state ?? 'gone' })));
      const shown = await program.line((line) => line.startsWith('child '), `child ${child}: gone`);
      const row = processRow(child);
      const right = waited === 'wait: exit status 7' && shown === `child ${child}: gone`;
      trial.must(right && row === undefined && !program.exit, {
        saw: `the program says ${waited} and ${shown}; for the kernel ${describe(child, row)}.`,
        expected: 'the child had ended with 7; once its parent has waited it is gone.',
        facts: { waited, shown, afterwards: row?.state ?? 'gone' },
      });
      program.write('\n');
      await program.ended('after the second line');
    },
  },
  {
    id: 'ignored',
    step: 4,
    points: 4,
    title: 'with --ignore SIGCHLD is ignored: no zombie, and nothing to wait for (ECHILD)',
    async run(trial) {
      // Held in fork(), until its child has ended: so it makes no difference who of the two is faster.
      const { program, child, said } = await startZombie(trial, '--ignore');
      const row = processRow(child);
      const disposition = () => ({
        ignores: hasSignal(program.pid, 'SigIgn', 'SIGCHLD'),
        catches: hasSignal(program.pid, 'SigCgt', 'SIGCHLD'),
      });
      trial.must(row === undefined && said === 'gone', {
        saw: `SIGCHLD should be ignored. The program says ${said}; for the kernel ${describe(child, row)}.`,
        expected: 'gone: of a child whose parent ignores SIGCHLD the kernel keeps nothing.',
        facts: { said, ...(row?.state === 'Z' ? { zombieStays: true } : {}), ...disposition() },
      });
      trial.must(disposition().ignores, {
        saw: 'the child is gone, but the program does not ignore SIGCHLD: SigIgn in /proc/<pid>/status.',
        expected: 'the kernel keeps nothing of the child because SIGCHLD is ignored.',
        facts: { notIgnored: true },
      });
      program.write('\n');
      const waited = await program
        .line((line) => line.startsWith('wait: '), 'wait: ECHILD')
        .catch(withFacts(() => ({ noChild: true })));
      trial.must(waited === 'wait: ECHILD', {
        saw: `the program says ${waited}.`,
        expected: 'wait: ECHILD. There is no child, and its status is lost.',
        facts: { noChild: true },
      });
      program.write('\n');
      await program.ended('after the second line');
    },
  },

  // --- orphan ---
  {
    id: 'adopted',
    step: 5,
    points: 5,
    title: 'the parent ends and does not wait; the child notes its old parent and its new one',
    async run(trial) {
      const orphan = await letAdopt(trial);
      const { program, parent, child, adopter, text } = orphan;
      const wanted = `parent was ${parent}, is ${adopter}`;
      trial.must(text === `${wanted}\n`, {
        saw: sawOf(orphan),
        expected: `${wanted}, and a line end`,
        facts: factsOf(orphan),
      });
      const gone = await eventually(trial, () => !isThere(child) || undefined);
      trial.must(gone === true, {
        saw: `the child has noted its new parent, and is still there; printed: ${quote(program.stdout.lines)}`,
        expected: 'it ends.',
        facts: { goesOn: program.stdout.lines.length > 1 },
      });
      trial.must(program.stdout.lines.length === 1, {
        saw: `the program printed: ${quote(program.stdout.lines)}`,
        expected: 'one line, that of the parent.',
        facts: { goesOn: true },
      });
      // Nobody says who goes first: this child asks nothing before its parent has ended.
      const held = await letAdopt(trial, { held: true });
      trial.must(held.text === `parent was ${held.parent}, is ${held.adopter}\n`, {
        saw: `${sawOf(held)} Its parent had ended before the child came to ask.`,
        expected: `parent was ${held.parent}, is ${held.adopter}, and a line end`,
        facts: { ...factsOf(held), tooLate: held.text === undefined },
      });
    },
  },
  {
    id: 'any-parent',
    step: 5,
    points: 4,
    title: 'the child notices its new parent also where that is not process 1',
    async run(trial) {
      const orphan = await letAdopt(trial, { through: subreaper() });
      // What it notes of the old one, and that it ends, was asked for above.
      const wanted = `, is ${orphan.adopter}`;
      trial.must(orphan.text?.endsWith(`${wanted}\n`) === true, {
        saw: sawOf(orphan),
        expected: `parent was ${orphan.parent}${wanted}, and a line end`,
        facts: factsOf(orphan),
      });
    },
  },

  // --- daemon ---
  {
    id: 'nobodys-child',
    step: 6,
    points: 4,
    title: 'the worker is no child of the starter, and no zombie is left of the way there',
    async run(trial) {
      const { program, worker } = await startDaemon(trial);
      const row = processRow(worker);
      const family = program.family();
      const of = family.some(({ pid, state }) => pid === row?.parent && state !== 'Z');
      trial.must(row !== undefined && worker !== program.pid && !of, {
        saw: `the file pid says ${worker}; for the kernel ${describe(worker, row)}.`,
        expected: 'the worker is there, and its parent is none of the processes of this program.',
        facts: { childOf: row?.parent === program.pid ? 'starter' : 'middle' },
      });
      const children = (allChildren(program.pid) ?? []).map((pid) => processRow(pid)?.state);
      trial.must(children.length === 0, {
        saw: `the starter stands still, and has a child in state ${children.join(' and ')}.`,
        expected: 'no child: the one in the middle has ended, and was waited for.',
        facts: { unreaped: true },
      });
    },
  },
  {
    id: 'own-session',
    step: 6,
    points: 4,
    title: 'the worker is in a session of its own, and does not lead it',
    async run(trial) {
      const { program, worker } = await startDaemon(trial);
      const row = processRow(worker);
      trial.must(row !== undefined && row.session !== processRow(program.pid)?.session, {
        saw: `the worker ${worker} and the starter are both in session ${row?.session}.`,
        expected: 'a session of its own: nothing that happens to the terminal is for the worker.',
        facts: { session: 'shared' },
      });
      trial.must(row?.session !== worker, {
        saw: `the worker ${worker} leads the session ${row?.session}.`,
        expected:
          'the one in the middle begins the session and ends: the worker can get no terminal.',
        facts: { session: 'leader' },
      });
    },
  },
  {
    id: 'works-on',
    step: 6,
    points: 4,
    title:
      'the worker outlives the starter, does its work and ends; nothing ties it to the terminal',
    async run(trial) {
      const { program, worker, directory } = await startDaemon(trial);
      const held = () => [0, 1, 2].filter((file) => isSame(program.pid, worker, file));
      const free = await eventually(trial, () => (held().length === 0 ? true : undefined));
      trial.must(free === true, {
        saw: `the worker has the same file as the starter for ${held()
          .map((file) => STANDARD[file])
          .join(', ')}.`,
        expected:
          'it lets go of them: who reads what the starter prints must not wait for the worker.',
        facts: { holds: true },
      });
      program.write('\n');
      const exit = await program.ended('after a line on stdin, while the worker was working');
      trial.must(exit.code === 0 && isThere(worker), {
        saw: `the starter ended with ${ending(program)}, and the worker is ${isThere(worker) ? 'there' : 'gone'}.`,
        expected: 'status 0, and the worker goes on.',
        facts: { workerGone: !isThere(worker) },
      });
      const text = '老和尚给小和尚讲故事𠮷'.repeat(trial.random.int(1, 9));
      // By a rename: the worker may look at any moment, and must not find half a task.
      await rename(await trial.write('新任务.txt', `${text}\n`), join(directory, '任务.txt'));
      const path = join(directory, '结果.txt');
      const result = await eventually(trial, () => contentOf(path));
      const wanted = `${[...text].length} characters`;
      trial.must(result === `${wanted}\n`, {
        saw: `任务.txt was there; 结果.txt ${result ? `says: ${result.trim()}` : 'did not come'}.`,
        expected: wanted,
      });
      const gone = await eventually(trial, () => !isThere(worker) || undefined);
      trial.must(gone === true, {
        saw: 'the worker has done its work, and is still there.',
        expected: 'it ends.',
        facts: { workerStays: true },
      });
    },
  },

  // --- run ---
  {
    id: 'output',
    step: 7,
    points: 3,
    title: 'gives back every byte of the command, and hands over its arguments as they are',
    async run(trial) {
      const args = ['; touch 坏了', '$HOME', '我的 文件', '*', ''];
      const words = await runCommand(trial, ['printf', '<%s>', ...args]);
      const wanted = Buffer.from(args.map((arg) => `<${arg}>`).join(''));
      trial.sameBytes(words.stdout.bytes, wanted, 'the arguments, printed', { inShell: true });
      const bytes = trial.random.bytes(200_000);
      await trial.write('数据', bytes);
      const cat = await runCommand(trial, ['cat', '数据']);
      trial.sameBytes(cat.stdout.bytes, bytes, 'the output');
      // More than a program may print into a check: into a file.
      const many = Buffer.concat(Array.from({ length: 8 }, () => bytes));
      await trial.write('数据', many);
      const through = ['sh', '-c', 'exec "$@" > 输出', 'sh'];
      const big = await runCommand(trial, ['cat', '数据'], { through });
      trial.must(readFileSync(join(trial.directory, '输出')).equals(many), {
        saw: `the command printed ${many.length} bytes; the program ended with ${ending(big)}.`,
        expected: 'all of them.',
        facts: { many: true },
      });
    },
  },
  {
    id: 'stdio',
    step: 7,
    points: 2,
    title: 'the command has the stdin and the stderr of the program',
    async run(trial) {
      const program = await trial.start('run', ['sh', '-c', 'cat; echo 错 >&2']);
      program.write('从前有座山\n');
      program.endInput();
      await program
        .ended('after the end of its stdin')
        .catch(withFacts(() => ({ ownStdio: 'stdin' })));
      trial.must(program.stdout.text === '从前有座山\n', {
        saw: `从前有座山 came on stdin, and the command is cat; on stdout: ${quote(program.stdout.lines)}`,
        expected: 'the command reads what comes on the stdin of the program.',
        facts: { ownStdio: 'stdin' },
      });
      trial.must(program.stderr.lines.includes('错'), {
        saw: `the command printed 错 on stderr; on the stderr of the program: ${quote(program.stderr.lines)}`,
        expected: 'what the command says on stderr is there, as it says it.',
        facts: { ownStdio: 'stderr' },
      });
    },
  },
  {
    id: 'run-statuses',
    step: 7,
    points: 2,
    title: 'says with which status the command has ended, and ends with the same',
    async run(trial) {
      for (const status of [0, trial.random.int(3, 120), 255])
        await expectRun(trial, ['sh', '-c', `exit ${status}`], status, `exit status ${status}`);
    },
  },
  {
    id: 'run-killed',
    step: 7,
    points: 2,
    title: 'says which signal has killed it, and ends with 128 and its number',
    async run(trial) {
      for (const signal of ['KILL', 'TERM'] as const) {
        const command = ['sh', '-c', `kill -${signal} $$`];
        const status = 128 + constants.signals[`SIG${signal}`];
        await expectRun(trial, command, status, `killed by SIG${signal}`);
      }
    },
  },
  {
    id: 'run-missing',
    step: 7,
    points: 2,
    title: 'says that a command is not there, and ends with 127',
    run: (trial) =>
      expectRun(trial, ['没有这个命令', '-x'], 127, 'cannot start 没有这个命令: ENOENT'),
  },
  {
    id: 'to-the-end',
    step: 7,
    points: 3,
    title: 'waits for all that is printed, also by a grandchild that outlives the command',
    async run(trial) {
      const pipe = await makePipe(trial);
      const program = await trial.start('run', ['sh', '-c', 'echo 早; cat 管道 & exit 3']);
      const end = await openPipe(trial, program, pipe);
      await eventually(trial, () => hasReaped(program) || program.exit !== undefined || undefined);
      trial.note('the command has ended; its own child has not');
      sayInto(end, '晚到的话\n');
      await program
        .ended('after the grandchild had ended')
        .catch(withFacts(() => ({ late: true })));
      // An empty line in place of 早: echo was run without its argument, so somebody has put the command together anew.
      const inShell = program.stdout.text.startsWith('\n');
      const facts = { late: true, exit: program.exit, ...(inShell ? { inShell } : {}) };
      const wanted = Buffer.from('早\n晚到的话\n');
      trial.sameBytes(program.stdout.bytes, wanted, 'the output', facts);
      expectReport(trial, program, 3, 'exit status 3', facts);
    },
  },

  // --- workers ---
  {
    id: 'sums',
    step: 8,
    points: 4,
    title: 'prints the answer of each worker, and then all of them end',
    async run(trial) {
      const below = trial.random.int(20, 99);
      const program = await trial.start('workers', ['2', '100', `${below}`]);
      const answers = ['2: 0', '100: 1060', `${below}: ${sumOfPrimes(below)}`];
      for (const answer of answers.toSorted()) {
        await eventually(trial, () => program.stdout.lines.includes(answer) || program.exit);
        if (program.stdout.lines.includes(answer)) continue;
        const saw = `for the jobs 2, 100 and ${below} the program printed: ${quote(program.stdout.lines)}`;
        trial.fail({
          saw,
          expected: `one line for each, among them ${answer}`,
          facts: { exit: program.exit, sums: true, ...(await keptOpen(trial, program, answer)) },
        });
      }
      const exit = await program
        .ended('when all answers were there')
        .catch(withFacts(() => ({ open: childrenOf(program).length })));
      trial.must(exit.code === 0 && program.stdout.lines.length === answers.length, {
        saw: `it ended with ${ending(program)}, after ${program.stdout.lines.length} lines.`,
        expected: 'status 0, and one line for each job.',
      });
    },
  },
  {
    id: 'at-once',
    step: 8,
    points: 4,
    title: 'has a process for each job, all at the same time, and prints an answer when it comes',
    async run(trial) {
      const program = await trial.start('workers', [LONG, LONG, '100']);
      await program
        .line((line) => line === '100: 1060', 'the answer of the short job, which is the third')
        .catch(async (error: unknown) => {
          const facts = await atWork(trial, program);
          throw error instanceof Failure ? error.with(facts) : error;
        });
      await eventually(trial, () => childrenOf(program).length === 2 || undefined);
      const others = childrenOf(program);
      trial.must(others.length === 2, {
        saw: `the third of three workers has answered; ${others.length} are there.`,
        expected: 'the two that have much more to do are still at work.',
        facts: others.length > 2 ? { open: others.length } : { oneByOne: true },
      });
      for (const worker of others) killChild(trial, worker);
      await program.ended('after the two others were killed').catch(
        withFacts(() => {
          const unsaid = !program.stdout.lines.some((line) => line.startsWith(LONG));
          return unsaid && childrenOf(program).length === 0 ? { victim: 'gone' } : {};
        }),
      );
    },
  },
  {
    id: 'limit',
    step: 8,
    points: 3,
    title: 'kills a worker that does not answer within --limit, whatever state it is in',
    async run(trial) {
      const program = await trial.start('workers', ['--limit', '300', LONG]);
      const [worker = -1] = await holdWorkers(trial, program, 1);
      const wanted = `${LONG}: no answer within 300 ms`;
      const options = { mayRest: true };
      await program
        .line((line) => line === wanted, wanted, options)
        .catch(
          withFacts(() => ({
            worker: processRow(worker)?.state ?? 'gone',
            pending: isPending(worker),
          })),
        );
      trial.must(!isThere(worker), {
        saw: `the program says that the worker did not answer; for the kernel ${describe(worker, processRow(worker))}.`,
        expected:
          'the worker is gone: kill() only sends a signal, and the event exit tells of the end.',
        facts: { onlySent: isPending(worker) || processRow(worker)?.state !== 'T' },
      });
      const exit = await program.ended('after its only worker was killed');
      trial.must(exit.code === 1, {
        saw: `the program ended with ${ending(program)}.`,
        expected: 'status 1: one job has no answer.',
        facts: { statusZero: exit.code === 0 },
      });
    },
  },
  {
    id: 'worker-lost',
    step: 8,
    points: 3,
    title:
      'says by which signal, or with which status, a worker was lost, and waits for the others only',
    async run(trial) {
      const program = await trial.start('workers', [LONG, '100']);
      // Both at once, before the other one can have answered.
      const [victim = -1, ...others] = await holdWorkers(trial, program, 2);
      killChild(trial, victim);
      const wanted = `${LONG}: no answer (SIGKILL)`;
      const line = await program
        .line((text) => text.startsWith(`${LONG}: `), wanted)
        .catch(async (error: unknown) => {
          // Is it said when the others have answered, or never?
          letGoOn(trial, others);
          const late = () => program.stdout.lines.includes(wanted);
          await eventually(trial, () => late() || program.exit);
          const facts = late()
            ? { heldBack: true }
            : { victim: processRow(victim)?.state ?? 'gone' };
          throw error instanceof Failure ? error.with(facts) : error;
        });
      trial.must(line === wanted, {
        saw: `the worker was killed by somebody else, long before the limit; the program says: ${line}`,
        expected: wanted,
        facts: { takenForOwn: line.includes('within'), saidOfSignal: line },
      });
      letGoOn(trial, others);
      const answered = program.stdout.lines.includes('100: 1060');
      if (!answered)
        await program
          .line((text) => text === '100: 1060', '100: 1060')
          .catch(async (error: unknown) => {
            const facts = program.exit
              ? { othersLost: true }
              : await keptOpen(trial, program, '100: 1060');
            throw error instanceof Failure ? error.with(facts) : error;
          });
      const exit = await program
        .ended('after the other worker had answered')
        .catch(withFacts(() => ({ open: childrenOf(program).length })));
      trial.must(exit.code === 1, {
        saw: `one of two workers was killed; the program ended with ${ending(program)}.`,
        expected: 'status 1: one job has no answer.',
        facts: { statusZero: exit.code === 0 },
      });
      await expectStatusOfWorker(trial);
    },
  },

  // --- detach ---
  {
    id: 'outlives',
    step: 9,
    points: 3,
    title: 'ends at once, and what it has started runs on under another parent',
    async run(trial) {
      const { program, child, release } = await startDetached(trial);
      const exit = await program.ended('while the command was running').catch(
        withFacts(() => ({
          waits: isThere(child),
        })),
      );
      const row = processRow(child);
      trial.must(exit.code === 0 && row !== undefined && row.state !== 'Z', {
        saw: `the program ended with ${ending(program)}; for the kernel ${describe(child, row)}.`,
        expected: 'status 0, and the command runs on.',
      });
      await release();
    },
  },
  {
    id: 'detached',
    step: 9,
    points: 3,
    title: 'the command has a session of its own, and nothing of this terminal',
    async run(trial) {
      const { program, child, release } = await startDetached(trial);
      const row = processRow(child);
      trial.must(row?.session === child, {
        saw: `the command ${child} is in session ${row?.session}, that of the program.`,
        expected: 'it leads a session of its own: Ctrl+C in this terminal is not for it.',
        facts: { session: 'shared' },
      });
      const open = [0, 1, 2].map((file) => linkOf(child, file));
      const log = join(trial.directory, '记录.txt');
      trial.must(open[0] === '/dev/null' && open[1] === log && open[2] === log, {
        saw: `its stdin is ${open[0]}, its stdout ${open[1]}, its stderr ${open[2]}.`,
        expected: 'nothing to read from (/dev/null), and the file for both of the others.',
        facts: { stdio: open },
      });
      await release();
      await program.ended('after the command had ended');
    },
  },
  {
    id: 'log',
    step: 9,
    points: 3,
    title: 'adds what the command prints to the file, and says if there is no such command',
    async run(trial) {
      const path = await trial.write('记录.txt', '昨天\n');
      const { program, child, release } = await startDetached(trial);
      await release();
      await program.ended('after the command had ended');
      const text = contentOf(path) ?? '';
      trial.must(text === '昨天\n来了\n走了\n', {
        saw: `the file said 昨天 before; the command ${child} printed 来了 and 走了; now it says: ${quote(text.trim().split('\n'))}`,
        expected: 'all three, each in a line: to the file is added, by stdout and by stderr.',
        facts: { log: text },
      });
      const missing = await trial.start('detach', ['记录.txt', '没有这个命令']);
      const exit = await missing.ended('when its command was not there');
      const wanted = 'detach: cannot start 没有这个命令: ENOENT';
      trial.must(exit.code === 127 && missing.stderr.text === `${wanted}\n`, {
        saw: `there is no command 没有这个命令; the program ended with ${ending(missing)}.`,
        expected: `status 127 and one line on stderr: ${wanted}`,
        facts: { missing: true },
      });
    },
  },
];

export default lesson({
  lesson: 'processes',
  steps: [
    'One call that returns twice',
    'How a child has ended',
    'Ask, and do not wait',
    'A zombie',
    'An orphan',
    'The double fork',
    'Run a command',
    'Workers, and messages',
    'A child that outlives its parent',
  ],
  checks: checks.map((check) => ({ ...check, run: onLinux(check) })),
  diagnoses: [
    {
      id: 'both-wait',
      when: ({ noChildLine, stderr }) => noChildLine === true && stderr.includes('ECHILD'),
      cause: () =>
        'the child comes to wait() as well, and has no child: ECHILD. What stands behind fork() and outside the if is for both.',
      hint: 2,
    },
    {
      id: 'roles-swapped',
      when: ({ childSays, gone }) => childSays === 'parent' && gone === true,
      cause: () =>
        'the parent does the work of the child. fork() returns 0 in the child, and the process id of the child in the parent.',
      hint: 2,
    },
    {
      id: 'asked-before-fork',
      when: ({ childSays }) => childSays === 'parent',
      cause: () =>
        'the process ids were asked for before the fork, and the child has a copy of the answer. Ask in the child.',
      hint: 3,
    },
    {
      id: 'pair-for-child',
      when: ({ stdout }) => /^parent: pid \d+, child \[? ?\d+, ?\d+/m.test(stdout),
      cause: () =>
        'wait() returns two numbers, the process id of the child and its status: [pid, status]. The id of the child is what fork() has returned in the parent.',
      hint: 2,
    },
    {
      id: 'own-pid-for-child',
      when: ({ parentSays }) => parentSays !== undefined,
      cause: () => 'the id of the child is what fork() has returned in the parent.',
      hint: 2,
    },
    {
      id: 'x-set-in-both',
      when: ({ x }) => Array.isArray(x) && x[1] !== 1,
      cause: () =>
        'the line that sets x is run by both. What stands before the fork, or after the if, is for two processes.',
      hint: 2,
    },
    {
      id: 'asks-for-zombie',
      when: ({ notReaped, unnoticed, looks }) =>
        notReaped === 'looks' || (unnoticed === 'Z' && looks === true),
      cause: () =>
        'it looks again and again, and the child is there: a zombie is a process for kill(pid, 0) and for /proc. That it has ended tells waitpid(), and nothing else removes it.',
      hint: 2,
    },
    {
      id: 'sleeps-for-wait',
      when: ({ notReaped }) => notReaped === 'sleeps',
      cause: () =>
        'the parent sleeps for a time. Nobody knows how long the child will take: wait() ends when the child does, neither sooner nor later.',
      hint: 2,
    },
    {
      id: 'waits-for-line',
      when: ({ notReaped }) => notReaped === 'reads',
      cause: () =>
        'the child has ended, and nobody has waited for it (Z). To stand still is not to wait for a child: wait() is.',
      hint: 2,
    },
    {
      id: 'parent-does-not-wait',
      when: ({ early }) => early === true,
      cause: () =>
        'nothing makes the parent wait: both go on at the same time after fork(). wait() is what waits.',
      hint: 2,
    },
    {
      id: 'child-goes-on',
      when: ({ goesOn }) => goesOn === true,
      cause: () =>
        'the child comes out of its if, into the lines of the parent. _exit() at its end keeps it from that.',
      hint: 2,
    },
    {
      id: 'forks-on',
      when: ({ counts }) => isCounts(counts) && counts.started > counts.asked,
      cause: () =>
        'a child goes on in the loop that has made it, and forks as well. To set process.exitCode ends nothing: _exit() does.',
      hint: 2,
    },
    {
      id: 'waits-once',
      when: ({ counts }) =>
        isCounts(counts) && counts.started === counts.asked && counts.ended < counts.asked,
      cause: () => 'wait() reaps one child. For n children it is called n times.',
      hint: 2,
    },
    {
      id: 'raw-status',
      when: ({ how, said, waited }) =>
        isRaw(how, said) || waited === `wait: exit status ${7 * 256}`,
      cause: () =>
        'the status of wait() holds more than the exit status, which is in its upper 8 bits: 3 is 768. WEXITSTATUS() takes it out.',
      hint: 2,
    },
    {
      id: 'killed-as-exit',
      when: ({ how, said }) => `${how}`.startsWith('SIG') && said === 'exit status 0',
      cause: () =>
        'a child that was killed has no exit status, and WEXITSTATUS() is 0 then. Ask WIFSIGNALED() first.',
      hint: 2,
    },
    {
      id: 'signal-0',
      when: ({ how, said }) =>
        /^killed by (signal )?0$/.test(`${said}`) &&
        (/^\d+$/.test(`${how}`) ? Number(how) & 0xff : undefined) === 0,
      cause: () =>
        'there is no signal 0. This child has ended by itself, with status 0. Whether it was a signal is what WIFSIGNALED() tells.',
      hint: 2,
    },
    {
      id: 'shell-status',
      when: ({ how, said }) =>
        isNumberOfSignal(how, said, (number) => `exit status ${128 + number}`),
      cause: () =>
        '128 and the number of the signal is what a shell makes of it for `$?`. The kernel says that it was a signal, and which: nameOf(WTERMSIG(status)).',
      hint: 3,
    },
    {
      id: 'signal-number',
      when: ({ how, said }) => isNumberOfSignal(how, said, (number) => `killed by ${number}`),
      cause: () => 'this is the number of the signal. nameOf() makes its name of it.',
      hint: 3,
    },
    {
      id: 'prints-argument',
      when: ({ how, said }) => Number(how) > 255 && said === `exit status ${how}`,
      cause: () =>
        'this is what the child was asked for, and not what the kernel has kept of it: 8 bits.',
      hint: 2,
    },
    {
      id: 'child-says-started',
      when: ({ shuffled }) => shuffled === true,
      cause: () =>
        'all children say that they are started, in an order of their own. Who knows the order is the parent: it prints the line, with what fork() has returned.',
      hint: 3,
    },
    {
      id: 'one-after-the-other',
      when: ({ startedOnly }) => typeof startedOnly === 'number' && startedOnly > 0,
      cause: () =>
        'a child is waited for before the next one is started. Start all of them, and then wait.',
      hint: 2,
    },
    {
      id: 'in-order-only',
      when: ({ unreaped }) => unreaped === 'Z',
      cause: () =>
        'waitpid(pid) waits for that child, however many others have ended. wait() takes the first that ends.',
      hint: 3,
    },
    {
      id: 'said-at-end',
      when: ({ check, unreaped }) => check === 'any-order' && unreaped === 'gone',
      cause: () =>
        'the child was reaped, and nothing was said of it. Print the line as soon as wait() has returned, and not when all are through.',
      hint: 3,
    },
    {
      id: 'ignores-in-order',
      when: ({ reapedEarly }) => reapedEarly === 'any',
      cause: () => 'wait() takes any child. To take a certain one, name it: waitpid(pid).',
      hint: 3,
    },
    {
      id: 'last-first',
      when: ({ reapedEarly }) => reapedEarly === 'last',
      cause: () =>
        'the children are waited for one by one, but from the last to the first. The order is that of the arguments.',
      hint: 3,
    },
    {
      id: 'sorted-afterwards',
      when: ({ reapedEarly }) => reapedEarly === 'silently',
      cause: () =>
        'wait() has taken them as they ended, and only the lines are kept in order. waitpid(pid) waits for that child, and leaves the others.',
      hint: 3,
    },
    {
      id: 'ends-with-input',
      when: ({ endsWithInput }) => endsWithInput === 'child',
      cause: () =>
        'that no more lines come says nothing of the child. Only `stop`, and the end of the child, end this program.',
      hint: 3,
    },
    {
      id: 'zero-is-running',
      when: ({ zeroIsEnded, unanswered, endsWithInput, stdout }) =>
        zeroIsEnded === true ||
        ((unanswered === true || endsWithInput === 'program') && / ended: /.test(stdout)),
      cause: () =>
        'with WNOHANG the call returns [0, 0] while the child runs. That status means nothing: look at the 0 for the process id first.',
      hint: 2,
    },
    {
      id: 'busy-loop',
      when: ({ unanswered, unnoticed, spins }) =>
        spins === true && (unanswered === true || unnoticed !== undefined),
      cause: () =>
        'a loop asks again and again, and the event loop never gets its turn. Ask now and then: setInterval().',
      hint: 2,
    },
    {
      id: 'call-that-waits',
      when: ({ unanswered, exit, verdict }) =>
        unanswered === true && verdict === 'timed out' && exit === undefined,
      cause: () =>
        'a call that waits stops the whole program: wait(), waitpid() without WNOHANG, sleep().',
      hint: 2,
    },
    {
      id: 'asks-on',
      when: ({ check, stdout, stderr }) =>
        check === 'notices' && stderr.includes('ECHILD') && / ended: /.test(stdout),
      cause: () =>
        'it asks for a child that it has reaped already: ECHILD. clearInterval() once it has ended.',
      hint: 3,
    },
    {
      id: 'asks-twice',
      // Nothing was said of its end, and SIGCHLD is not ignored: so it was a call before this one that has reaped it.
      when: ({ check, stderr, ignores }) =>
        check === 'notices' && stderr.includes('ECHILD') && ignores === false,
      cause: () =>
        'each call of waitpid() asks anew. The one that finds that the child has ended reaps it, and the next one fails with ECHILD. Call it once, and keep both numbers that it returns.',
      hint: 3,
    },
    {
      id: 'kills-at-stop',
      when: ({ check, how, said }) =>
        check === 'notices' && how === 'SIGTERM' && said === 'killed by SIGKILL',
      cause: () => '`stop` asks the child to end, by SIGTERM. SIGKILL does not ask.',
      hint: 3,
    },
    {
      id: 'asks-once',
      when: ({ unnoticed, endsWithInput }) => unnoticed === 'Z' || endsWithInput === 'program',
      cause: () =>
        'nobody asks for the child any more. Who does not wait has to ask again and again, by a timer, which also keeps the program alive.',
      hint: 3,
    },
    {
      id: 'reaped-too-early',
      when: ({ check, state }) => check === 'zombie' && state === 'gone',
      cause: () =>
        'the child was waited for already, or SIGCHLD is ignored without --ignore. wait() reaps: then there is no zombie to see.',
      hint: 2,
    },
    {
      id: 'waits-for-gone',
      when: ({ check, untilGone }) => ['zombie', 'reaped'].includes(check) && untilGone === true,
      cause: () =>
        'the child has ended, and is a zombie; the program looks on and prints nothing. It is not gone before somebody waits for it: the state to wait for is Z.',
      hint: 3,
    },
    {
      id: 'still-running',
      when: ({ check, said }) =>
        ['zombie', 'ignored'].includes(check) &&
        said !== undefined &&
        !['Z', 'gone'].includes(`${said}`),
      cause: () => 'the parent looks before the child has ended. Look again until it has.',
      hint: 3,
    },
    {
      id: 'kills-zombie',
      when: ({ afterwards }) => afterwards === 'Z',
      cause: () =>
        'a zombie has ended: no signal does anything to it, SIGKILL neither. Only its parent can remove it, by waiting for it.',
      hint: 2,
    },
    {
      id: 'state-remembered',
      when: ({ shown, afterwards }) => afterwards === 'gone' && `${shown}`.endsWith(': Z'),
      cause: () =>
        'the child is gone, and the last line still says Z: that is the state of before. A variable does not follow the kernel: ask again after the wait.',
      hint: 3,
    },
    {
      id: 'ignored-too-late',
      when: ({ zombieStays, ignores }) => zombieStays === true && ignores === true,
      cause: () =>
        'SIGCHLD is ignored, but the child had ended before: what is a zombie stays one. Ignore it before the fork.',
      hint: 3,
    },
    {
      id: 'not-ignored',
      when: ({ zombieStays, catches }) => zombieStays === true && catches === true,
      cause: () =>
        'SIGCHLD is not ignored: a listener of process.on() is not the same. signal() with SIG_IGN tells the kernel.',
      hint: 3,
    },
    {
      id: 'ignored-elsewhere',
      when: ({ zombieStays }) => zombieStays === true,
      cause: () =>
        'the parent does not ignore SIGCHLD: signal() was not called there, or not with SIG_IGN. Each process has a setting of its own, and it is the parent that gets this signal.',
      hint: 3,
    },
    {
      id: 'reaps-for-ignore',
      when: ({ notIgnored }) => notIgnored === true,
      cause: () =>
        'the child was waited for, and its status was thrown away. With --ignore nobody waits: signal() with SIG_IGN tells the kernel to keep nothing.',
      hint: 3,
    },
    {
      id: 'waits-for-zombie',
      when: ({ check, noState }) => check === 'ignored' && noState === true,
      cause: () =>
        'it waits for a Z that never comes: of a child whose end is ignored nothing is left. It is gone.',
      hint: 3,
    },
    {
      id: 'no-child',
      when: ({ noChild, stderr }) => noChild === true && stderr.includes('ECHILD'),
      cause: () =>
        'wait() throws an error when there is no child, whose code is ECHILD. That is an answer here: catch it.',
      hint: 3,
    },
    {
      id: 'parent-waits',
      when: ({ parentWaits }) => parentWaits === true,
      cause: () =>
        'the parent waits for a child that waits for its parent to end. An orphan is one whose parent does not wait.',
      hint: 2,
    },
    {
      id: 'no-line-end',
      when: ({ noLineEnd }) => noLineEnd === true,
      cause: () =>
        'a line of text ends with a line end, \\n: only then does whoever reads the file know that it is whole.',
      hint: 3,
    },
    {
      id: 'own-pid-as-parent',
      when: ({ text, child }) =>
        typeof text === 'string' && text.startsWith(`parent was ${String(child)},`),
      cause: () =>
        'getpid() in the child is the child itself. Its old parent is the process that has called fork(): ask getpid() there, before the fork.',
      hint: 3,
    },
    {
      id: 'parent-of-parent',
      when: ({ text, grandparent, parent, adopter, tooEarly }) =>
        typeof text === 'string' &&
        text.startsWith(`parent was ${String(grandparent)},`) &&
        grandparent !== parent &&
        (grandparent !== adopter || tooEarly === true),
      cause: () =>
        'getppid() before the fork is the parent of the parent. Who calls fork() becomes the parent of the child: getpid().',
      hint: 3,
    },
    {
      id: 'does-not-wait',
      when: ({ tooEarly, text, parent }) =>
        tooEarly === true && text === `parent was ${String(parent)}, is ${String(parent)}`,
      cause: () =>
        'the child has noted its parent while that was still there: it has asked once. It asks again and again, by getppid(), until the answer is another one.',
      hint: 3,
    },
    {
      id: 'asked-too-late',
      when: ({ text, parent, adopter, tooLate, lives }) =>
        (tooLate === true && lives === true) ||
        (typeof text === 'string' &&
          text.startsWith(`parent was ${adopter},`) &&
          parent !== adopter),
      cause: () =>
        'the old parent was asked for when it had ended. Remember it before: getpid() of the parent, before the fork.',
      hint: 3,
    },
    {
      id: 'asked-once',
      when: ({ text, parent }) => typeof text === 'string' && text.endsWith(`, is ${parent}`),
      cause: () => 'the new parent is not in a variable: getppid() has to be asked again.',
      hint: 3,
    },
    {
      id: 'always-1',
      when: ({ text, adopter }) =>
        typeof text === 'string' &&
        text.endsWith(', is 1') &&
        adopter !== undefined &&
        adopter !== 1,
      cause: () => '1 is written, and not asked for. Who the new parent is says getppid().',
      hint: 3,
    },
    {
      id: 'waits-for-1',
      when: ({ adopter, text, lives }) =>
        adopter !== undefined && adopter !== 1 && text === undefined && lives === true,
      cause: () =>
        'the child waits until its parent is process 1. A service manager or a container may adopt orphans as well: wait until it is another one.',
      hint: 2,
    },
    {
      id: 'single-fork',
      when: ({ childOf }) => childOf === 'starter',
      cause: () =>
        'the worker is forked by the starter itself. One more fork, and a process in the middle that ends, makes it nobody’s child.',
      hint: 2,
    },
    {
      id: 'middle-stays',
      when: ({ childOf, middleStays }) => childOf === 'middle' || middleStays === true,
      cause: () =>
        'the process in the middle does not end, or the starter waits for the worker. The middle forks and calls _exit().',
      hint: 2,
    },
    {
      id: 'middle-not-reaped',
      when: ({ check, unreaped }) => check === 'nobodys-child' && unreaped === true,
      cause: () =>
        'the process in the middle has ended, and nobody waited for it: a zombie as long as the starter lives. It ends at once, so to wait takes no time.',
      hint: 3,
    },
    {
      id: 'leads-session',
      when: ({ session }) => session === 'leader',
      cause: () =>
        'setsid() was called by the worker: whoever calls it leads the session. Call it in the middle, before the second fork.',
      hint: 3,
    },
    {
      id: 'no-setsid',
      when: ({ check, session }) => check === 'own-session' && session === 'shared',
      cause: () =>
        'a session is inherited at the fork. setsid() is for the one in the middle, before it forks the worker: afterwards it changes its own session only.',
      hint: 3,
    },
    {
      id: 'holds-terminal',
      when: ({ holds }) => holds === true,
      cause: () =>
        'a child shares the open files of its parent: the terminal, or a pipe that somebody reads to its end. letGo() changes that.',
      hint: 3,
    },
    {
      id: 'text-not-bytes',
      when: ({ sent, got }) =>
        sent !== undefined && got !== undefined && replacements(got) > replacements(sent),
      cause: () =>
        'the output was turned into text. EF BF BD is the sign for what could not be read as text.',
      hint: 2,
    },
    {
      id: 'in-shell',
      // It may have stumbled over them, and then nothing is printed but its complaint.
      when: ({ inShell, got, stderr }) =>
        inShell === true &&
        got?.includes('$HOME') === false &&
        (got.length > 0 || /^(\/bin\/)?sh: /m.test(stderr)),
      cause: () =>
        'a shell has read the arguments: it knows ; and $ and *. Give the command and a list of its arguments, without a shell.',
      hint: 2,
    },
    {
      id: 'last-chunk',
      when: ({ sent, got }) => sent !== undefined && got !== undefined && isTail(got, sent),
      cause: () =>
        "only the last part is there. Each event 'data' brings a part: all of them have to be kept.",
      hint: 3,
    },
    {
      id: 'most-output',
      when: ({ many, stderr }) => many === true && /ENOBUFS|MAXBUFFER/.test(stderr),
      cause: () =>
        'execFile() and spawnSync() keep 1 MiB and no more: maxBuffer. spawn() gives a stream, without a limit.',
      hint: 3,
    },
    {
      id: 'own-stdio',
      when: ({ ownStdio }) => ownStdio !== undefined,
      cause: () =>
        "`stdio` says what the command gets for stdin, stdout and stderr. 'inherit' is what this program has itself; 'ignore' is nothing, and a pipe is for you to read and write.",
      hint: 3,
    },
    {
      id: 'listened-too-late',
      when: ({ late, exit, runHangs }) =>
        late === true && runHangs === undefined && exit?.code === 13,
      cause: () =>
        'the event had happened before anybody listened for it: it comes once. Listen first, then read the output. (13 is how Node ends when a top-level await has nothing left to wait for.)',
      hint: 3,
    },
    {
      id: 'exit-not-close',
      when: ({ late, got }) => late === true && got?.includes('晚到的话') === false,
      cause: () =>
        "'exit' comes when the command has ended; what was printed may still be on its way, or to come. 'close' comes when all of it was read.",
      hint: 2,
    },
    {
      id: 'waits-for-exit',
      when: ({ check, exit }) => check === 'run-missing' && exit?.code === 13,
      cause: () =>
        "a command that cannot be started never exits: there is an event 'error' in place of 'exit'. The promise must be rejected by it.",
      hint: 3,
    },
    {
      id: 'close-for-exit',
      when: ({ check, stderr }) =>
        check === 'run-missing' && /^run: exit status -\d+$/m.test(stderr),
      cause: () =>
        "'close' comes after an 'error' as well, and brings a negative number, which is no status: nothing has run. It is the event 'error' that rejects the promise, with the code ENOENT.",
      hint: 3,
    },
    {
      id: 'no-error-listener',
      when: ({ check, crash }) =>
        ['run-missing', 'log'].includes(check) && crash?.message.includes('ENOENT') === true,
      cause: () =>
        "that a command cannot be started is told by the event 'error', and an 'error' that nobody listens for ends the program.",
      hint: 3,
    },
    {
      id: 'killed-as-success',
      when: ({ report, stderr }) =>
        `${report}`.startsWith('killed by') && /exit status (0|null)\b/.test(stderr),
      cause: () =>
        'the status is null when a signal has ended the command, and the signal is the second argument of the event. null is not 0.',
      hint: 2,
    },
    {
      id: 'dies-itself',
      when: ({ report, exit }) => exit?.signal != null && report === `killed by ${exit.signal}`,
      cause: () =>
        'the program sends the signal to itself. 128 and the number is an exit status: set process.exitCode, and end as usual.',
      hint: 3,
    },
    {
      id: 'status-not-passed-on',
      when: ({ report, stderr, exit }) =>
        report !== undefined && exit?.code === 0 && stderr.endsWith(`run: ${String(report)}\n`),
      cause: () =>
        'it says how the command ended, and ends with 0 itself: whoever has called it sees a success. Set process.exitCode.',
      hint: 3,
    },
    {
      id: 'zero-is-false',
      when: ({ report, stderr, exit }) =>
        report === 'exit status 0' &&
        typeof exit?.code === 'number' &&
        exit.code !== 0 &&
        stderr === 'run: exit status 0\n',
      cause: () =>
        '0 is a status, and false to || and to an if: something else is taken in its place. Only null means that there is none: ??.',
      hint: 3,
    },
    {
      id: 'worker-disconnects',
      when: ({ stderr }) => stderr.includes('kPendingMessages'),
      cause: () =>
        'the worker has closed the channel while a message that had come early was handed over to its listener: Node 20 does not survive that. The parent closes it, when it has the answer.',
      hint: 2,
    },
    {
      id: 'zero-is-none',
      when: ({ check, stdout, workersKilled }) =>
        check === 'sums' && stdout.includes('2: no answer') && workersKilled !== true,
      cause: () => '0 is an answer, and false to an if. Ask for undefined.',
      hint: 3,
    },
    {
      id: 'channel-open',
      when: ({ open }) => typeof open === 'number' && open > 0,
      cause: () =>
        'the channel between parent and worker is open, and keeps both alive. disconnect() closes it.',
      hint: 2,
    },
    {
      id: 'no-worker',
      when: ({ noWorker, crash }) => noWorker === true && crash === undefined,
      cause: () =>
        'nobody has started a process: the program computes by itself, one sum after the other. ask() starts a worker for each job.',
      hint: 3,
    },
    {
      id: 'one-by-one',
      when: ({ oneByOne, crash }) => oneByOne === true && crash === undefined,
      cause: () =>
        'a job waits until a worker before it is done. Start all, then await all: Promise.all().',
      hint: 3,
    },
    {
      id: 'held-back',
      when: ({ heldBack }) => heldBack === true,
      cause: () =>
        'an answer is kept until all the others are there. Print each in the listener that gets it.',
      hint: 3,
    },
    {
      id: 'only-asked',
      when: ({ check, pending }) => check === 'limit' && pending === true,
      cause: () =>
        'SIGTERM asks, and a process that stands still or does not listen goes on. SIGKILL is not asked.',
      hint: 2,
    },
    {
      id: 'sent-is-not-dead',
      when: ({ onlySent }) => onlySent === true,
      cause: () =>
        "kill() sends a signal, and `killed` says that it was sent. The end of a process is told by its event 'exit'.",
      hint: 2,
    },
    {
      id: 'nobody-killed',
      when: ({ onlySent }) => onlySent === false,
      cause: () =>
        'the worker stands still as before, and no signal is on its way: nobody has killed it. To give up waiting ends no process.',
      hint: 2,
    },
    {
      id: 'no-limit',
      when: ({ check, worker }) => check === 'limit' && worker !== undefined && worker !== 'gone',
      cause: () =>
        'nobody ends a worker that takes too long: a timer has to, after --limit, and in the parent. A worker that computes or stands still runs no timer.',
      hint: 3,
    },
    {
      id: 'takes-all-kills',
      when: ({ takenForOwn }) => takenForOwn === true,
      cause: () =>
        'not every SIGKILL is yours. `worker.killed`, or a variable of your own, says whether you have sent it.',
      hint: 2,
    },
    {
      id: 'first-loss-ends-all',
      when: ({ othersLost }) => othersLost === true,
      cause: () =>
        'one lost job ends the whole program, and the others with it. process.exit() waits for nobody: set process.exitCode when all are through.',
      hint: 3,
    },
    {
      id: 'waits-for-message',
      when: ({ check, victim, worker }) =>
        (['at-once', 'worker-lost'].includes(check) && victim !== undefined) ||
        (check === 'limit' && worker === 'gone'),
      cause: () =>
        "a worker that was killed sends no message. That it is gone is told by the event 'exit': listen for both.",
      hint: 3,
    },
    {
      id: 'signal-only',
      when: ({ saidOfStatus }) => /\((null|undefined|None)\)$/.test(`${saidOfStatus}`),
      cause: () =>
        'a worker that ends by itself has an exit status and no signal. The event brings both, and one of them is null: which, says how it ended.',
      hint: 3,
    },
    {
      id: 'status-only',
      when: ({ saidOfSignal }) => /\(exit status (null|undefined|None)\)$/.test(`${saidOfSignal}`),
      cause: () =>
        'a worker that was killed has no exit status, but a signal. The event brings both, and one of them is null: which, says how it ended.',
      hint: 3,
    },
    {
      id: 'status-zero',
      when: ({ statusZero }) => statusZero === true,
      cause: () => 'a job without an answer is a failure: process.exitCode = 1.',
      hint: 3,
    },
    {
      id: 'exits-before-spawn',
      when: ({ notSaid, exit }) => notSaid === true && exit?.code === 0,
      cause: () =>
        "process.exit() waits for nothing, and the event 'spawn' comes a moment later. A child that was let go by unref() does not keep the program: it ends by itself.",
      hint: 3,
    },
    {
      id: 'no-unref',
      when: ({ waits }) => waits === true,
      cause: () =>
        'a child keeps its parent alive, and so does a pipe to it. unref() the child, and give it a file in place of a pipe.',
      hint: 2,
    },
    {
      id: 'not-detached',
      when: ({ check, session }) => check === 'detached' && session === 'shared',
      cause: () =>
        'without `detached: true` the command stays in the session of the terminal, and Ctrl+C ends it.',
      hint: 2,
    },
    {
      id: 'holds-on',
      when: ({ stdio }) =>
        Array.isArray(stdio) &&
        stdio.some((link) => /^(pipe|socket):|^\/dev\/(pts|tty)/.test(`${link}`)),
      cause: () =>
        'the command still has an end of a pipe or the terminal of its parent. `stdio` says what it gets: "ignore", and the file.',
      hint: 3,
    },
    {
      id: 'not-in-file',
      when: ({ stdio, log }) =>
        Array.isArray(stdio) ||
        (typeof log === 'string' && /来了|昨天\n走了/.test(log) && !log.endsWith('来了\n走了\n')),
      cause: () => 'stdout and stderr both need the file: `stdio` is a list of three.',
      hint: 3,
    },
    {
      id: 'log-overwritten',
      when: ({ log }) => typeof log === 'string' && !log.includes('昨天'),
      cause: () => "the file was opened with 'w', which empties it. 'a' adds to it.",
      hint: 3,
    },
  ],
});

/** All of these checks look into /proc. */
function onLinux({ run }: Check): Check['run'] {
  return async (trial) => {
    if (!canSeeChildren()) trial.skip('processes can be looked at on Linux only (/proc)');
    await run(trial);
  };
}

// --- twice ---

const CHILD = /^child: pid (\d+), parent (\d+), x = (-?\d+)$/;
const PARENT = /^parent: pid (\d+), child (\d+), x = (-?\d+)$/;
const CHILD_LINE = 'a line of the child: child: pid 4712, parent 4711, x = 2';
const PARENT_LINE = 'a line of the parent: parent: pid 4711, child 4712, x = 1';

async function startTwice(trial: Trial) {
  const program = await trial.start('twice');
  const line = await program
    .line((text) => CHILD.test(text), CHILD_LINE)
    .catch(withFacts(() => ({ noChildLine: true })));
  const [pid = 0, parent = 0, x = 0] = numbersOf(CHILD, line);
  if (pid === program.pid) {
    // Until the other process has done all that it does by itself: is it the one that stands still?
    await trial.happenings.rest();
    trial.must(childrenOf(program).length > 0, {
      saw: `the line of the child comes from ${pid}, the program that was started; the process that it has made is gone.`,
      expected:
        'the new process prints that line and stands still; the one that was started waits for it.',
      facts: { childSays: 'parent', gone: true },
    });
  }
  return { program, pid, parent, x };
}

/** What the parent prints of itself, of its child, and of x. */
async function parentNumbers(trial: Trial, program: Program, child: number): Promise<number[]> {
  const { lines } = program.stdout;
  const since = woken(program.pid);
  const line =
    lines.find((text) => PARENT.test(text)) ??
    (await program
      .line((text) => PARENT.test(text), PARENT_LINE)
      .catch(notReaping(program, child, since)));
  trial.must(PARENT.test(lines[1] ?? ''), {
    saw: `the program printed: ${quote(lines)}`,
    expected: 'the line of the child, and then, when it has ended, that of the parent.',
    facts: { early: true },
  });
  const numbers = numbersOf(PARENT, line);
  trial.must(child === program.pid || numbers[0] !== child, {
    saw: `the child ${child} has printed a line of the parent: ${line}`,
    expected: 'the child prints its own line, and ends.',
    facts: { goesOn: true },
  });
  return numbers;
}

/** For `.catch`: adds whether the child has ended and is not reaped, and what its parent does in place of waiting. */
function notReaping({ pid }: Program, child: number, since = 0): (error: unknown) => never {
  return withFacts(() =>
    processRow(child)?.state === 'Z' ? { notReaped: pastime(pid, since) } : {},
  );
}

/** What a process does that does not wait for its child: it looks again and again, sleeps for a time, or reads. */
function pastime(pid: number, since: number): 'looks' | 'sleeps' | 'reads' {
  if (woken(pid) - since > WOKEN) return 'looks';
  return /nanosleep/.test(read(`/proc/${pid}/wchan`) ?? '') ? 'sleeps' : 'reads';
}

/** Who sleeps until something comes is not woken more often than this. */
const WOKEN = 5;

/** Who has gone to sleep so often has not only slept for a time, but looked again and again. */
const MANY_LOOKS = 20;

/** How often a process has gone to sleep of itself: see voluntary_ctxt_switches in proc_pid_status(5). */
function woken(pid: number): number {
  const status = read(`/proc/${pid}/status`) ?? '';
  return Number(status.match(/^voluntary_ctxt_switches:\s+(\d+)/m)?.[1] ?? 0);
}

// --- statuses ---

interface Ended {
  readonly pid: number;
  readonly said: string;
}

function reportOf({ stdout: { lines } }: Program) {
  const found = (pattern: RegExp): Ended[] =>
    lines.flatMap((line) => {
      const [, pid, said] = line.match(pattern) ?? [];
      return pid === undefined || said === undefined ? [] : [{ pid: Number(pid), said }];
    });
  return { started: found(/^(\d+) started: (.*)$/), ended: found(/^(\d+) ended: (.*)$/) };
}

/** How many children were asked for, said to be started, and said to have ended. */
function countsOf(program: Program, asked: number): Counts {
  const { started, ended } = reportOf(program);
  return { asked, started: started.length, ended: ended.length };
}

async function expectEnds(trial: Trial, asked: readonly string[]): Promise<void> {
  const program = await trial.start('statuses', asked);
  const counts = () => countsOf(program, asked.length);
  await program
    .ended('after all of its children had ended')
    .catch(withFacts(() => ({ counts: counts() })));
  const { started, ended } = reportOf(program);
  trial.must(started.map(({ said }) => said).join() === asked.join(), {
    saw: `${started.length} children were said to be started for: ${asked.join(' ')}`,
    expected: 'one line for each argument, in their order: <pid> started: <argument>',
    facts: { counts: counts(), shuffled: started.length === asked.length },
  });
  for (const { pid, said: how } of started) {
    const lines = ended.filter((line) => line.pid === pid);
    const wanted = how.startsWith('SIG') ? `killed by ${how}` : `exit status ${Number(how) & 0xff}`;
    trial.must(lines.length === 1 && lines[0]?.said === wanted, {
      saw:
        lines.length === 1
          ? `a child ended by ${how}; the program says: ${lines[0]?.said}`
          : `${lines.length} lines say how ${pid} (${how}) has ended; there are ${ended.length} such lines in all.`,
      expected: `${pid} ended: ${wanted}`,
      facts: { how, said: lines[0]?.said, counts: counts() },
    });
  }
}

/** Starts children that stop themselves before they end, and waits until the kernel has stopped all of them. */
async function startStopped(trial: Trial, ends: readonly string[], ...flags: string[]) {
  const program = await trial.start('statuses', ['--stop', ...flags, ...ends]);
  const pids: number[] = [];
  for (const how of ends) {
    const line = await program
      .line((text) => text.endsWith(` started: ${how}`), `<pid> started: ${how}`)
      .catch(
        withFacts(() =>
          reportOf(program).started.length === ends.length
            ? { shuffled: true }
            : { startedOnly: pids.length },
        ),
      );
    pids.push(Number.parseInt(line));
  }
  const stopped = await eventually(
    trial,
    () => pids.every((pid) => processRow(pid)?.state === 'T') || undefined,
  );
  trial.must(stopped === true, {
    saw: `the children are ${pids.map((pid) => `${pid} (${processRow(pid)?.state ?? 'gone'})`).join(', ')}.`,
    expected: 'with --stop all of them stand still, in state T, until they may go on.',
  });
  return { program, pids };
}

// --- poll ---

async function startPoll(trial: Trial) {
  const program = await trial.start('poll');
  const line = await program
    .line((text) => /^\d+ works$/.test(text), 'the first line: <pid of the child> works')
    .catch(withFacts(() => ({ unanswered: true })));
  const child = Number.parseInt(line);
  const row = processRow(child);
  trial.must(row?.parent === program.pid && isThere(child), {
    saw: `the program says that ${child} works; for the kernel ${describe(child, row)}.`,
    expected: 'its child is there, and works.',
  });
  return { program, child };
}

async function expectAnswer(program: Program, child: number, line: string): Promise<void> {
  program.write(line);
  const answer = `${child} is running`;
  await program
    .line((text) => text === answer, `the answer: ${answer}`)
    .catch(withFacts(() => ({ unanswered: true })));
}

// --- zombie ---

async function startZombie(trial: Trial, ...flags: string[]) {
  const ignores = flags.includes('--ignore');
  const program = ignores
    ? await startHeldParent(trial, 'zombie', flags)
    : await trial.start('zombie', flags);
  const line = await program
    .line(
      (text) => /^child \d+: \w+$/.test(text),
      `a line with the state of the child: child 4712: ${ignores ? 'gone' : 'Z'}`,
    )
    .catch(async (error: unknown) => {
      const since = woken(program.pid);
      await eventually(trial, () => woken(program.pid) - since > WOKEN || undefined);
      const looks = woken(program.pid) - since > WOKEN;
      const facts = { noState: true, untilGone: looks && hasZombie(program) };
      throw error instanceof Failure ? error.with(facts) : error;
    });
  const [child = 0] = numbersOf(/^child (\d+)/, line);
  return { program, child, said: line.replace(/.*: /, '') };
}

/** True if a child of it has ended and was not waited for. */
function hasZombie(program: Program): boolean {
  return (allChildren(program.pid) ?? []).some((pid) => processRow(pid)?.state === 'Z');
}

/**
 * Starts a program whose first child is slow: it stands still in fork(), before the first line of its own, until
 * `release()`. What a process of Node or of Python loads first does that; one that loads nothing of it is not held.
 */
async function startHeld(trial: Trial, name: string, args: readonly string[] = []) {
  const pipe = await makePipe(trial);
  const node = await trial.write(
    '慢/first.cjs',
    // #posix sets a timer in the child before its fork() returns there.
    `const own = process.pid;
    const { setTimeout } = globalThis;
    globalThis.setTimeout = (...args) => {
      if (process.pid !== own) {
        globalThis.setTimeout = setTimeout;
        require('fs').readFileSync(${JSON.stringify(pipe)});
      }
      return setTimeout(...args);
    };`,
  );
  const python = await trial.write(
    '慢/sitecustomize.py',
    `import os\nos.register_at_fork(after_in_child=lambda: open(${JSON.stringify(pipe)}).read())\n`,
  );
  const through = ['env', `NODE_OPTIONS=--require="${node}"`, `PYTHONPATH=${dirname(python)}`];
  const program = await trial.start(name, args, { through });
  const end = await eventually(
    trial,
    () => writeEndOf(pipe) ?? (program.exit ? 'ended' : undefined),
  );
  if (typeof end !== 'number') return { program };
  let held = true;
  const release = () => {
    if (held) closeSync(end);
    held = false;
  };
  await trial.own(Promise.resolve(release), (letGo) => letGo());
  trial.note('the child stands still in fork()');
  return { program, release };
}

/**
 * Starts a program that stands still in fork(), after its child was made, until everything that this child does by itself is
 * done. #posix bears witness of a fork in a file: here that is a pipe, and to open it waits for a reader.
 */
async function startHeldParent(trial: Trial, name: string, args: readonly string[]) {
  const pipe = await makePipe(trial);
  const through = ['env', `WORKBOOK_WITNESS=${pipe}`];
  const program = await trial.start(name, args, { through });
  await trial.happenings.rest(() => program.stdout.lines.length > 0 || program.exit !== undefined);
  const reader = openSync(pipe, files.O_RDONLY | files.O_NONBLOCK);
  await trial.own(Promise.resolve(reader), (file) => closeSync(file));
  return program;
}

// --- orphan ---

/** How often a process must be found asleep before it is taken for one that has begun to wait. */
const SETTLED = 10;

interface Orphan {
  readonly program: Program;
  readonly parent: number;
  readonly grandparent: number;
  readonly child: number;
  readonly adopter: number;
  /** What it has noted, once that ends with a line end. */
  readonly text: string | undefined;
  /** What it has noted without a line end. */
  readonly unended: string | undefined;
  /** True if it had noted something before its parent ended. */
  readonly tooEarly: boolean;
}

/**
 * Holds the child while its parent ends, asks the kernel who has adopted it, and lets it note the same: `text`. `held`: from
 * its first moment on; else it is let to begin its waiting.
 */
async function letAdopt(
  trial: Trial,
  { through = [], held = false }: { through?: readonly string[]; held?: boolean } = {},
): Promise<Orphan> {
  const file = `${held ? '慢' : ''}孤儿.txt`;
  const path = join(trial.directory, file);
  const { program, release } = held
    ? await startHeld(trial, 'orphan', [file])
    : { program: await trial.start('orphan', [file], { through }) };
  const form = /^parent (\d+), child (\d+)$/;
  const line = await program.line((text) => form.test(text), 'parent 4711, child 4712');
  const [parent = 0, child = 0] = numbersOf(form, line);
  const row = processRow(child);
  const own = through.length > 0 ? processRow(parent)?.parent : parent;
  trial.must(row?.parent === parent && own === program.pid, {
    saw: `the program says: ${line}. For the kernel ${describe(child, row)}.`,
    expected: 'the process ids of both, while both are there.',
  });
  if (!release) {
    let asleep = 0;
    await eventually(trial, () => {
      if (processRow(child)?.state === 'S') asleep += 1;
      return asleep >= SETTLED || undefined;
    });
    send(child, 'SIGSTOP');
    trial.note(`the child is held (kill -STOP ${child})`);
  }
  const tooEarly = Boolean(read(path));
  const grandparent = processRow(parent)?.parent ?? 0;
  program.write('\n');
  const adopter = await eventually(trial, () => {
    const now = processRow(child)?.parent;
    return now === parent ? undefined : (now ?? 0);
  });
  if (release) release();
  else letGoOn(trial, [child]);
  if (adopter === undefined) {
    return trial.fail({
      saw: `a line came on stdin; the parent ${parent} is still there, and waits.`,
      expected: 'it ends. Its child lives on without it.',
      facts: { parentWaits: true },
    });
  }
  trial.note(`the kernel says that the parent of ${child} is ${adopter} now`);
  const text = await eventually(trial, () => contentOf(path));
  const unended = text === undefined ? read(path) || undefined : undefined;
  return { program, parent, grandparent, child, adopter, text, unended, tooEarly };
}

function sawOf({ parent, child, adopter, text, unended }: Orphan): string {
  const noted =
    text !== undefined
      ? `says: ${text.trim()}`
      : unended !== undefined
        ? `says, without a line end: ${unended}`
        : 'was not written';
  return `the parent of ${child} was ${parent}, and then ${adopter}; 孤儿.txt ${noted}.`;
}

function factsOf({ text, unended, ...orphan }: Orphan): Record<string, unknown> {
  const { parent, grandparent, child, adopter, tooEarly } = orphan;
  return {
    text: text?.trim(),
    parent,
    grandparent,
    child,
    adopter,
    tooEarly,
    lives: isThere(child),
    // Whether it is the right line but for its end.
    ...(unended === `parent was ${parent}, is ${adopter}` ? { noLineEnd: true } : {}),
  };
}

const PR_SET_CHILD_SUBREAPER = 36;

/**
 * A command that becomes the parent of all orphans below it, as a service manager or a container is: see
 * PR_SET_CHILD_SUBREAPER in prctl(2). It starts what follows as its child, and stays.
 */
function subreaper(): string[] {
  const koffi = createRequire(import.meta.url).resolve('koffi');
  const script = `
    const prctl = require(${JSON.stringify(koffi)}).load(null).func('int prctl(int, long, long, long, long)');
    prctl(${PR_SET_CHILD_SUBREAPER}, 1, 0, 0, 0);
    const [command, ...args] = process.argv.slice(1);
    require('child_process').spawn(command, args, { stdio: 'inherit' });
    setInterval(() => {}, 1e6);`;
  return [process.execPath, '-e', script, '--'];
}

// --- daemon ---

const STANDARD = ['stdin', 'stdout', 'stderr'];

async function startDaemon(trial: Trial) {
  const directory = join(trial.directory, '工作');
  await mkdir(directory, { recursive: true });
  const program = await trial.start('daemon', ['工作']);
  const ready = 'the worker is on its own';
  await program
    .line((line) => line === ready, ready)
    .catch(withFacts(() => ({ middleStays: childrenOf(program).length > 0 })));
  const noted = await eventually(trial, () => contentOf(join(directory, 'pid')));
  const worker = Number(noted);
  trial.must(noted !== undefined && Number.isInteger(worker), {
    saw: `the file pid ${noted === undefined ? 'was not written' : `says: ${noted.trim()}`}.`,
    expected: 'the worker writes its process id there.',
    facts: { noPid: true },
  });
  return { program, worker, directory };
}

/** True if both have the same open file under this number. */
function isSame(one: number, other: number, file: number): boolean {
  const link = linkOf(one, file);
  return link !== undefined && link === linkOf(other, file);
}

// --- run ---

async function runCommand(
  trial: Trial,
  command: readonly string[],
  options: StartOptions = {},
): Promise<Program> {
  const program = await trial.start('run', command, options);
  await program.ended('after its command had ended').catch(withFacts(() => ({ runHangs: true })));
  return program;
}

async function expectRun(
  trial: Trial,
  command: readonly string[],
  status: number,
  said: string,
): Promise<void> {
  expectReport(trial, await runCommand(trial, command), status, said);
}

function expectReport(
  trial: Trial,
  program: Program,
  status: number,
  said: string,
  facts: Record<string, unknown> = {},
): void {
  const right = program.exit?.code === status && program.stderr.text === `run: ${said}\n`;
  trial.must(right, {
    saw: `the program ended with ${ending(program)}.`,
    expected: `status ${status} and one line on stderr: run: ${said}`,
    facts: { exit: program.exit, report: said, ...facts },
  });
}

/** Makes a named pipe that a command can wait at. */
async function makePipe(trial: Trial): Promise<string> {
  await mkdir(trial.directory, { recursive: true });
  const path = join(trial.directory, '管道');
  const { status } = spawnSync('mkfifo', ['-m', '666', path]);
  if (status !== 0) trial.skip('there is no command mkfifo');
  return path;
}

/** Opens the pipe to write, as soon as somebody reads at its other end. */
async function openPipe(trial: Trial, program: Program, path: string): Promise<number> {
  const end = await eventually(
    trial,
    // One who has failed to start the command will never read there.
    () => writeEndOf(path) ?? (program.exit && program.exit.code !== 0 ? 'failed' : undefined),
  );
  if (typeof end !== 'number') {
    return trial.fail({
      saw: 'the command was not started: nobody reads what it was to read.',
      expected: 'the command runs.',
    });
  }
  return end;
}

/** Opens a pipe to write; undefined as long as nobody reads at its other end. */
function writeEndOf(pipe: string): number | undefined {
  try {
    return openSync(pipe, files.O_WRONLY | files.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    return undefined;
  }
}

function sayInto(end: number, text: string): void {
  writeSync(end, text);
  closeSync(end);
}

// --- workers ---

function sumOfPrimes(below: number): number {
  let sum = 0;
  for (let number = 2; number < below; number += 1) {
    let factor = 2;
    while (number % factor !== 0) factor += 1;
    if (factor === number) sum += number;
  }
  return sum;
}

/** A job that takes a worker far longer than any check. */
const LONG = '99999999';

/** Two jobs are long, the third is short and has no answer yet: is its worker missing, or is the answer kept back? */
async function atWork(trial: Trial, program: Program): Promise<Record<string, unknown>> {
  if (program.exit) return {};
  const [worker, ...others] = childrenOf(program);
  if (worker === undefined) return { noWorker: true };
  if (others.length === 0) return { oneByOne: true };
  if (others.length > 1) {
    const resting = [worker, ...others].filter((pid) => processRow(pid)?.state === 'S');
    return resting.length === 1 ? await keptOpen(trial, program, '100: 1060', resting) : {};
  }
  // Only the long ones are there. One of them goes: if the answer comes now, the short job has waited for its place.
  killChild(trial, worker);
  const answered = () => program.stdout.lines.includes('100: 1060');
  await eventually(trial, () => answered() || program.exit);
  return answered() && isThere(others[0] ?? 0) ? { oneByOne: true } : { heldBack: true };
}

/** An answer does not come, and the workers are there: had they answered, and is it only their end that is missing? */
async function keptOpen(
  trial: Trial,
  program: Program,
  answer: string,
  workers: readonly number[] = childrenOf(program),
): Promise<Record<string, unknown>> {
  for (const worker of workers) killChild(trial, worker);
  const printed = () => program.stdout.lines.includes(answer);
  await eventually(trial, () => printed() || program.exit);
  if (printed()) return { open: workers.length };
  return workers.length > 0 ? { workersKilled: true } : {};
}

/**
 * Has a worker end by itself before it answers. From outside that cannot be done by a signal: so what a new process of Node or
 * of Python loads first ends it, unless it is the program itself. A worker that loads nothing new answers, and is not judged.
 */
async function expectStatusOfWorker(trial: Trial): Promise<void> {
  const status = trial.random.int(3, 99);
  const node = await trial.write(
    '先/first.cjs',
    `const own = String(process.pid);
    if ((process.env.FIRST_PROCESS ??= own) !== own) process.exit(${status});`,
  );
  const python = await trial.write(
    '先/sitecustomize.py',
    `import os\nif os.environ.setdefault("FIRST_PROCESS", str(os.getpid())) != str(os.getpid()):\n    os._exit(${status})\n`,
  );
  const through = ['env', `NODE_OPTIONS=--require="${node}"`, `PYTHONPATH=${dirname(python)}`];
  const program = await trial.start('workers', ['100'], { through });
  const wanted = `100: no answer (exit status ${status})`;
  const line = await program.line((text) => text.startsWith('100: '), wanted);
  trial.must(line === wanted || line === '100: 1060', {
    saw: `the worker ended by itself, with status ${status} and without an answer; the program says: ${line}`,
    expected: wanted,
    facts: { saidOfStatus: line },
  });
}

/** Stops (SIGSTOP) the first workers of a program, all at once, as soon as there are so many. */
async function holdWorkers(
  trial: Trial,
  program: Program,
  count: number,
): Promise<readonly number[]> {
  let most = 0;
  const held = await stopChildren(trial, program, (alive) => {
    most = Math.max(most, alive.length);
    return isShell(program.pid) || alive.length < count ? [] : alive.slice(0, count);
  });
  if (typeof held !== 'string') return held;
  return trial.fail({
    saw: `the program has ${count === 1 ? 'no worker' : 'fewer workers than jobs'}; it printed: ${quote(program.stdout.lines)}`,
    expected: 'a process for each job.',
    facts: most === 0 ? { noWorker: true } : { oneByOne: true },
  });
}

/** True while a process is a shell: `python3` may be a script that looks for the real one, by children of its own. */
function isShell(pid: number): boolean {
  try {
    return /\/(ba|da|z|k|a)?sh$/.test(readlinkSync(`/proc/${pid}/exe`));
  } catch (error) {
    // A command of another user stands in front of it, for a moment: see Cell in trial.ts.
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return true;
    if (isGone(error)) return false;
    throw error;
  }
}

/** True if a signal waits for this process until it may go on: see SigPnd and ShdPnd in proc_pid_status(5). */
function isPending(pid: number): boolean {
  return /^(Sig|Shd)Pnd:\s+0*[1-9a-f]/m.test(contentOf(`/proc/${pid}/status`) ?? '');
}

// --- detach ---

/** Starts a command that stands still until `release()`, which waits for its end. */
async function startDetached(trial: Trial) {
  const pipe = await makePipe(trial);
  const command = ['sh', '-c', 'cat 管道; echo 走了 >&2'];
  const program = await trial.start('detach', ['记录.txt', ...command]);
  const end = await openPipe(trial, program, pipe);
  await trial.own(Promise.resolve(end), (file) => {
    if (!released) closeSync(file);
  });
  let released = false;
  const line = await program
    .line((text) => /^\d+ started$/.test(text), '<pid> started')
    .catch(withFacts(() => ({ notSaid: true })));
  const child = Number.parseInt(line);
  const release = async (): Promise<void> => {
    released = true;
    sayInto(end, '来了\n');
    await eventually(trial, () => !isThere(child) || undefined);
  };
  return { program, child, release };
}

// --- what all of them use ---

/** Looks every other millisecond until `probe` finds something; undefined if it never comes. */
async function eventually<T>(trial: Trial, probe: () => T | undefined): Promise<T | undefined> {
  let found: T | undefined;
  let failed: { readonly error: unknown } | undefined;
  // Only what was found is announced: whoever waits for all to be at rest begins anew at each announcement.
  const looking = setInterval(() => {
    try {
      found ??= probe();
    } catch (error) {
      failed = { error };
    }
    if (found !== undefined || failed) trial.happenings.happened();
  }, 2);
  try {
    return await trial.happenings.until(
      () => {
        if (failed) throw failed.error;
        return (found ??= probe());
      },
      () => new NotSeen(),
    );
  } catch (error) {
    if (!(error instanceof NotSeen)) throw error;
    return undefined;
  } finally {
    clearInterval(looking);
  }
}

class NotSeen extends Error {}

/** True if a process is there and has not ended. */
function isThere(pid: number): boolean {
  return !hasEnded(pid);
}

/** `4712 is in state Z, child of 4711`, `there is no process 4712`. */
function describe(pid: number, row: ProcessRow | undefined): string {
  if (!row) return `there is no process ${pid}`;
  return `${pid} is in state ${row.state}, child of ${row.parent}`;
}

function numbersOf(pattern: RegExp, line: string): number[] {
  return (line.match(pattern) ?? []).slice(1).map(Number);
}

/** The text of a file that is written to its line end; undefined until it is. */
function contentOf(path: string): string | undefined {
  const text = read(path);
  return text?.endsWith('\n') ? text : undefined;
}

function linkOf(pid: number, file: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/fd/${file}`);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function quote(lines: readonly string[]): string {
  return lines.length === 0 ? 'nothing' : lines.slice(0, 4).join(' / ');
}

function sayings({ stdout, stderr }: Program): string {
  return quote([...stdout.lines.slice(1), ...stderr.lines.filter((line) => /Error/.test(line))]);
}

/** `status 1 and said: …`, `status 1 and a stack trace`, `SIGTERM and said nothing on stderr`. */
function ending({ exit, stderr: { lines, text } }: Program): string {
  const how = exit?.signal ?? `status ${exit?.code}`;
  if (/^\s+at .+:\d/m.test(text)) return `${how} and a stack trace`;
  return lines.length === 0 ? `${how} and said nothing on stderr` : `${how} and said: ${lines[0]}`;
}

// What the diagnoses ask.

/** How many signs there are for what could not be read as text. Random bytes hold one now and then. */
function replacements(bytes: Buffer): number {
  return bytes.toString('latin1').split(REPLACEMENT).length - 1;
}

interface Counts {
  readonly asked: number;
  readonly started: number;
  readonly ended: number;
}

function isCounts(counts: unknown): counts is Counts {
  return typeof counts === 'object' && counts !== null;
}

/** True if a child was to end by a signal, and what was said of it is made of the number of that signal. */
function isNumberOfSignal(how: unknown, said: unknown, make: (number: number) => string): boolean {
  const number = constants.signals[`${how}` as NodeJS.Signals];
  return number !== undefined && said === make(number);
}

/** True if this is the end of what was sent, and no more. */
function isTail(got: Buffer, sent: Buffer): boolean {
  return (
    got.length > 0 &&
    got.length < sent.length &&
    got.equals(sent.subarray(sent.length - got.length))
  );
}

/** True if what was said of a child is the whole status that wait() gives, as a number. */
function isRaw(how: unknown, said: unknown): boolean {
  if (typeof how !== 'string') return false;
  const raw = how.startsWith('SIG')
    ? constants.signals[how as NodeJS.Signals]
    : (Number(how) & 0xff) << 8;
  return raw > 0 && said === `exit status ${raw}`;
}
