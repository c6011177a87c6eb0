// The grader under attack. The bombs, which take a minute each, are left to `npm run prove`, which tries them all.
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { probe } from '../../scripts/grade/sandbox.ts';
import { tryAttack } from '../../scripts/prove/attacks.ts';
import { attacks } from '../attacks/attacks.ts';

// loadChecks() requires TypeScript, as the grader's launcher prepared it for.
createRequire(import.meta.url)('tsx/cjs');

const { level, why } = await probe();
/** Nobody else's; few enough for what subuid(5) gives to one user. */
const slot = { number: 20_000 + (process.pid % 20_000) };
/** Milliseconds for one attack and what is graded after it. */
const PATIENCE = 60_000;

test.runIf(level === 'none')('no sandbox on this machine', ({ skip }) => skip(why.join('; ')));

describe.skipIf(level === 'none')(`attacks (${level})`, { timeout: PATIENCE }, () => {
  test.each(attacks.filter(({ bomb }) => !bomb).map((attack) => [attack.id, attack] as const))(
    '%s',
    async (_, attack) => {
      const { signal } = new AbortController();
      expect((await tryAttack(attack, { level, slot, signal })).faults, attack.trick).toEqual([]);
    },
  );
});
