// The demo of two-ports: two ports that count for themselves; one process is killed and the other goes on; then the parent
// is killed, and its last child notices.
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, killChild, watch } from '../../test/harness/children.ts';
import { listeners, processRow } from '../../test/harness/proc.ts';
import type { Address, Program } from '../../test/harness/program.ts';
import type { Trial } from '../../test/harness/trial.ts';
import type { Demo } from '../commands/demo.ts';

const READY = /^listening on (.+):(\d+)$/;

const demo: Demo = {
  actors: ['browser', 'port 1', 'port 2', 'server'],
  about:
    'One site on two ports. One child is killed, the other goes on; then the parent is killed.',
  async play(trial) {
    const server = await trial.start('server', ['--port', '0', '--port', '0']);
    const addresses: Address[] = [];
    while (addresses.length < 2) {
      const line = await server.line((line) => READY.test(line), 'two lines');
      const [, host = '', port] = READY.exec(line) ?? [];
      addresses.push({ host, port: Number(port) });
    }
    const [first, second] = addresses as [Address, Address];
    for (const actor of ['port 1', 'port 1', 'port 2']) {
      await show(trial, actor === 'port 1' ? first : second, actor);
    }
    const victim = childrenOf(server).find((pid) =>
      listeners([pid]).some(({ port }) => port === first.port),
    );
    if (victim === undefined) return;
    killChild(trial, victim);
    await watch(trial, server, () => processRow(victim) === undefined || undefined);
    await trial.happenings.rest(() => server.stderr.lines.length > 0);
    await showRefusal(trial, first);
    await show(trial, second, 'port 2');
    await killParent(trial, server);
  },
};

/** Asks for the page, and shows what is asked and what is answered, without the heads. */
async function show(trial: Trial, { host, port }: Address, actor: string): Promise<void> {
  const url = `http://${host}:${port}/`;
  trial.exchange.record({ kind: 'data', from: 'browser', to: actor, bytes: Buffer.from('GET /') });
  const response = await fetch(url, { headers: { connection: 'close' } });
  const page = (await response.text()).trim().replace(/^.*(?=进程)/, ''); // the columns are narrow
  trial.exchange.record({ kind: 'data', from: actor, to: 'browser', bytes: Buffer.from(page) });
}

/** Asks a port that nobody serves any more. */
async function showRefusal(trial: Trial, { host, port }: Address): Promise<void> {
  const actor = 'port 1';
  trial.exchange.record({ kind: 'data', from: 'browser', to: actor, bytes: Buffer.from('GET /') });
  const answer = await fetch(`http://${host}:${port}/`).then(
    () => 'somebody has answered',
    ({ cause }: { cause?: NodeJS.ErrnoException }) => `port 1 is gone: ${cause?.code}`,
  );
  trial.note(answer);
}

async function killParent(trial: Trial, server: Program): Promise<void> {
  const [last = 0] = childrenOf(server);
  trial.note(`left: parent ${server.pid}, child ${last}`);
  server.signal('SIGKILL');
  await server.ended('after SIGKILL');
  while (!'ZX'.includes(processRow(last)?.state ?? 'X')) await sleep(1);
  trial.note(`the child ${last} has noticed it, and has ended`);
}

export default demo;
