// `npm run bench [-- <name>]`: every claim about speed, measured on this machine against something a user would take
// instead, in turn and in one run. A benchmark, never a test: a slow machine fails nothing.
import { print } from '../screen.ts';
import { UserError } from '../user-error.ts';
import { hold, machine, type Contest } from './contest.ts';
import { feedback } from './feedback.ts';

const ROUNDS = 9;

/** What can be measured, by the name that is typed. */
const benches: Record<
  string,
  (rounds: number) => Promise<{ contests: Contest[]; close(): Promise<void> }>
> = {
  feedback,
};

export async function bench(words: readonly string[]): Promise<void> {
  const unknown = words.find((word) => !Object.hasOwn(benches, word));
  if (unknown !== undefined)
    throw new UserError(`there is no benchmark "${unknown}": ${Object.keys(benches).join(', ')}`);
  const chosen = words.length > 0 ? words : Object.keys(benches);
  print('', machine(), '');
  for (const name of chosen) {
    const { contests, close } = (await benches[name]?.(ROUNDS)) ?? {
      contests: [],
      close: async () => {},
    };
    try {
      for (const contest of contests)
        print(...(await hold(contest, (done) => showProgress(done, contest))), '');
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
