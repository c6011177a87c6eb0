// `npm run bench [-- <name>]`: every claim about speed, measured on this machine against something a user would take
// instead, in turn and in one run. A benchmark, never a test: a slow machine fails nothing.
import { print } from '../screen.ts';
import { UserError } from '../user-error.ts';
import { backup } from './backup.ts';
import { chatroom } from './chatroom.ts';
import { hold, machine, type Bench, type Contest } from './contest.ts';
import { feedback } from './feedback.ts';
import { fileTransfer } from './file-transfer.ts';
import { fork } from './fork.ts';
import { grade } from './grade.ts';
import { httpServer } from './http-server.ts';
import { splitCopy } from './split-copy.ts';
import { talkSplit } from './talk-split.ts';
import { tcpEcho } from './tcp-echo.ts';
import { twoPorts } from './two-ports.ts';

const ROUNDS = 7;

/** What can be measured, by the name that is typed. */
const benches: Record<string, (rounds: number) => Promise<Bench>> = {
  feedback,
  'talk-split': talkSplit,
  backup,
  'tcp-echo': tcpEcho,
  'file-transfer': fileTransfer,
  'http-server': httpServer,
  'two-ports': twoPorts,
  'split-copy': splitCopy,
  chatroom,
  fork,
  grade,
};

export async function bench(words: readonly string[]): Promise<void> {
  const unknown = words.find((word) => !Object.hasOwn(benches, word));
  if (unknown !== undefined)
    throw new UserError(`there is no benchmark "${unknown}": ${Object.keys(benches).join(', ')}`);
  const chosen = words.length > 0 ? words : Object.keys(benches);
  print('', machine(), '');
  for (const name of chosen) {
    const begin = benches[name] as (rounds: number) => Promise<Bench>;
    const { contests, count, close } = await begin(ROUNDS);
    try {
      for (const contest of contests)
        print(...(await hold(contest, (done) => showProgress(done, contest))), '');
      await count?.((line) => print(line));
    } finally {
      await close();
    }
  }
}

function showProgress(done: number, { rounds, name }: Contest): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(
    done === rounds ? '\r\x1b[K' : `\r\x1b[K${name}: round ${done} of ${rounds}`,
  );
}
