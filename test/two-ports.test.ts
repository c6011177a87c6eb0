// The graded checks of two-ports: three programs that serve one site on two ports, watched from outside: what the ports
// answer, and what the kernel tells in /proc of the processes behind them.
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readlinkSync, readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, killChild, send as sendSignal, watch } from '#harness/children';
import { withFacts } from '#harness/failure';
import { get, hear } from '#harness/http-peer';
import {
  asleep,
  hasEnded,
  hasSignal,
  listeners,
  processRow,
  read,
  waitsForChild,
  type ProcessRow,
} from '#harness/proc';
import { Failure, lesson, type Address, type Program, type Trial } from '#harness';

/** The checks in which nobody ends anything: a process that ends there has done so by itself. */
const OPENING = ['any-ports', 'two-children', 'host'];
/** The checks in which the program is told to end, and does. */
const TOLD_TO_END = ['kill', 'ctrl-c', 'cluster-ends', 'one-ends'];
/** For a check that opens two sites, in milliseconds. */
const TWICE = 60_000;

export default lesson({
  lesson: 'two-ports',
  steps: [
    'A child for each port',
    'A child that dies',
    'Ctrl+C, and kill',
    'A port that is taken, a parent that is gone',
    'The same by cluster',
    'The same in one process',
  ],
  checks: [
    {
      id: 'any-ports',
      step: 1,
      points: 6,
      timeLimit: TWICE,
      title:
        'listens on the two ports that it was given, 0 for any, and says so in a line for each',
      async run(trial) {
        const sites = [
          await openSite(trial, 'server'),
          await openSite(trial, 'server', ANY_PORTS).catch((error: unknown) => {
            // With other ports it has worked. A line that is wrong is another matter.
            if (!(error instanceof Failure)) throw error;
            const ended = error.facts.start === 'exited' && error.facts.exit?.code !== 0;
            throw error.with({ zeroOnly: ended });
          }),
        ];
        for (const address of sites.flatMap(({ addresses }) => addresses))
          await ask(trial, address);
      },
    },
    {
      id: 'two-children',
      step: 1,
      points: 9,
      title:
        'is three processes: the parent, and for each port a child of its own, which counts for itself',
      run: async (trial) => expectOwnProcesses(trial, await openSite(trial, 'server')),
    },
    {
      id: 'host',
      step: 1,
      points: 3,
      title: 'listens on the host that it was given, and on no other network',
      async run(trial) {
        const place = ownPlace();
        expectOwnHost(trial, await openSite(trial, 'server', place), place);
      },
    },
    {
      id: 'other-serves',
      step: 2,
      points: 11,
      title:
        'goes on at one port when the process behind the other is killed, and says in one line which, and by which signal',
      async run(trial) {
        const { site, victim, other } = await expectOtherServes(trial, 'server', 'kill');
        await expectReport(trial, site, victim, 'SIGKILL');
        const lines = newsOf(site);
        const line = lines[0] ?? '';
        trial.must(lines.length === 1 && !line.includes(`${other.port}`), {
          saw: `one child was killed, and stderr has ${lines.length} more lines; the first is: ${line}`,
          expected: 'one line about the one child that died.',
          facts: { reports: lines.length },
        });
      },
    },
    {
      id: 'crash',
      step: 2,
      points: 9,
      title:
        'goes on at one port when the other crashes by itself, reports its status, and leaves no zombie',
      async run(trial) {
        const { site, victim, other } = await expectOtherServes(trial, 'server', 'crash');
        await expectReaped(trial, site, victim, other);
        await expectReport(trial, site, victim, 'status 1');
      },
    },
    {
      id: 'all-gone',
      step: 2,
      points: 4,
      title:
        'reports both children and ends with status 1, once they have died, one after the other',
      async run(trial) {
        const site = await openSite(trial, 'server');
        const pids = holdersOf(site);
        const unsaid = hasSignal(site.program.pid, 'SigIgn', 'SIGCHLD') ? 'ignored' : undefined;
        // SIGTERM is what the parent sends, too: that this one came from somebody else is for the parent to know.
        for (const [at, signal] of (['SIGTERM', 'SIGKILL'] as const).entries()) {
          const pid = pids[at] as number;
          expectRunning(trial, site, 'one child was killed');
          if (signal === 'SIGKILL') killChild(trial, pid);
          else send(trial, pid, signal);
          await watch(trial, site.program, () => processRow(pid) === undefined || undefined);
          trial.must(hasEnded(pid), {
            saw: `child ${pid} got ${signal}, and runs on.`,
            expected: 'a child ends on SIGTERM, whoever sends it.',
            facts: { deaf: true, ignore: ignoresTerm([pid]) },
          });
          // A parent that ends with its first child has done so by now.
          if (at === 0) await trial.happenings.rest(() => site.program.exit !== undefined);
        }
        await expectEndWithLast(trial, site);
        const tells = (lines: readonly string[]) =>
          pids.map((pid) => lines.some((line) => line.includes(`${pid}`)));
        const [told, other] = tells(newsOf(site));
        const report = tells(site.program.stdout.lines).includes(true) ? 'on stdout' : 'none';
        trial.must(told === true && other === true, {
          saw: `one child was killed by SIGTERM and one by SIGKILL, and stderr tells nothing of ${told ? 'the second' : other ? 'the first' : 'either'}.`,
          expected: 'a line for each of them: nobody had told the parent to end.',
          facts: { report, zombie: false, silentOnTerm: other === true, unsaid },
        });
      },
    },
    {
      id: 'both-at-once',
      step: 2,
      points: 4,
      title: 'notices both when two children die in the same moment',
      async run(trial) {
        const site = await openSite(trial, 'server');
        const pids = holdersOf(site);
        await hold(trial, site.program.pid);
        for (const pid of pids) killChild(trial, pid);
        await watch(trial, site.program, () => pids.every(hasEnded) || undefined);
        send(trial, site.program.pid, 'SIGCONT');
        await site.program
          .ended('after both children were killed while it stood still', SLOW)
          .catch((error: unknown) => {
            const zombies = pids.filter((pid) => processRow(pid)?.state === 'Z').length;
            const childless = living(site.program).length === 1;
            return withFacts({ bothAtOnce: true, childless, zombies })(error);
          });
        const told = pids.filter((pid) => site.program.stderr.text.includes(`${pid}`)).length;
        trial.must(told === 2, {
          saw: `two children were killed, and stderr tells of ${told} of them.`,
          expected: 'a line for each of them.',
          facts: { bothAtOnce: true, told },
        });
      },
    },
    {
      id: 'kill',
      step: 3,
      points: 6,
      title:
        'on SIGTERM to the parent ends both children, frees both ports, and ends with status 0',
      run: (trial) => expectEndOnTerm(trial, 'server'),
    },
    {
      id: 'ends-last',
      step: 3,
      points: 4,
      title:
        'the parent ends last: it waits for a child that takes its time, also when it is told twice',
      run: (trial) => expectEndsLast(trial, 'server'),
    },
    {
      id: 'ctrl-c',
      step: 3,
      points: 5,
      title: 'on Ctrl+C, which reaches all three at once, ends with status 0 and not a word',
      run: (trial) => expectEndOnInterrupt(trial, 'server'),
    },
    {
      id: 'port-taken',
      step: 4,
      points: 7,
      timeLimit: TWICE,
      title: 'if one of its ports is taken, says which and why, and ends as a whole with status 1',
      run: (trial) => expectTaken(trial, 'server'),
    },
    {
      id: 'parent-killed',
      step: 4,
      points: 7,
      title: 'when the parent is killed (SIGKILL), its children notice and end',
      run: (trial) => expectNoOrphans(trial, 'server'),
    },
    {
      id: 'cluster-workers',
      step: 5,
      points: 3,
      title: 'cluster: serves each port by a worker of its own, which counts for itself',
      async run(trial) {
        const site = await openSite(trial, 'cluster', OTHER_HOST);
        expectOwnHost(trial, site, OTHER_HOST);
        await expectOwnProcesses(trial, site);
      },
    },
    {
      id: 'cluster-death',
      step: 5,
      points: 3,
      title: 'cluster: when a worker dies, says so, goes on with the other, and starts no new one',
      async run(trial) {
        const { site, victim, other } = await expectOtherServes(trial, 'cluster', 'kill');
        await expectReport(trial, site, victim, 'SIGKILL');
        killChild(trial, other.pid);
        await expectEndWithLast(trial, site);
        await expectReport(trial, site, other, 'SIGKILL');
      },
    },
    {
      id: 'cluster-crash',
      step: 5,
      points: 2,
      title:
        'cluster: when a worker crashes by itself, says its status, and goes on with the other',
      async run(trial) {
        const { site, victim } = await expectOtherServes(trial, 'cluster', 'crash');
        await expectReport(trial, site, victim, 'status 1');
      },
    },
    {
      id: 'cluster-ends',
      step: 5,
      points: 3,
      timeLimit: TWICE,
      title: 'cluster: on SIGTERM and on Ctrl+C ends all, with status 0 and not a word',
      async run(trial) {
        await expectEndOnTerm(trial, 'cluster');
        await expectEndOnInterrupt(trial, 'cluster');
      },
    },
    {
      id: 'cluster-last',
      step: 5,
      points: 2,
      title: 'cluster: the primary ends last: it waits for a worker that takes its time',
      run: (trial) => expectEndsLast(trial, 'cluster'),
    },
    {
      id: 'cluster-orphans',
      step: 5,
      points: 2,
      title: 'cluster: when the primary is killed (SIGKILL), its workers notice and end',
      run: (trial) => expectNoOrphans(trial, 'cluster'),
    },
    {
      id: 'cluster-taken',
      step: 5,
      points: 3,
      timeLimit: TWICE,
      title: 'cluster: if one of its ports is taken, says which and why, and ends with status 1',
      run: (trial) => expectTaken(trial, 'cluster'),
    },
    {
      id: 'one-process',
      step: 6,
      points: 3,
      title: 'one-process: serves both ports by itself, and counts for both together',
      async run(trial) {
        const site = await openSite(trial, 'one-process', OTHER_HOST);
        expectOwnHost(trial, site, OTHER_HOST);
        const [first, second] = site.addresses as [Address, Address];
        for (const [at, address] of [first, second, first].entries()) {
          const { pid, count } = await ask(trial, address);
          trial.must(pid === site.program.pid && count === at + 1, {
            saw: `answer ${at + 1} was given by process ${pid}, as its number ${count}; the program is ${site.program.pid}.`,
            expected: `process ${site.program.pid} gives all answers, and this is its number ${at + 1}.`,
            facts: { notOne: true, childAnswered: pid !== site.program.pid },
          });
        }
      },
    },
    {
      id: 'one-taken',
      step: 6,
      points: 2,
      timeLimit: TWICE,
      title:
        'one-process: if one of its ports is taken, says which and why, and ends with status 1',
      run: (trial) => expectTaken(trial, 'one-process'),
    },
    {
      id: 'one-ends',
      step: 6,
      points: 2,
      timeLimit: TWICE,
      title:
        'one-process: ends with status 0 on Ctrl+C and on SIGTERM, also with a browser connected',
      async run(trial) {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) {
          const site = await openSite(trial, 'one-process');
          const client = await trial.connect(site.addresses[0] as Address);
          await client.send(get('/'));
          await hear(trial, client, 'the page');
          site.program.signal(signal);
          await site.program.ended(`after ${signal}, with one connection open`, SLOW);
          expectStatus(trial, site.program, 0, `after ${signal}`);
        }
      },
    },
  ],
  diagnoses: [
    {
      id: 'zero-is-no-port',
      when: ({ zeroOnly }) => zeroOnly === true,
      cause: () =>
        'with other ports it works. 0 is a port that can be asked for, and false in an `if`: compare with undefined.',
      hint: 3,
    },
    {
      id: 'roles-swapped',
      // Not the process that was started has fallen over it: another one looked for children, and has none.
      when: ({ stderr, exit }) => stderr.includes('ECHILD') && exit?.code !== 1,
      cause: () =>
        'a process without children looks after some. fork() gives 0 to the child, and the number of the child to the parent.',
      step: 1,
      hint: 2,
    },
    {
      id: 'echild',
      when: ({ stderr, check, exit }) =>
        stderr.includes('ECHILD') && exit?.code === 1 && !OPENING.includes(check),
      cause: () =>
        'waitpid() was called when no child was left: it fails with ECHILD then. Ask as long as `children` has any, and take out of it each one that has ended.',
      step: 2,
      hint: 3,
    },
    {
      id: 'signals-nobody',
      when: ({ crash }) => /ESRCH.*\bkill\b/.test(crash?.message ?? ''),
      cause: () =>
        'kill() was given a number that no process has. A child that was reaped is taken out of `children` at once; and what kill() takes is its process id.',
      step: 2,
      hint: 3,
    },
    {
      id: 'took-parent-for-gone',
      when: ({ check, opening, taken, stderr }) =>
        (opening === true || taken !== undefined || OPENING.includes(check)) &&
        /: ended with status 0/.test(stderr),
      cause: () =>
        'the children ended by themselves, with status 0: their end of the pipe was at its end at once, as if the parent were gone. There is one pipe, made before the fork, and the parent keeps `held` open.',
      step: 4,
      hint: 2,
    },
    {
      id: 'parent-knows-no-child',
      when: ({ check, opening, exit, stderr, signalled }) =>
        (opening === true || OPENING.includes(check)) &&
        exit?.code === 1 &&
        signalled === undefined &&
        stderr.trim() === '',
      cause: () =>
        'the parent ended with status 1 at once, as if it had no child left. Either it knows of none: what a child writes into `children` is in its own copy of the program, and the parent notes the number that fork() returns. Or reap() goes on to its end where it has to return: pid 0 says that the others run.',
      step: 1,
      hint: 3,
    },
    {
      id: 'wrong-end',
      when: ({ crash }) => crash?.message.includes('read ENOTCONN') === true,
      cause: () =>
        'a child reads from the end of the pipe that is there to write to. pipe() returns two: `lifeline` is the one to read from, and a child closes its copy of the other, `held`.',
      step: 4,
      hint: 3,
    },
    {
      id: 'reads-standing-still',
      when: ({ standsInRead }) => standsInRead === true,
      cause: () =>
        'a child stands still in a read of the pipe, and never comes to listen. Read it as a socket: that does not wait.',
      step: 4,
      hint: 3,
    },
    {
      id: 'port-not-read-back',
      when: ({ samePort, saidTooEarly }) => samePort === 'zero' || saidTooEarly === true,
      cause: () =>
        'the line shows the port of the command line, before the kernel has given it. With 0 the kernel picks one: server.address() knows which, once it listens.',
      hint: 2,
    },
    {
      id: 'shared-by-workers',
      when: ({ check, samePort, kept, processes }) =>
        check.startsWith('cluster') &&
        (samePort === true || (kept === 'by parent' && processes === 3)),
      cause: () =>
        'workers that ask for the same port get the same socket, from the primary: that is what cluster is made for. exclusive: true gives each its own.',
      hint: 3,
    },
    {
      id: 'parent-leaves',
      // Its children have come to listen: a program that does nothing at all is another matter.
      when: ({ check, opening, exit, signalled, stdout, stderr }) =>
        (opening === true || OPENING.includes(check)) &&
        exit?.code === 0 &&
        signalled === undefined &&
        stdout.trim() !== '' &&
        stderr.trim() === '',
      cause: () =>
        'the parent ends, with status 0, as soon as its children are there: a listener for signals does not keep Node alive. Something must, until the last child has ended.',
      hint: 3,
    },
    {
      id: 'same-port-twice',
      // Nobody else can have the ports of these checks, unless the check has taken one.
      when: ({ sameAsked, taken, stderr, stdout, strayedTo }) =>
        sameAsked === true ||
        (taken === undefined && stderr.includes('EADDRINUSE')) ||
        // refused() is not written yet, and was called: the host is right, since another port of it was had.
        (taken === undefined &&
          strayedTo === 4 &&
          stderr.includes('CANNOT_LISTEN') &&
          stdout.includes('listening on')),
      cause: () =>
        'two processes ask for the same port. Each child serves one, its own, and the parent none. And a child that stays in the loop forks another one for a port that has its child already.',
      hint: 3,
    },
    {
      id: 'child-forks-on',
      when: ({ processes, grandchildren, kept }) =>
        kept === 'by grandchild' || (Number(processes) > 3 && Number(grandchildren) > 0),
      cause: () =>
        'a child comes back from fork() into the same loop, and forks children of its own. It has to leave the loop.',
      hint: 3,
    },
    {
      id: 'one-process-more',
      when: ({ processes, grandchildren }) => Number(processes) > 3 && grandchildren === 0,
      cause: () =>
        'the parent forks more than a child for each port. Who looks after the children is the parent itself, and that a parent is gone each child notices by itself.',
      hint: 3,
    },
    {
      id: 'no-child',
      when: ({ kept, processes, refused }) =>
        kept === 'by one' || (typeof processes === 'number' && processes < 2 && refused !== true),
      cause: () => 'one process has both ports. fork() a child for each.',
      hint: 2,
    },
    {
      id: 'parent-serves',
      when: ({ kept, processes, refused }) =>
        kept === 'by parent' || (processes === 2 && refused !== true),
      cause: () =>
        'the parent serves a port itself. If it crashes there, nobody is left to look after the rest: it forks two children, and serves nothing.',
      hint: 2,
    },
    {
      id: 'listens-before-fork',
      when: ({ kept }) => kept === 'shared',
      cause: () =>
        'the port was open before the fork, and a fork copies what is open: several processes hold one socket now. Listen in the child.',
      hint: 2,
    },
    {
      id: 'crash-ends-all',
      when: ({ after, endedWithFirst, reported }) =>
        after === 'crash' && endedWithFirst === true && reported === false,
      cause: () =>
        'a child that crashes ends with status 1, and the parent took that for a port that cannot be had. Give that case a status of its own.',
      step: 4,
      hint: 2,
    },
    {
      id: 'survives-crash',
      when: ({ survived }) => survived === true,
      cause: () =>
        'the child catches its own error and runs on, in a state that nobody knows. Without a listener for uncaughtException it ends, and the parent reports it.',
      hint: 1,
    },
    {
      id: 'ends-with-first',
      when: ({ endedWithFirst }) => endedWithFirst === true,
      cause: () =>
        'the parent ends, or ends all, when the first child has died. It ends when none is left.',
      hint: 3,
    },
    {
      id: 'starts-anew',
      when: ({ respawned, restarted }) => respawned === true || restarted === true,
      cause: () =>
        'a new process is started for one that died. One that dies at its start would be started for ever; here it is reported, and that is all.',
      hint: 2,
    },
    {
      id: 'ended-before-listening',
      // When another child has ended, and SIGCHLD came, both were taken.
      when: ({ missed, zombie, firstReaped }) =>
        missed === true && zombie === true && firstReaped === true,
      cause: () =>
        'a child ended before its parent listened for SIGCHLD, and the signal does not come again. Call reap() once by yourself, right after you have begun to listen.',
      step: 2,
      hint: 3,
    },
    {
      id: 'waits-for-one',
      when: ({ zombie, firstReaped }) => zombie === true && firstReaped === true,
      cause: () => 'the parent asks for the first child only. waitpid(-1, …) asks for any of them.',
      hint: 3,
    },
    {
      id: 'never-waits',
      when: ({ check, zombie, firstReaped, report, zombies, childless, bothAtOnce }) =>
        (zombie === true && (firstReaped === false || report === 'none')) ||
        (check === 'both-at-once' && zombies === 2) ||
        (childless === true && bothAtOnce !== true && Number(zombies) > 0),
      cause: () =>
        'nobody takes the status of a dead child. The kernel keeps it until the parent asks for it.',
      hint: 2,
    },
    {
      id: 'sigchld-ignored',
      when: ({ unsaid }) => unsaid === 'ignored',
      cause: () =>
        'SIGCHLD is ignored: that leaves no zombie, and no status either. How the child ended is lost.',
      hint: 2,
    },
    {
      id: 'silent-on-sigterm',
      when: ({ silentOnTerm }) => silentOnTerm === true,
      cause: () =>
        'a child that ended by SIGTERM goes unreported, although somebody else sent it. The signal does not tell who: remember whether the parent has told its children to end.',
      step: 3,
      hint: 3,
    },
    {
      id: 'report-on-stdout',
      when: ({ report }) => report === 'on stdout',
      cause: () =>
        'the line is on stdout. What has gone wrong is told on stderr, by console.error(): stdout may be read by another program.',
      hint: 3,
    },
    {
      id: 'no-report',
      when: ({ report, zombie }) => report === 'none' && zombie === false,
      cause: () => 'the status was taken, and nobody was told. Print how the child has ended.',
      hint: 3,
    },
    {
      id: 'signal-as-status',
      when: ({ check, report }) => check === 'other-serves' && report === 'wrong end',
      cause: () =>
        'the child has no exit status: a signal ended it. Ask WIFEXITED first, and WTERMSIG for the signal.',
      hint: 3,
    },
    {
      id: 'raw-status',
      when: ({ check, report }) => check === 'crash' && report === 'wrong end',
      cause: () =>
        'what waitpid() gives is two things in one number, so status 1 looks like 256. WEXITSTATUS takes it out.',
      hint: 3,
    },
    {
      id: 'status-or-signal',
      when: ({ check, report }) => check.startsWith('cluster') && report === 'wrong end',
      cause: () =>
        'a worker ends with a status or by a signal, and the other one of the two is null. Print the one that is there.',
      hint: 4,
    },
    {
      id: 'port-forgotten',
      when: ({ report }) => report === 'no port',
      cause: () =>
        'the port is undefined: `children` has none for this process id. It goes from process id to port, and is asked before the child is taken out of it.',
      hint: 4,
    },
    {
      id: 'other-port-named',
      when: ({ report }) => report === 'wrong port',
      cause: () =>
        'the line names another port than that of the child that died. Keep the port of each child with its process id.',
      hint: 2,
    },
    {
      id: 'one-per-signal',
      when: ({ bothAtOnce, zombies }) => bothAtOnce === true && zombies === 1,
      cause: () =>
        'two children died, and SIGCHLD came once: a signal that waits already is not counted twice. Ask until nobody is left to be reaped.',
      hint: 3,
    },
    {
      id: 'failure-as-success',
      when: ({ wrongStatus, allGone, taken, exit }) =>
        wrongStatus === true && exit?.code === 0 && (allGone === true || taken !== undefined),
      cause: () =>
        'status 0 says that all went well. Here nobody asked it to end: whoever started it has to hear that.',
      hint: 3,
    },
    {
      id: 'nobody-left',
      when: ({ check, childless, stillRunning, zombies }) =>
        ['all-gone', 'both-at-once', 'cluster-death'].includes(check) &&
        childless === true &&
        stillRunning === true &&
        !Number(zombies),
      cause: () => 'both children are gone, and the parent waits on, for nobody.',
      hint: 3,
    },
    {
      id: 'blocked-in-wait',
      when: ({ blocked }) => blocked === true,
      cause: () =>
        'the parent stands in wait(): a listener for the signal gets no turn, and what stands below the call is not reached. waitpid(-1, WNOHANG) does not wait.',
      step: 2,
      hint: 2,
    },
    {
      id: 'children-ignore-sigterm',
      when: ({ deaf, ignore }) => deaf === true && ignore === true,
      cause: () =>
        'the children ignore SIGTERM (SIG_IGN), by which their parent ends them. It is SIGINT alone that they leave to it.',
      step: 3,
      hint: 3,
    },
    {
      id: 'children-listen-too',
      when: ({ deaf }) => deaf === true,
      cause: () =>
        'the children do not end on SIGTERM: they have a copy of the listeners that the parent had before the fork. Listen after it.',
      step: 3,
      hint: 3,
    },
    {
      id: 'parent-ignores',
      when: ({ parentIgnores }) => parentIgnores === true,
      cause: () =>
        'the parent ignores SIGINT, so it never hears of Ctrl+C. The children ignore it: signal() stands behind the fork, in the child.',
      hint: 3,
    },
    {
      id: 'passes-on-same',
      when: ({ onlyTermHelps }) => onlyTermHelps === true,
      cause: () =>
        'SIGTERM to the parent ends all, Ctrl+C does not. The children ignore SIGINT, so it is no use to send it on as it came: end them by SIGTERM.',
      hint: 3,
    },
    {
      id: 'not-passed-on',
      when: ({ childrenAlive, deaf }) =>
        typeof childrenAlive === 'number' && childrenAlive > 0 && deaf === false,
      cause: ({ check }) =>
        check.startsWith('cluster')
          ? 'the primary was told to end, and its workers serve on. Send each of them SIGTERM. worker.disconnect() closes what the primary holds, and an `exclusive` socket is the own of the worker.'
          : 'the signal reached the parent alone, and its children know nothing of it. Send SIGTERM to each of them.',
      hint: 2,
    },
    {
      id: 'children-hear-ctrl-c',
      when: ({ interrupted, died }) => interrupted === true && Number(died) > 0,
      cause: () =>
        'Ctrl+C reaches the children as well, and ended them: for a parent that hears of it later, two children have died. Let them ignore SIGINT.',
      hint: 3,
    },
    {
      id: 'once-only',
      when: ({ leftEarly, heard, exit }) =>
        leftEarly === true &&
        heard === true &&
        (exit?.signal === 'SIGINT' || exit?.signal === 'SIGTERM'),
      cause: ({ exit }) =>
        `the program was told twice, and the second ${exit?.signal} ended it as it stood. once() takes the listener away after the first time: use on().`,
      hint: 3,
    },
    {
      id: 'signal-not-caught',
      when: ({ wrongStatus, leftEarly, exit }) =>
        (wrongStatus === true || leftEarly === true) &&
        (exit?.signal === 'SIGINT' || exit?.signal === 'SIGTERM'),
      cause: () => 'nobody listens for the signal, so the kernel ends the program as it stands.',
      hint: 3,
    },
    {
      id: 'zero-is-false',
      when: ({ check, wrongStatus, exit, crash }) =>
        TOLD_TO_END.includes(check) &&
        wrongStatus === true &&
        exit?.code === 1 &&
        crash === undefined,
      cause: () =>
        'status 1 is for an end that nobody asked for. If you kept status 0: it is false in an `if` and for `||`. Compare with undefined, or use `??`.',
      hint: 3,
    },
    {
      id: 'status-of-signal',
      when: ({ check, wrongStatus, exit }) =>
        TOLD_TO_END.includes(check) && wrongStatus === true && Number(exit?.code) > 0,
      cause: () => 'a server that is told to end, and ends, has done what it should: status 0.',
      hint: 3,
    },
    {
      id: 'reports-own-kill',
      when: ({ reportedOwnKill, died }) => reportedOwnKill === true && !Number(died),
      cause: () =>
        'the children were ended on purpose, and are reported as if they had died. Remember that the end has begun; and status 0 is false in an `if`: compare with undefined.',
      hint: 3,
    },
    {
      id: 'kills-at-once',
      when: ({ unasked }) => unasked === true,
      cause: () =>
        'SIGKILL cannot be caught: a child that has something to finish, or to clear up, gets no turn. SIGTERM asks it to end.',
      hint: 3,
    },
    {
      id: 'leaves-first',
      when: ({ leftEarly, childrenLeft }) => leftEarly === true || childrenLeft !== undefined,
      cause: () =>
        'kill() only asks. The parent ended before its children had: whoever starts the program anew may find its ports still taken.',
      hint: 3,
    },
    {
      id: 'refused-stays',
      when: ({ taken, stillRunning, alive, toldWhy }) =>
        taken !== undefined && stillRunning === true && alive === 3 && toldWhy === true,
      cause: () =>
        'the child that cannot have its port has not ended: something still keeps it alive. process.exit() does not wait for that.',
      hint: 3,
    },
    {
      id: 'refused-as-crash',
      when: ({ taken, stillRunning, otherServed, stderr }) =>
        taken !== undefined &&
        stillRunning === true &&
        otherServed === true &&
        /ended with status 1$/m.test(stderr),
      cause: () =>
        'the child that cannot have its port ended with status 1, as one does that crashes: its parent cannot tell which it was. End it with CANNOT_LISTEN.',
      hint: 3,
    },
    {
      id: 'half-a-site',
      when: ({ taken, stillRunning, otherServed }) =>
        taken !== undefined && stillRunning === true && otherServed === true,
      cause: ({ check, stderr }) => {
        const [, status] = /ended with status (\d+)$/m.exec(stderr) ?? [];
        if (status === undefined)
          return 'one port was taken, and the program goes on with the other. Whoever started it asked for both.';
        const first = `by status ${status} a child says that it cannot have its port. Its parent reports it and goes on: compare it with CANNOT_LISTEN, and end the other child.`;
        return check === 'port-taken'
          ? `${first} WEXITSTATUS takes the status out of what waitpid() gives.`
          : first;
      },
      hint: 2,
    },
    {
      id: 'status-handed-on',
      when: ({ taken, wrongStatus, exit }) =>
        taken !== undefined && wrongStatus === true && Number(exit?.code) > 1,
      cause: () =>
        'the status by which a child speaks to its parent is a matter between those two. For everybody else it is 1: it did not work.',
      hint: 3,
    },
    {
      id: 'said-twice',
      when: ({ taken, withPort, stderr }) =>
        taken !== undefined && Number(withPort) > 1 && !/^\s+at /m.test(stderr),
      cause: () =>
        'the child has said why it ends, and another line says it again. One of them is enough.',
      hint: 3,
    },
    {
      id: 'says-more',
      when: ({ taken, lines, withPort, stderr }) =>
        taken !== undefined && withPort === 1 && Number(lines) > 1 && !/^\s+at /m.test(stderr),
      cause: () => 'one line says what the user has to know. Nothing else is printed on stderr.',
      hint: 3,
    },
    {
      id: 'host-missing',
      when: ({ hostless }) => hostless === true,
      cause: () =>
        'the line names no host: --host is not handed on. Without a host a program listens on every network, and not where it was told.',
      step: 1,
      hint: 3,
    },
    {
      id: 'says-not-why',
      when: ({ taken, lines }) => taken !== undefined && Number(lines) <= 1,
      cause: () =>
        'the user has to hear what could not be had, host and port, and why. The words for it are handed to you: print them as they are.',
      hint: 3,
    },
    {
      id: 'refusal-not-caught',
      when: ({ taken, crash }) =>
        taken !== undefined && crash?.message.includes('EADDRINUSE') === true,
      cause: () =>
        'a port that is taken ended the program by an error with its stack. Say why in one line, and end by process.exit().',
      hint: 2,
    },
    {
      id: 'holds-own-end',
      when: ({ holdsOwnEnd }) => holdsOwnEnd === true,
      cause: () =>
        'the child waits for the end of the pipe, and holds the other end of it itself: its own copy, from the fork. Close that one.',
      hint: 3,
    },
    {
      id: 'no-lifeline',
      when: ({ check, orphans, holdsOwnEnd }) =>
        check === 'parent-killed' && Number(orphans) > 0 && holdsOwnEnd === false,
      cause: () =>
        "nobody can catch SIGKILL, so the parent could not tell its children. They have to notice by themselves: a pipe ends when nobody holds its other end any more. If there is a pipe already, listen for 'end', and not for 'data': nothing is ever written.",
      hint: 2,
    },
    {
      id: 'worker-keeps-on',
      when: ({ check, orphans }) => check === 'cluster-orphans' && Number(orphans) > 0,
      cause: () =>
        'Node ends a worker when its channel to the primary has ended. Something keeps it from that: a listener that was taken away, or one that catches every error.',
      hint: 2,
    },
    {
      id: 'counts-apart',
      when: ({ notOne, childAnswered }) => notOne === true && childAnswered === false,
      cause: () =>
        'the answers are counted for each port. One process has one memory: both ports count in the same variable.',
      hint: 2,
    },
  ],
});

// --- what is asked of server and cluster alike ---

async function expectOwnProcesses(trial: Trial, site: Site): Promise<void> {
  const [first, second] = site.addresses as [Address, Address];
  // One process too many may still be asking for a port that another one has.
  if (site.program.family().length > 3) await trial.happenings.rest();
  const pids = holdersOf(site);
  trial.must(pids[0] !== pids[1], {
    saw: `one process, ${pids[0]}, holds both ports.`,
    expected: 'each port is held by a child of the program, and by a different one.',
    facts: { kept: 'by one' },
  });
  // With zombies: one that was refused its port at once, and that nobody has waited for, is one too many.
  const rows = site.program.family();
  trial.must(rows.length === 3, {
    saw: `the program has ${rows.length} processes: ${treeOf(rows)}.`,
    expected: 'three: the parent, and a child of it for each port.',
    facts: familyFacts(site.program, rows),
  });
  for (const [address, counted] of [
    [first, 1],
    [first, 2],
    [second, 1],
    [first, 3],
  ] as const) {
    const { pid, count } = await ask(trial, address);
    trial.must(pid === holderOf(site, address) && count === counted, {
      saw: `port ${address.port} answers: process ${pid}, number ${count}.`,
      expected: `process ${holderOf(site, address)}, number ${counted}: its own answers, and no others.`,
      facts: { otherCount: true },
    });
  }
}

/** Ends the process behind one port, by SIGKILL or by the page that crashes it, and looks at both. */
async function expectOtherServes(
  trial: Trial,
  name: string,
  by: 'kill' | 'crash',
): Promise<{ site: Site; victim: Child; other: Child }> {
  const site = await openSite(trial, name, ownPlace());
  const children = site.addresses.map((address) => ({
    ...address,
    pid: holderOf(site, address),
  })) as [Child, Child];
  // Once the first and once the second: a program that always speaks of the same one is found out.
  const [victim, other] = by === 'kill' ? children : [children[1], children[0]];
  const before = living(site.program).length;
  if (by === 'kill') killChild(trial, victim.pid);
  else await crash(trial, site, victim);
  await watch(trial, site.program, () => hasEnded(victim.pid) || undefined);
  // Whatever the parent wants to do about it is done when all programs sleep.
  await trial.happenings.rest(() => site.program.exit !== undefined);
  const reported = newsOf(site).some((line) => line.includes(`${victim.pid}`));
  expectRunning(trial, site, by === 'kill' ? 'one child was killed' : 'one child crashed', {
    after: by,
    reported,
  });
  const { pid } = await ask(trial, other, { after: by });
  trial.must(pid === other.pid, {
    saw: `after one child had died, the other port is served by process ${pid}, and not by ${other.pid} any more.`,
    expected: 'the other child goes on as if nothing had happened.',
    facts: { after: by, restarted: true },
  });
  const started = living(site.program).length - (before - 1);
  // Asked of the kernel: somebody else on this machine may have been given the port by now.
  trial.must(started === 0 && pidsAt(site, victim.port).length === 0, {
    saw: `the process behind port ${victim.port} has died, and ${started > 0 ? 'a new one was started' : 'somebody serves the port again'}.`,
    expected: 'a port that has lost its process stays as it is: nobody starts a new one.',
    facts: { respawned: true },
  });
  return { site, victim, other };
}

/** The parent takes the status of the second child, `victim`, which has ended, while the first one works. */
async function expectReaped(
  trial: Trial,
  { program }: Site,
  victim: Child,
  first: Child,
): Promise<void> {
  const reaped = ({ pid }: Child) =>
    watch(trial, program, () => processRow(pid) === undefined || undefined);
  if ((await reaped(victim)) === true) return;
  killChild(trial, first.pid);
  await reaped(first);
  trial.fail({
    saw: `the second child, ${victim.pid}, has ended, and is still in the table of processes, as a zombie (Z).`,
    expected: 'the parent takes its status by waitpid(): then the kernel forgets it.',
    facts: { zombie: true, firstReaped: processRow(first.pid) === undefined },
  });
}

/** A child, and the port that it has. */
interface Child extends Address {
  readonly pid: number;
}

async function crash(trial: Trial, site: Site, victim: Child): Promise<void> {
  const client = await trial.connect(victim);
  await client.send(get('/crash'));
  await client.over('when the process behind it has crashed').catch((error: unknown) => {
    trial.must(hasEnded(victim.pid) || site.program.exit !== undefined, {
      saw: `somebody asked port ${victim.port} for /crash, and process ${victim.pid} behind it runs on.`,
      expected: 'an error that nobody has foreseen ends the process in which it happened.',
      facts: { after: 'crash', survived: true },
    });
    return noted('crash')(error);
  });
}

/** The last child has just died: nobody is left to look after. */
async function expectEndWithLast(trial: Trial, { program }: Site): Promise<void> {
  await program.ended('after both of its children had died', SLOW).catch((error: unknown) => {
    const zombies = program.family().filter(({ state }) => state === 'Z').length;
    return withFacts({ childless: living(program).length === 1, zombies })(error);
  });
  expectStatus(trial, program, 1, 'after both of its children had died', { allGone: true });
}

async function expectEndOnTerm(trial: Trial, name: string): Promise<void> {
  const site = await openSite(trial, name);
  const pids = holdersOf(site);
  const blocked = waitsForChild(site.program.pid);
  site.program.signal('SIGTERM');
  await site.program
    .ended('after SIGTERM to the parent', SLOW)
    .catch(async (error: unknown) => withFacts(await whatHolds(trial, site, pids))(error));
  expectStatus(trial, site.program, 0, 'after SIGTERM to the parent', { blocked });
  await expectGone(trial, pids, 'after SIGTERM');
  expectSilence(trial, site, 'SIGTERM');
}

/** Holds one child back (SIGSTOP) while the parent is told to end, twice: it has to wait for that child, or end it by force. */
async function expectEndsLast(trial: Trial, name: string, tries = 1): Promise<void> {
  const site = await openSite(trial, name);
  const { program } = site;
  const [slow, quick] = holdersOf(site) as [number, number];
  const blocked = waitsForChild(program.pid);
  await hold(trial, slow);
  program.signal('SIGTERM');
  let asked = false; // it stands still: what it is sent waits for it, all but SIGKILL
  await watch(trial, program, () => {
    asked ||= ASKS.some((signal) => hasSignal(slow, 'ShdPnd', signal));
    return (hasEnded(quick) && (asked || hasEnded(slow))) || undefined;
  });
  if (!asked && hasEnded(slow)) {
    // Who is asked first and killed soon after may do so unseen where this machine is slow: not every time.
    if (tries < 3) return await expectEndsLast(trial, name, tries + 1);
    trial.fail({
      saw: 'after SIGTERM one child was held back (SIGSTOP), and was killed (SIGKILL) at once.',
      expected: 'each child is asked to end, by SIGTERM. By force (SIGKILL) only after a while.',
      facts: { unasked: true },
    });
  }
  const heard = !hasEnded(program.pid); // or else nobody listened the first time
  program.signal('SIGTERM');
  // It has heard, and does what it does at once, however slow the machine is.
  await trial.happenings.rest(() => program.exit !== undefined, SLOW);
  // A program that will not wait for its child may sleep on a timer first: this is the one thing that only time can show.
  const timer = { mayRest: true, patience: LONGEST_TIMER };
  if (name === 'server') await trial.happenings.rest(() => program.exit !== undefined, timer);
  trial.must(program.exit === undefined || hasEnded(slow), {
    saw: `after SIGTERM one child was held back (SIGSTOP), and the ${program.program} ended without it (${endOf(program)}).`,
    expected: 'the parent ends when both children have ended.',
    facts: { leftEarly: true, heard, blocked },
  });
  if (!program.exit) send(trial, slow, 'SIGCONT');
  await program
    .ended('after SIGTERM, when its last child could go on', SLOW)
    .catch(async (error: unknown) => withFacts(await whatHolds(trial, site, [slow, quick]))(error));
}

/** The signals by which a process can be asked to end. */
const ASKS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;

/** A timer after which a student's parent ends whatever its children do: seen if it is shorter, in milliseconds. */
const LONGEST_TIMER = 2_500;

/**
 * Ctrl+C with the parent held back until its children have had their signal: which of them is quicker is no matter of luck
 * then.
 */
async function expectEndOnInterrupt(trial: Trial, name: string): Promise<void> {
  const site = await openSite(trial, name);
  const pids = holdersOf(site);
  const blocked = waitsForChild(site.program.pid);
  await hold(trial, site.program.pid);
  site.program.signal('SIGINT');
  let died = 0;
  for (const address of site.addresses) if (!(await answers(trial, address))) died += 1;
  send(trial, site.program.pid, 'SIGCONT');
  const facts = { interrupted: true, died };
  trial.must(died === 0, {
    saw: `Ctrl+C reached all processes, and ${died} of the children ended before their parent had heard of it.`,
    expected: 'the children leave Ctrl+C to their parent, which ends them.',
    facts,
  });
  await site.program
    .ended('after Ctrl+C', SLOW)
    .catch(async (error: unknown) =>
      withFacts({ ...facts, ...(await whatHolds(trial, site, pids)) })(error),
    );
  expectStatus(trial, site.program, 0, 'after Ctrl+C', { ...facts, blocked });
  await expectGone(trial, pids, 'after Ctrl+C');
  expectSilence(trial, site, 'Ctrl+C', facts);
}

async function expectTaken(trial: Trial, name: string): Promise<void> {
  for (const which of ['second', 'first'] as const) {
    const { host, ports } = ownPlace();
    const [taken, other] = which === 'first' ? ports : [ports[1], ports[0]];
    await trial.own(listenOn(host, taken), (server) => server.close());
    const words = argumentsFor({ host, ports });
    const { program, missed } =
      name === 'server' && which === 'first'
        ? await startHeldBack(trial, words)
        : { program: await trial.start(name, words), missed: false };
    const facts = { taken: which, missed };
    await program
      .ended(`when its ${which} port, ${taken}, was taken`, SLOW)
      .catch(async (error: unknown) =>
        withFacts({ ...facts, ...(await whyItRuns(trial, program, ports, other)) })(error),
      );
    const { stdout, stderr } = program;
    expectStatus(trial, program, 1, `when its ${which} port was taken`, facts);
    const expected = `one line: ${name}: cannot listen on ${host}:${taken}: EADDRINUSE`;
    const lines = stderr.lines.filter((line) => line.includes(`${taken}`));
    trial.must(lines.length === 1 && stderr.lines.length === 1, {
      saw: `port ${taken} was taken; stderr has ${stderr.lines.length} lines, ${lines.length} of them with this port.`,
      expected,
      facts: {
        ...facts,
        lines: stderr.lines.length,
        withPort: lines.length,
        reportedOwnKill: lines.length === 1 && stderr.text.includes('SIGTERM'),
        // Nobody but the program itself has the other port.
        sameAsked:
          new RegExp(`\\b${other}: EADDRINUSE`).test(stderr.text) ||
          (lines.length > 1 && new Set(lines).size === 1),
      },
    });
    const [line = ''] = lines;
    trial.must(line.includes(`${host}:${taken}`) && line.includes('EADDRINUSE'), {
      saw: `port ${taken} of ${host} was taken, and stderr says: ${line}`,
      expected,
      facts: {
        ...facts,
        lines: 1,
        withPort: 1,
        hostless: line.includes(`undefined:${taken}`),
      },
    });
    trial.must(!stdout.text.includes(`:${taken}`), {
      saw: `port ${taken} was taken by somebody else, and the ${name} says that it listens there.`,
      expected: 'a line for a port comes when its process listens, and not before.',
      facts: { ...facts, saidTooEarly: true },
    });
  }
}

/**
 * Starts the server, and holds its parent back (SIGSTOP) from when it has a child until that one has ended: a signal that
 * comes before anybody listens for it is lost (`missed`). A parent that is too fast to be held is tried again.
 */
async function startHeldBack(
  trial: Trial,
  words: readonly string[],
): Promise<{ program: Program; missed: boolean }> {
  for (let tries = 1; ; tries += 1) {
    const program = await trial.start('server', words);
    const first = await watch(trial, program, () => childrenOf(program)[0]);
    if (typeof first === 'string') return { program, missed: false };
    await hold(trial, program.pid);
    const listens = hasSignal(program.pid, 'SigCgt', 'SIGCHLD');
    if (listens && tries < TRIES) {
      await program.kill();
      continue;
    }
    await watch(trial, program, () => hasEnded(first) || undefined);
    send(trial, program.pid, 'SIGCONT');
    return { program, missed: !listens && hasEnded(first) };
  }
}

/** How often a program may be too fast for the check. */
const TRIES = 5;

/** A program that goes on, although one of its ports was taken: what do its processes do? */
async function whyItRuns(
  trial: Trial,
  program: Program,
  ports: readonly number[],
  other: number,
): Promise<Record<string, unknown>> {
  const rows = program.family();
  const open = program.listeners().map(({ port }) => port);
  const alive = living(program).length;
  const children = living(program)
    .map(({ pid }) => pid)
    .filter((pid) => pid !== program.pid);
  const zombie = rows.some(({ state }) => state === 'Z');
  const facts = {
    alive,
    otherServed: open.includes(other),
    toldWhy: program.stderr.text.includes('EADDRINUSE'),
    standsInRead: children.some((pid) => standsIn(pid, /pipe_(read|wait)$/)),
    ...(open.some((port) => !ports.includes(port)) ? { start: 'elsewhere' } : {}),
    ...(grandchildrenOf(program, rows) > 0 ? { kept: 'by grandchild' } : {}),
    ...(hasSignal(program.pid, 'SigIgn', 'SIGCHLD') ? { unsaid: 'ignored' } : {}),
  };
  if (Object.hasOwn(facts, 'start') || facts.standsInRead || alive !== 2) return facts;
  trial.note('the check has its answer; now it looks who hears SIGTERM, and who takes a status');
  for (const pid of children) send(trial, pid, 'SIGTERM');
  const left = await stillThere(children);
  if (left.length > 0) return { ...facts, deaf: true, ignore: ignoresTerm(left) };
  await trial.happenings.rest(() => program.exit !== undefined);
  const firstReaped = children.every((pid) => processRow(pid) === undefined);
  return { ...facts, ...(zombie ? { zombie, firstReaped } : {}) };
}

async function expectNoOrphans(trial: Trial, name: string): Promise<void> {
  const site = await openSite(trial, name);
  const pids = holdersOf(site);
  const pipes = pipesOf(site.program.pid);
  site.program.signal('SIGKILL');
  await site.program.ended('after SIGKILL', SLOW);
  const left = await stillThere(pids);
  trial.must(left.length === 0, {
    saw: `the parent was killed, and ${left.length} of its children ${left.length === 1 ? 'is' : 'are'} still there.`,
    expected: 'a child notices that its parent is gone, and ends.',
    facts: { orphans: left.length, holdsOwnEnd: left.some((pid) => holdsOwnEnd(pid, pipes)) },
  });
}

// --- the site, from outside ---

interface Site {
  readonly program: Program;
  /** The lines on stderr when it stood open: what comes later is news. */
  readonly saidBefore: number;
  /** In the order of the ports that were asked for. */
  readonly addresses: readonly Address[];
}

const READY = /^listening on (.+):(\d+)$/;

/** Starts a program and waits for its two ready lines; the kernel must agree with both. */
async function openSite(trial: Trial, name: string, place: Place = ownPlace()): Promise<Site> {
  return await open(trial, name, place).catch(withFacts({ opening: true }));
}

async function open(trial: Trial, name: string, { host, ports }: Place): Promise<Site> {
  const program = await trial.start(name, argumentsFor({ host, ports }));
  const said: Address[] = [];
  while (said.length < 2) {
    const line = await program
      .line((line) => READY.test(line), 'two lines on stdout: listening on 127.0.0.1:<port>', SLOW)
      .catch((error: unknown) => notReady(program, ports, said, error));
    const [, host = '', port = ''] = READY.exec(line) ?? [];
    said.push({ host, port: Number(port) });
  }
  const [one, other] = said as [Address, Address];
  trial.must(one.port !== other.port, {
    saw: `both lines name port ${one.port}.`,
    expected: 'two ports, and two lines.',
    facts: { samePort: one.port === 0 ? 'zero' : true },
  });
  const open = program.listeners().map(({ port }) => port);
  if (!said.every(({ port }) => open.includes(port)))
    await trial.happenings.rest(() => program.exit !== undefined);
  const words = program.stderr.lines.findLast((line) => line.trim() !== '');
  trial.must(program.exit === undefined, {
    saw: `both lines came, and the ${name} had ended (${endOf(program)})${words === undefined ? '.' : `. Its last words: ${words}`}`,
    expected: 'it serves until it is told to end.',
    facts: { exit: program.exit },
  });
  trial.must(
    said.every(({ port }) => open.includes(port)),
    {
      saw: `the lines name ports ${one.port} and ${other.port}; the ${name} listens on ${[...new Set(open)].join(' and ')}.`,
      expected: 'each line names the port that the kernel has given.',
      facts: { start: 'elsewhere' },
    },
  );
  const asked = ports.filter((port) => port !== 0);
  trial.must(
    asked.every((port) => open.includes(port)),
    {
      saw: `ports ${asked.join(' and ')} were given, but the ${name} listens on ${[...new Set(open)].join(' and ')}.`,
      expected: `it listens on ${asked.join(' and on ')}.`,
      facts: { start: 'elsewhere' },
    },
  );
  // Of ports that the kernel has picked, the one of the child that was started first comes first.
  const site = { program, addresses: said, saidBefore: program.stderr.lines.length };
  // Who listens first and forks then may not be through with it: what is judged is how it is in the end.
  const inParent = said.some(({ port }) => pidsAt(site, port).includes(program.pid));
  if (inParent && name !== 'one-process') await trial.happenings.rest();
  const place = ({ port }: Address) =>
    ports.includes(port) ? ports.indexOf(port) : (pidsAt(site, port)[0] ?? 0);
  return { ...site, addresses: said.sort((a, b) => place(a) - place(b)) };
}

/** Three processes may have to start, and to end, on a machine that has more to do. A check that is at rest does not wait. */
const SLOW = { patience: 15_000 };

/** Any two ports that are free. */
const ANY_PORTS: Place = { host: '127.0.0.1', ports: [0, 0] };

/** A host that is not the default. */
const OTHER_HOST: Place = { host: '127.0.0.2', ports: [0, 0] };

/** The ready lines may say what they like: the kernel knows where it listens. */
function expectOwnHost(trial: Trial, { program }: Site, { host }: Place): void {
  const hosts = program.listeners().map(({ address }) => address);
  trial.must(
    hosts.every((address) => address === host),
    {
      saw: `--host ${host} was given, but the ${program.program} listens on ${hosts.join(' and ')}.`,
      expected: `both ports listen on ${host}, and nowhere else.`,
      facts: { start: 'other address' },
    },
  );
}

/** What stderr has got since both ports stood open. */
function newsOf({ program, saidBefore }: Site): string[] {
  return program.stderr.lines.slice(saidBefore);
}

/** `status 1`, `SIGKILL` */
function endOf({ exit }: Program): string {
  return exit?.signal ?? `status ${exit?.code}`;
}

/** Why there are not two lines. With none at all the harness knows; one is a matter of this lesson. */
async function notReady(
  program: Program,
  ports: readonly number[],
  said: readonly Address[],
  error: unknown,
): Promise<never> {
  if (!(error instanceof Failure)) throw error;
  const [only] = said;
  if (!only) {
    const reads = living(program).some(({ pid }) => standsIn(pid, /pipe_(read|wait)$/));
    await program.ready().catch(withFacts({ standsInRead: reads })); // throws, with the cause
    throw error;
  }
  throw new Failure({
    verdict: error.verdict,
    saw: `only one line came: listening on ${only.host}:${only.port}.${program.exit ? ' The program has ended.' : ''}`,
    expected: 'two lines, one for each port.',
    facts: { ...error.facts, oneLine: true, sameAsked: collides(program, ports, only) },
  });
}

/** True if the second process wanted the port of the first. */
function collides({ stderr }: Program, ports: readonly number[], { port }: Address): boolean {
  return (
    port !== 0 && ports.includes(port) && new RegExp(`\\b${port}: EADDRINUSE`).test(stderr.text)
  );
}

/** 127.0.0.1 is what a program takes when nothing is said. */
function argumentsFor({ host, ports }: Place): string[] {
  const where = host === '127.0.0.1' ? [] : ['--host', host];
  return [...where, ...ports.flatMap((port) => ['--port', `${port}`])];
}

/** Where a program is asked to listen. */
interface Place {
  readonly host: string;
  readonly ports: readonly [number, number];
}

/**
 * Two ports that nobody can have: of an address in 127.0.0.0/8, all of which is this machine (see ip(7)), that was drawn for
 * this one program. Not from the seed: programs that are checked at the same time with the same seed must not meet.
 */
function ownPlace(): Place {
  const host = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
  const first = randomInt(20_000, 29_998);
  return { host, ports: [first, randomInt(first + 1, 30_000)] };
}

async function listenOn(host: string, port: number): Promise<Server> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  return server;
}

/** What a page says of the process that gave it. */
interface Page {
  readonly port: number;
  readonly pid: number;
  readonly count: number;
}

async function ask(
  trial: Trial,
  address: Address,
  facts: Record<string, unknown> = {},
): Promise<Page> {
  const client = await trial.connect(address).catch(withFacts(facts));
  await client.send(get('/', 'Connection: close'));
  const what = `the page of port ${address.port}`;
  // Whoever has nothing to say is at rest before long; who is slow may be slow.
  const over = () => client.received.length > 0 || client.ended || client.wasReset;
  await trial.happenings.rest(over, SLOW);
  const { status, body } = await hear(trial, client, what, facts);
  client.destroy();
  const [, port, pid, count] = /端口 (\d+)，进程 (\d+)，第 (\d+) 次/.exec(body.toString()) ?? [];
  trial.must(status === 200 && Number(port) === address.port, {
    saw: `port ${address.port} answers with status ${status}: ${body.toString().trim()}`,
    expected: `status 200, and a page that names port ${address.port}.`,
    facts,
  });
  return { port: Number(port), pid: Number(pid), count: Number(count) };
}

/** False if nobody is there, or whoever was there ends before the answer. */
async function answers(trial: Trial, address: Address): Promise<boolean> {
  try {
    await ask(trial, address);
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return false;
  }
}

/** Waits for the line in which the parent tells of a child that has died. */
async function expectReport(
  trial: Trial,
  site: Site,
  { pid, port }: { readonly pid: number; readonly port: number },
  how: string,
): Promise<void> {
  const { program } = site;
  const own = () => newsOf(site).filter((line) => line.includes(`${pid}`));
  await trial.happenings.rest(() => own().length > 0);
  const line = own().at(-1) ?? '';
  const right = new RegExp(`\\b${port}\\b.*\\b${pid}\\b.*\\b${how}\\b`).test(line);
  const onStdout = program.stdout.lines.some((said) => said.includes(`${pid}`));
  const report =
    line === ''
      ? onStdout
        ? 'on stdout'
        : 'none'
      : line.includes('undefined')
        ? 'no port'
        : line.includes(how)
          ? 'wrong port'
          : 'wrong end';
  trial.must(right, {
    saw:
      line === ''
        ? `a child died (${how}), and stderr tells nothing of process ${pid}.`
        : `the child at port ${port} died (${how}), and stderr says: ${line}`,
    expected: `a line with its port, its process id and its end: ${program.program}: port ${port}, process ${pid}: ${how === 'SIGKILL' ? 'killed by SIGKILL' : 'ended with status 1'}`,
    facts: {
      report,
      zombie: processRow(pid)?.state === 'Z',
      unsaid: line === '' && hasSignal(program.pid, 'SigIgn', 'SIGCHLD') ? 'ignored' : undefined,
    },
  });
}

// --- processes, as the kernel sees them ---

function living(program: Program): ProcessRow[] {
  return program.family().filter(({ state }) => state !== 'Z' && state !== 'X');
}

/** The processes that listen on a port. */
function pidsAt({ program }: Site, port: number): number[] {
  return living(program)
    .map(({ pid }) => pid)
    .filter((pid) => listeners([pid]).some((listener) => listener.port === port));
}

/** The child that listens on a port. Throws a {@link Failure} if it is not one, and not a child. */
function holderOf(site: Site, { port }: Address): number {
  const { program } = site;
  const pids = pidsAt(site, port);
  const [pid] = pids;
  const rows = living(program);
  const parent = pid === undefined ? undefined : processRow(pid)?.parent;
  // Where the parent has ended, its children are somebody else's: that it has ended is what is wrong then.
  const isChild = parent === program.pid || hasEnded(program.pid);
  if (pid !== undefined && pids.length === 1 && pid !== program.pid && isChild) return pid;
  const named = pids.map((one) => (one === program.pid ? `the parent (${one})` : `process ${one}`));
  const kept =
    pids.length > 1
      ? 'shared'
      : pids[0] !== program.pid
        ? 'by grandchild'
        : rows.length === 1
          ? 'by one'
          : 'by parent';
  throw new Failure({
    saw:
      pid === undefined
        ? `no process of the ${program.program} listens on port ${port} any more.`
        : `port ${port} is held by ${named.join(' and ')}.`,
    expected: 'a port is held by one process, a child of the program.',
    facts: {
      ...(pid === undefined ? { refused: true } : { kept }),
      ...familyFacts(program, rows),
    },
  });
}

function familyFacts(
  program: Program,
  rows: readonly ProcessRow[],
): { processes: number; grandchildren: number } {
  return { processes: rows.length, grandchildren: grandchildrenOf(program, rows) };
}

function grandchildrenOf({ pid }: Program, rows: readonly ProcessRow[]): number {
  return rows.filter((row) => row.pid !== pid && row.parent !== pid).length;
}

function holdersOf(site: Site): number[] {
  return site.addresses.map((address) => holderOf(site, address));
}

/** `10 → 11, 10 → 12`: who has started whom. */
function treeOf(rows: readonly ProcessRow[]): string {
  const pids = new Set(rows.map(({ pid }) => pid));
  return rows
    .filter(({ parent }) => pids.has(parent))
    .map(({ parent, pid }) => `${parent} → ${pid}`)
    .join(', ');
}

/** Stops a process (SIGSTOP), and waits until it stands still. */
async function hold(trial: Trial, pid: number): Promise<void> {
  send(trial, pid, 'SIGSTOP');
  while (!'TZX'.includes(processRow(pid)?.state ?? 'X')) await sleep(1);
}

function send(trial: Trial, pid: number, signal: NodeJS.Signals): void {
  trial.note(`kill -${signal.slice(3)} ${pid}`);
  sendSignal(pid, signal);
}

/**
 * Waits until these processes have ended, or sleep and will not end by themselves; returns those that are left. Not by a
 * wait of the trial: that one watches over a program, and this one is gone.
 */
async function stillThere(pids: readonly number[]): Promise<number[]> {
  const ticks = () => pids.reduce((sum, pid) => sum + (processRow(pid)?.cpu ?? 0), 0);
  for (let quiet = 0, looks = 0, before = -1; quiet < 10 && looks < 100; looks += 1) {
    if (pids.every(hasEnded)) return [];
    quiet = asleep(pids) && ticks() === before ? quiet + 1 : 0;
    before = ticks();
    await sleep(50);
  }
  return pids.filter((pid) => !hasEnded(pid));
}

async function expectGone(trial: Trial, pids: readonly number[], when: string): Promise<void> {
  const left = await stillThere(pids);
  trial.must(left.length === 0, {
    saw: `${when} the parent ended, and ${left.length} of its children are still there.`,
    expected: 'the children end before their parent.',
    facts: { childrenLeft: left.length },
  });
}

function expectRunning(
  trial: Trial,
  { program }: Site,
  when: string,
  facts: Record<string, unknown> = {},
): void {
  trial.must(program.exit === undefined, {
    saw: `${when}, and the ${program.program} as a whole ended (${endOf(program)}).`,
    expected: 'the other child goes on, and the parent with it.',
    facts: { endedWithFirst: true, ...facts },
  });
}

function expectStatus(
  trial: Trial,
  { exit, program }: Program,
  status: number,
  when: string,
  facts: Record<string, unknown> = {},
): void {
  trial.must(exit?.code === status, {
    saw: `${when} the ${program} ended with ${exit?.signal ?? `status ${exit?.code}`}.`,
    expected: `status ${status}.`,
    facts: { wrongStatus: true, exit, ...facts },
  });
}

function expectSilence(trial: Trial, site: Site, why: string, facts = {}): void {
  const [line] = newsOf(site);
  trial.must(line === undefined, {
    saw: `after ${why} stderr says: ${line}`,
    expected: 'nothing on stderr: the children ended because they were told to.',
    facts: { reportedOwnKill: !line?.includes('EADDRINUSE'), ...facts },
  });
}

/** A parent that was told to end and is still there: does it stand in wait(), did it hear, and do its children hear? */
async function whatHolds(
  trial: Trial,
  { program }: Site,
  pids: readonly number[],
): Promise<Record<string, unknown>> {
  if (waitsForChild(program.pid)) return { blocked: true };
  if (program.signalled === 'SIGINT' && hasSignal(program.pid, 'SigIgn', 'SIGINT'))
    return { parentIgnores: true };
  const alive = pids.filter((pid) => !hasEnded(pid));
  const zombies = pids.filter((pid) => processRow(pid)?.state === 'Z').length;
  if (alive.length === 0) return { childrenAlive: 0, childless: true, zombies };
  trial.note('the check has its answer; now it looks who hears SIGTERM');
  const childrenAlive = alive.length;
  if (program.signalled === 'SIGINT') {
    send(trial, program.pid, 'SIGTERM');
    if ((await stillThere(alive)).length === 0) return { childrenAlive, onlyTermHelps: true };
  }
  for (const pid of alive) send(trial, pid, 'SIGTERM');
  const left = await stillThere(alive);
  return { childrenAlive, deaf: left.length > 0, ignore: ignoresTerm(left) };
}

/** True if these processes cannot hear of SIGTERM: it is neither caught nor left to the kernel. */
function ignoresTerm(pids: readonly number[]): boolean {
  return pids.length > 0 && pids.every((pid) => hasSignal(pid, 'SigIgn', 'SIGTERM'));
}

/** True if a process stands in a call of the kernel; false where the kernel does not tell. See proc_pid_wchan(5). */
function standsIn(pid: number, place: RegExp): boolean {
  return place.test(readProc(`${pid}/wchan`));
}

/**
 * True if a process waits for the end of one of these pipes, and holds the end to write to itself: then it never comes. A
 * pipe that node waits for is one that does not block (O_NONBLOCK).
 */
function holdsOwnEnd(pid: number, pipes: readonly Pipe[]): boolean {
  const own = pipesOf(pid).filter(({ pipe }) => pipes.some((other) => other.pipe === pipe));
  return own.some(
    ({ pipe, mode, waits }) =>
      mode === READS && waits && own.some((end) => end.pipe === pipe && end.mode === WRITES),
  );
}

/** One end of a pipe that a process holds. */
interface Pipe {
  /** `pipe:[4711]`: both ends have the same. */
  readonly pipe: string;
  readonly mode: number;
  readonly waits: boolean;
}

// See open(2).
const [READS, WRITES, ACCESS_MODE, NONBLOCK, CLOEXEC] = [0, 1, 0o3, 0o4000, 0o2000000];

/** The pipes of a process, without those that the runtime has made for itself, which are closed on exec. */
function pipesOf(pid: number): Pipe[] {
  const folder = `/proc/${pid}/fd`;
  return unlessGone(() => readdirSync(folder), []).flatMap((file) => {
    const pipe = unlessGone(() => readlinkSync(`${folder}/${file}`), '');
    const flags = parseInt(
      /^flags:\s+(\d+)/m.exec(readProc(`${pid}/fdinfo/${file}`))?.[1] ?? '',
      8,
    );
    if (!pipe.startsWith('pipe:') || Number.isNaN(flags) || (flags & CLOEXEC) !== 0) return [];
    return [{ pipe, mode: flags & ACCESS_MODE, waits: (flags & NONBLOCK) !== 0 }];
  });
}

/** A file below /proc; empty if what it tells of is gone. */
function readProc(path: string): string {
  return read(`/proc/${path}`) ?? '';
}

function unlessGone<T>(look: () => T, nothing: T): T {
  try {
    return look();
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return nothing;
    throw error;
  }
}

function noted(after: string): (error: unknown) => never {
  return withFacts({ after });
}
