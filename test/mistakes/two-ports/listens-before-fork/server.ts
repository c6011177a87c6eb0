// Listens on both ports, then forks a child for each.
import { once } from 'node:events';
import { fork, signal, SIG_IGN } from '#posix';
import { lookAfter } from './children.ts';
import { readOptions } from './options.ts';
import { serve } from './site.ts';

const { host, ports } = readOptions('server');
const children = new Map<number, number>();
for (const port of ports) {
  const server = serve({ host, port }, (why) => {
    console.error(`server: ${why}`);
    process.exit(1);
  });
  await once(server, 'listening');
}
if (forkChildren()) lookAfter(children);
else signal('SIGINT', SIG_IGN);

function forkChildren(): boolean {
  for (const port of ports) {
    const pid = fork();
    if (pid === 0) return false;
    children.set(pid, port);
  }
  return true;
}
