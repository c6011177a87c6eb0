// The graded checks of two-ports: three programs that serve one site on two ports, watched from outside: what the ports
// answer, and what the kernel tells in /proc of the processes behind them.
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, readlinkSync, readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { killChild, watch } from '#harness/children';
import { get, hear, withFacts } from '#harness/http-peer';
import { asleep, listeners, processRow, type ProcessRow } from '#harness/proc';
import { Failure, lesson, type Address, type Program, type Trial } from '#harness';

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
      points: 4,
      title: 'listens on two ports, and says so in a line for each',
      async run(trial) {
        const site = await openSite(trial, 'server').catch(async (error: unknown) => {
          // Does it fail only because it was asked for port 0?
          const failed = error instanceof Failure && error.facts.start === 'exited';
          if (!failed || error.facts.exit?.code === 0 || /TODO:/.test(error.saw)) throw error;
          const given = await openSite(trial, 'server', ownPlace()).catch(() => undefined);
          throw error.with({ zeroOnly: given !== undefined });
        });
        for (const address of site.addresses) await ask(trial, address);
      },
    },
    {
      id: 'two-children',
      step: 1,
      points: 7,
      title: 'serves each port by a child process of its own, which counts for itself',
      run: (trial) => expectOwnProcesses(trial, 'server'),
    },
    {
      id: 'three-processes',
      step: 1,
      points: 4,
      title: 'is three processes: the parent and its two children',
      async run(trial) {
        const { program } = await openSite(trial, 'server');
        const rows = living(program);
        trial.must(rows.length === 3, {
          saw: `the program has ${rows.length} processes: ${treeOf(rows)}.`,
          expected: 'three: the parent, and a child of it for each port.',
          facts: { processes: rows.length },
        });
      },
    },
    {
      id: 'given-ports',
      step: 1,
      points: 4,
      title: 'takes the two ports that it was given, each by one of the children',
      async run(trial) {
        await openSite(trial, 'server', ownPlace());
      },
    },
    {
      id: 'host',
      step: 1,
      points: 3,
      title: 'listens on the host that it was given, and on no other network',
      async run(trial) {
        const { program } = await openSite(trial, 'server', { host: '127.0.0.2', ports: [0, 0] });
        const hosts = program.listeners().map(({ address }) => address);
        trial.must(
          hosts.every((host) => host === '127.0.0.2'),
          {
            saw: `--host 127.0.0.2 was given, but the server listens on ${hosts.join(' and ')}.`,
            expected: 'both ports listen on 127.0.0.2, and nowhere else.',
            facts: { start: 'other address' },
          },
        );
      },
    },
    {
      id: 'other-serves',
      step: 2,
      points: 6,
      title: 'goes on at one port when the process behind the other is killed',
      async run(trial) {
        await expectOtherServes(trial, 'server');
      },
    },
    {
      id: 'crash',
      step: 2,
      points: 4,
      title: 'goes on at one port when the other crashes by itself, and reports its status',
      async run(trial) {
        const site = await openSite(trial, 'server', ownPlace());
        const [first, second] = site.addresses as [Address, Address];
        const pid = holderOf(site, first);
        const client = await trial.connect(first);
        await client.send(get('/crash'));
        await client.over('when the process behind it has crashed').catch(noted('crash'));
        await ask(trial, second, { after: 'crash' });
        await expectReport(trial, site, first.port, pid, 'status 1');
      },
    },
    {
      id: 'says-which',
      step: 2,
      points: 5,
      title: 'says in one line which port has lost its process, and by which signal',
      async run(trial) {
        const site = await openSite(trial, 'server', ownPlace());
        const [first, second] = site.addresses as [Address, Address];
        const pid = holderOf(site, first);
        killChild(trial, pid);
        await expectReport(trial, site, first.port, pid, 'SIGKILL');
        const lines = site.program.stderr.lines.length;
        const line = site.program.stderr.lines[0] ?? '';
        trial.must(lines === 1 && !line.includes(`${second.port}`), {
          saw: `one child was killed, and stderr has ${lines} lines; the first is: ${line}`,
          expected: 'one line about the one child that died.',
          facts: { reports: lines },
        });
      },
    },
    {
      id: 'no-zombie',
      step: 2,
      points: 5,
      title: 'leaves no zombie: takes the status of a dead child while the other one works',
      async run(trial) {
        const site = await openSite(trial, 'server');
        const pid = holderOf(site, site.addresses[1] as Address);
        killChild(trial, pid);
        const gone = await watch(
          trial,
          site.program,
          () => processRow(pid) === undefined || undefined,
        );
        expectRunning(trial, site, 'one child was killed');
        if (gone === true) return;
        const [first] = holdersOf({ ...site, addresses: site.addresses.slice(0, 1) });
        killChild(trial, first as number);
        await watch(
          trial,
          site.program,
          () => processRow(first as number) === undefined || undefined,
        );
        trial.fail({
          saw: `the second child, ${pid}, was killed, and is still in the table of processes, as a zombie (Z).`,
          expected: 'the parent takes its status by waitpid(): then the kernel forgets it.',
          facts: { zombie: true, firstReaped: processRow(first as number) === undefined },
        });
      },
    },
    {
      id: 'all-gone',
      step: 2,
      points: 4,
      title: 'ends with status 1 once both children have died, one after the other',
      async run(trial) {
        const site = await openSite(trial, 'server');
        for (const pid of holdersOf(site)) {
          expectRunning(trial, site, 'one child was killed');
          killChild(trial, pid);
          await watch(trial, site.program, () => processRow(pid) === undefined || undefined);
        }
        await expectEndWithLast(trial, site);
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
        await watch(trial, site.program, () => pids.every(isOver) || undefined);
        send(trial, site.program.pid, 'SIGCONT');
        await site.program
          .ended('after both children were killed while it stood still')
          .catch((error: unknown) => {
            const zombies = pids.filter((pid) => processRow(pid)?.state === 'Z').length;
            return withFacts({ bothAtOnce: true, zombies })(error);
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
      title: 'the parent ends last: it waits for a child that takes its time',
      async run(trial) {
        const site = await openSite(trial, 'server');
        const [slow, quick] = holdersOf(site) as [number, number];
        await hold(trial, slow);
        site.program.signal('SIGTERM');
        await watch(trial, site.program, () => isOver(quick) || undefined);
        await trial.happenings.rest(() => site.program.exit !== undefined);
        trial.must(site.program.exit === undefined, {
          saw: `after SIGTERM one child was held back, and the parent ended without it.`,
          expected: 'the parent ends when both children have ended.',
          facts: { leftEarly: true },
        });
        send(trial, slow, 'SIGCONT');
        await site.program
          .ended('after SIGTERM, when its last child could go on')
          .catch(async (error: unknown) =>
            withFacts(await whatHolds(trial, site, [slow, quick]))(error),
          );
      },
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
      points: 4,
      title: 'cluster: serves each port by a worker of its own, which counts for itself',
      run: (trial) => expectOwnProcesses(trial, 'cluster'),
    },
    {
      id: 'cluster-death',
      step: 5,
      points: 4,
      title: 'cluster: when a worker dies, says so, goes on with the other, and starts no new one',
      async run(trial) {
        const { site, other, victim } = await expectOtherServes(trial, 'cluster');
        await expectReport(trial, site, 0, victim, 'SIGKILL');
        killChild(trial, other);
        await expectEndWithLast(trial, site);
      },
    },
    {
      id: 'cluster-ends',
      step: 5,
      points: 3,
      title: 'cluster: on SIGTERM and on Ctrl+C ends all, with status 0 and not a word',
      async run(trial) {
        await expectEndOnTerm(trial, 'cluster');
        await expectEndOnInterrupt(trial, 'cluster');
      },
    },
    {
      id: 'cluster-taken',
      step: 5,
      points: 3,
      title: 'cluster: if one of its ports is taken, says which and why, and ends with status 1',
      run: (trial) => expectTaken(trial, 'cluster'),
    },
    {
      id: 'one-process',
      step: 6,
      points: 3,
      title: 'one-process: serves both ports by itself, and counts for both together',
      async run(trial) {
        const site = await openSite(trial, 'one-process');
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
      title:
        'one-process: if one of its ports is taken, says which and why, and ends with status 1',
      run: (trial) => expectTaken(trial, 'one-process'),
    },
    {
      id: 'one-ends',
      step: 6,
      points: 2,
      title:
        'one-process: ends with status 0 on Ctrl+C and on SIGTERM, also with a browser connected',
      async run(trial) {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) {
          const site = await openSite(trial, 'one-process');
          const client = await trial.connect(site.addresses[0] as Address);
          await client.send(get('/'));
          await hear(trial, client, 'the page');
          site.program.signal(signal);
          await site.program.ended(`after ${signal}, with one connection open`);
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
      id: 'port-not-read-back',
      when: ({ samePort, saidTooEarly }) => samePort === 'zero' || saidTooEarly === true,
      cause: () =>
        'the line shows the port of the command line, before the kernel has given it. With 0 the kernel picks one: server.address() knows which, once it listens.',
      hint: 2,
    },
    {
      id: 'shared-by-workers',
      when: ({ check, samePort }) => check.startsWith('cluster') && samePort === true,
      cause: () =>
        'workers that ask for the same port get the same socket, from the primary: that is what cluster is made for. exclusive: true gives each its own.',
      hint: 3,
    },
    {
      id: 'same-port-twice',
      when: ({ sameAsked }) => sameAsked === true,
      cause: () => 'both children ask for the same port. Each has one of its own: hand it over.',
      hint: 3,
    },
    {
      id: 'parent-leaves',
      when: ({ check, exit, signalled, stderr }) =>
        ['any-ports', 'two-children', 'three-processes'].includes(check) &&
        exit?.code === 0 &&
        signalled === undefined &&
        stderr.trim() === '',
      cause: () =>
        'the parent ends, with status 0, as soon as its children are there: a listener for signals does not keep Node alive. Something must, until the last child has ended.',
      hint: 3,
    },
    {
      id: 'child-forks-on',
      when: ({ processes, kept }) =>
        (typeof processes === 'number' && processes > 3) || kept === 'by grandchild',
      cause: () =>
        'a child comes back from fork() into the same loop, and forks children of its own. It has to leave the loop.',
      hint: 3,
    },
    {
      id: 'no-child',
      when: ({ kept, processes }) =>
        kept === 'by one' || (typeof processes === 'number' && processes < 2),
      cause: () => 'one process has both ports. fork() a child for each.',
      hint: 2,
    },
    {
      id: 'parent-serves',
      when: ({ kept, processes }) => kept === 'by parent' || processes === 2,
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
      when: ({ check, after, exit }) =>
        check === 'crash' && after === 'crash' && exit !== undefined,
      cause: () =>
        'a child that crashes ends with status 1, and the parent took that for a port that cannot be had. Give that case a status of its own.',
      step: 4,
      hint: 2,
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
      id: 'waits-for-one',
      when: ({ zombie, firstReaped }) => zombie === true && firstReaped === true,
      cause: () => 'the parent asks for the first child only. waitpid(-1, …) asks for any of them.',
      hint: 3,
    },
    {
      id: 'never-waits',
      when: ({ check, zombie, firstReaped, report, zombies, childless }) =>
        (zombie === true && (firstReaped === false || report === 'none')) ||
        (check === 'both-at-once' && zombies === 2) ||
        (childless === true && Number(zombies) > 0),
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
      id: 'no-report',
      when: ({ report, zombie }) => report === 'none' && zombie === false,
      cause: () => 'the status was taken, and nobody was told. Print how the child has ended.',
      hint: 3,
    },
    {
      id: 'signal-as-status',
      when: ({ check, report }) => check === 'says-which' && report === 'wrong end',
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
      when: ({ check, childless, stillRunning }) =>
        ['all-gone', 'cluster-death'].includes(check) &&
        childless === true &&
        stillRunning === true,
      cause: () => 'both children are gone, and the parent waits on, for nobody.',
      hint: 3,
    },
    {
      id: 'blocked-in-wait',
      when: ({ blocked }) => blocked === true,
      cause: () =>
        'the parent stands in wait(), so its listener for the signal never gets a turn. waitpid(-1, WNOHANG) does not wait.',
      step: 2,
      hint: 2,
    },
    {
      id: 'children-listen-too',
      when: ({ deaf }) => deaf === true,
      cause: () =>
        'the children do not end on SIGTERM: they have a copy of the listeners that the parent had before the fork. Listen after it.',
      hint: 3,
    },
    {
      id: 'not-passed-on',
      when: ({ childrenAlive, deaf }) =>
        typeof childrenAlive === 'number' && childrenAlive > 0 && deaf === false,
      cause: () =>
        'the signal reached the parent alone, and its children know nothing of it. Send it on to each of them.',
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
      id: 'signal-not-caught',
      when: ({ wrongStatus, exit }) =>
        wrongStatus === true && (exit?.signal === 'SIGINT' || exit?.signal === 'SIGTERM'),
      cause: () => 'nobody listens for the signal, so the kernel ends the program as it stands.',
      hint: 3,
    },
    {
      id: 'status-of-signal',
      when: ({ check, wrongStatus, exit }) =>
        ['kill', 'ctrl-c', 'cluster-ends', 'one-ends'].includes(check) &&
        wrongStatus === true &&
        Number(exit?.code) > 0,
      cause: () => 'a server that is told to end, and ends, has done what it should: status 0.',
      hint: 3,
    },
    {
      id: 'reports-own-kill',
      when: ({ reportedOwnKill, died }) => reportedOwnKill === true && !Number(died),
      cause: () =>
        'the children were ended on purpose, and are reported as if they had died. Remember that the end has begun.',
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
      id: 'half-a-site',
      when: ({ taken, stillRunning }) => taken !== undefined && stillRunning === true,
      cause: () =>
        'one port was taken, and the program goes on with the other. Whoever started it asked for both.',
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
      when: ({ taken, lines, stderr }) =>
        taken !== undefined && Number(lines) > 1 && !/^\s+at /m.test(stderr),
      cause: () =>
        'the child has said why it ends, and another line says it again. One of them is enough.',
      hint: 3,
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
      when: ({ orphans, holdsOwnEnd }) => Number(orphans) > 0 && holdsOwnEnd === false,
      cause: () =>
        'nobody can catch SIGKILL, so the parent could not tell its children. They have to notice by themselves: a pipe ends when nobody holds its other end any more.',
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

async function expectOwnProcesses(trial: Trial, name: string): Promise<void> {
  const site = await openSite(trial, name);
  const [first, second] = site.addresses as [Address, Address];
  const pids = holdersOf(site);
  const rows = living(site.program).filter(({ pid }) => pids.includes(pid));
  trial.must(rows.every(({ parent }) => parent === site.program.pid) && pids[0] !== pids[1], {
    saw: `the ports are held by ${pids.join(' and ')}: ${treeOf(living(site.program))}.`,
    expected: 'each port is held by a child of the program, and by a different one.',
    facts: {
      kept: pids[0] === pids[1] ? 'by one' : 'by grandchild',
      processes: living(site.program).length,
    },
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

/** Kills the process behind one port, and looks at both. */
async function expectOtherServes(
  trial: Trial,
  name: string,
): Promise<{ site: Site; victim: number; other: number }> {
  const site = await openSite(trial, name);
  const [first, second] = site.addresses as [Address, Address];
  const [victim, other] = holdersOf(site) as [number, number];
  const before = living(site.program).length;
  killChild(trial, victim);
  await watch(trial, site.program, () => isOver(victim) || undefined);
  // Whatever the parent wants to do about it is done when all programs sleep.
  await trial.happenings.rest(() => site.program.exit !== undefined);
  expectRunning(trial, site, 'one child was killed');
  const { pid } = await ask(trial, second, { after: 'kill' });
  trial.must(pid === other, {
    saw: `after one child was killed, the other port is served by process ${pid}, and not by ${other} any more.`,
    expected: 'the other child goes on as if nothing had happened.',
    facts: { after: 'kill', restarted: true },
  });
  const started = living(site.program).length - (before - 1);
  // Asked of the kernel: somebody else on this machine may have been given the port by now.
  trial.must(started === 0 && pidsAt(site, first.port).length === 0, {
    saw: `the process behind port ${first.port} was killed, and ${started > 0 ? 'a new one was started' : 'somebody serves the port again'}.`,
    expected: 'a port that has lost its process stays as it is: nobody starts a new one.',
    facts: { respawned: true },
  });
  return { site, victim, other };
}

/** The last child has just died: nobody is left to look after. */
async function expectEndWithLast(trial: Trial, { program }: Site): Promise<void> {
  await program.ended('after both of its children had died').catch((error: unknown) => {
    const zombies = program.family().filter(({ state }) => state === 'Z').length;
    return withFacts({ childless: living(program).length === 1, zombies })(error);
  });
  expectStatus(trial, program, 1, 'after both of its children had died', { allGone: true });
}

async function expectEndOnTerm(trial: Trial, name: string): Promise<void> {
  const site = await openSite(trial, name);
  const pids = holdersOf(site);
  site.program.signal('SIGTERM');
  await site.program
    .ended('after SIGTERM to the parent')
    .catch(async (error: unknown) => withFacts(await whatHolds(trial, site, pids))(error));
  expectStatus(trial, site.program, 0, 'after SIGTERM to the parent');
  await expectGone(trial, pids, 'after SIGTERM');
  expectSilence(trial, site, 'SIGTERM');
}

/**
 * Ctrl+C with the parent held back until its children have had their signal: which of them is quicker is no matter of luck
 * then.
 */
async function expectEndOnInterrupt(trial: Trial, name: string): Promise<void> {
  const site = await openSite(trial, name);
  const pids = holdersOf(site);
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
    .ended('after Ctrl+C')
    .catch(async (error: unknown) =>
      withFacts({ ...facts, ...(await whatHolds(trial, site, pids)) })(error),
    );
  expectStatus(trial, site.program, 0, 'after Ctrl+C', facts);
  await expectGone(trial, pids, 'after Ctrl+C');
  expectSilence(trial, site, 'Ctrl+C', facts);
}

async function expectTaken(trial: Trial, name: string): Promise<void> {
  for (const which of ['second', 'first'] as const) {
    const { host, ports } = ownPlace();
    const taken = ports[which === 'first' ? 0 : 1];
    await trial.own(listenOn(host, taken), (server) => server.close());
    const program = await trial.start(name, argumentsFor({ host, ports }));
    const facts = { taken: which };
    await program.ended(`when its ${which} port, ${taken}, was taken`).catch(withFacts(facts));
    const { stdout, stderr } = program;
    expectStatus(trial, program, 1, `when its ${which} port was taken`, facts);
    const lines = stderr.lines.filter((line) => line.includes(`${taken}`));
    trial.must(lines.length === 1 && stderr.lines.length === 1, {
      saw: `port ${taken} was taken; stderr has ${stderr.lines.length} lines, ${lines.length} of them with this port.`,
      expected: `one line: ${name}: cannot listen on ${host}:${taken}: EADDRINUSE`,
      facts: { ...facts, lines: stderr.lines.length },
    });
    trial.must(!stdout.text.includes(`:${taken}`), {
      saw: `port ${taken} was taken by somebody else, and the ${name} says that it listens there.`,
      expected: 'a line for a port comes when its process listens, and not before.',
      facts: { ...facts, saidTooEarly: true },
    });
  }
}

async function expectNoOrphans(trial: Trial, name: string): Promise<void> {
  const site = await openSite(trial, name);
  const pids = holdersOf(site);
  const pipes = pipesOf(site.program.pid);
  site.program.signal('SIGKILL');
  await site.program.ended('after SIGKILL');
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
  /** In the order of the ports that were asked for. */
  readonly addresses: readonly Address[];
}

const READY = /^listening on (.+):(\d+)$/;

/** Starts a program and waits for its two ready lines; the kernel must agree with both. */
async function openSite(
  trial: Trial,
  name: string,
  { host, ports }: Place = { host: '127.0.0.1', ports: [0, 0] },
): Promise<Site> {
  const program = await trial.start(name, argumentsFor({ host, ports }));
  const said: Address[] = [];
  while (said.length < 2) {
    const line = await program
      .line((line) => READY.test(line), 'two lines on stdout: listening on 127.0.0.1:<port>')
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
  if (!said.every(({ port }) => open.includes(port))) {
    await trial.happenings.rest(() => program.exit !== undefined);
    trial.must(program.exit === undefined, {
      saw: `both lines came, and then the ${name} ended (${program.exit?.signal ?? `status ${program.exit?.code}`}).`,
      expected: 'it serves until it is told to end.',
      facts: { exit: program.exit },
    });
  }
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
  const site = { program, addresses: said };
  // Who listens first and forks then may not be through with it: what is judged is how it is in the end.
  const inParent = said.some(({ port }) => pidsAt(site, port).includes(program.pid));
  if (inParent && name !== 'one-process') await trial.happenings.rest();
  const place = ({ port }: Address) =>
    ports.includes(port) ? ports.indexOf(port) : (pidsAt(site, port)[0] ?? 0);
  return { program, addresses: said.sort((a, b) => place(a) - place(b)) };
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
    await program.ready(); // throws, with the cause
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
  { program }: Site,
  port: number,
  pid: number,
  how: string,
): Promise<void> {
  const own = () => program.stderr.lines.filter((line) => line.includes(`${pid}`));
  await trial.happenings.rest(() => own().length > 0);
  const [line = ''] = own();
  const right = new RegExp(`\\b${port}\\b.*\\b${pid}\\b.*\\b${how}\\b`).test(line);
  trial.must(right, {
    saw:
      line === ''
        ? `a child died (${how}), and stderr tells nothing of process ${pid}.`
        : `a child died (${how}), and stderr says: ${line}`,
    expected: `a line with its port, its process id and its end: ${program.program}: port ${port}, process ${pid}: ${how === 'SIGKILL' ? 'killed by SIGKILL' : 'ended with status 1'}`,
    facts: {
      report: line === '' ? 'none' : line.includes(how) ? 'wrong port' : 'wrong end',
      zombie: processRow(pid)?.state === 'Z',
      unsaid: line === '' && ignoresChildren(program.pid) ? 'ignored' : undefined,
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
  if (pid !== undefined && pids.length === 1 && pid !== program.pid) return pid;
  const named = pids.map((one) => (one === program.pid ? `the parent (${one})` : `process ${one}`));
  const rows = living(program);
  const kept = pids.length > 1 ? 'shared' : rows.length === 1 ? 'by one' : 'by parent';
  throw new Failure({
    saw:
      pid === undefined
        ? `no process of the ${program.program} listens on port ${port} any more.`
        : `port ${port} is held by ${named.join(' and ')}.`,
    expected: 'a port is held by one process, a child of the program.',
    facts: { ...(pid === undefined ? { refused: true } : { kept }), processes: rows.length },
  });
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

/** True if a process has ended, whether somebody has taken its status or not. */
function isOver(pid: number): boolean {
  return 'ZX'.includes(processRow(pid)?.state ?? 'X');
}

/** Stops a process (SIGSTOP), and waits until it stands still. */
async function hold(trial: Trial, pid: number): Promise<void> {
  send(trial, pid, 'SIGSTOP');
  while (!'TZX'.includes(processRow(pid)?.state ?? 'X')) await sleep(1);
}

function send(trial: Trial, pid: number, signal: NodeJS.Signals): void {
  trial.note(`kill -${signal.slice(3)} ${pid}`);
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Waits until these processes have ended, or sleep and will not end by themselves; returns those that are left. Not by a
 * wait of the trial: that one watches over a program, and this one is gone.
 */
async function stillThere(pids: readonly number[]): Promise<number[]> {
  const ticks = () => pids.reduce((sum, pid) => sum + (processRow(pid)?.cpu ?? 0), 0);
  for (let quiet = 0, looks = 0, before = -1; quiet < 10 && looks < 100; looks += 1) {
    if (pids.every(isOver)) return [];
    quiet = asleep(pids) && ticks() === before ? quiet + 1 : 0;
    before = ticks();
    await sleep(50);
  }
  return pids.filter((pid) => !isOver(pid));
}

async function expectGone(trial: Trial, pids: readonly number[], when: string): Promise<void> {
  const left = await stillThere(pids);
  trial.must(left.length === 0, {
    saw: `${when} the parent ended, and ${left.length} of its children are still there.`,
    expected: 'the children end before their parent.',
    facts: { childrenLeft: left.length },
  });
}

function expectRunning(trial: Trial, { program }: Site, when: string): void {
  trial.must(program.exit === undefined, {
    saw: `${when}, and the ${program.program} as a whole ended (${program.exit?.signal ?? `status ${program.exit?.code}`}).`,
    expected: 'the other child goes on, and the parent with it.',
    facts: { endedWithFirst: true },
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
    facts: { wrongStatus: true, ...facts },
  });
}

function expectSilence(trial: Trial, { program }: Site, why: string, facts = {}): void {
  trial.must(program.stderr.lines.length === 0, {
    saw: `after ${why} stderr says: ${program.stderr.lines[0]}`,
    expected: 'nothing on stderr: the children ended because they were told to.',
    facts: { reportedOwnKill: true, ...facts },
  });
}

/** A parent that was told to end and is still there: does it stand in wait(), and do its children hear? */
async function whatHolds(
  trial: Trial,
  { program }: Site,
  pids: readonly number[],
): Promise<Record<string, unknown>> {
  if (readProc(`${program.pid}/wchan`) === 'do_wait') return { blocked: true };
  const alive = pids.filter((pid) => !isOver(pid));
  if (alive.length === 0) return { childrenAlive: 0 };
  for (const pid of alive) send(trial, pid, 'SIGTERM');
  const deaf = (await stillThere(alive)).length > 0;
  return { childrenAlive: alive.length, deaf };
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
  return unlessGone(() => readFileSync(`/proc/${path}`, 'utf8'), '');
}

function unlessGone<T>(look: () => T, nothing: T): T {
  try {
    return look();
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return nothing;
    throw error;
  }
}

/** True if SIGCHLD is ignored: the kernel forgets dead children then, and their status with them. See proc_pid_status(5). */
function ignoresChildren(pid: number): boolean {
  const mask = /^SigIgn:\s+([0-9a-f]+)/m.exec(readProc(`${pid}/status`))?.[1];
  return ((BigInt(`0x${mask ?? '0'}`) >> 16n) & 1n) === 1n; // SIGCHLD is 17, and bit 0 is signal 1
}

function noted(after: string): (error: unknown) => never {
  return withFacts({ after });
}
