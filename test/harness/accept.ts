// Accepts the connection of a client under check, and does not wait for one that has ended without connecting.
import { Failure } from './failure.ts';
import type { Program } from './program.ts';
import type { StreamHost, StreamPeer } from './stream-peer.ts';
import type { WaitOptions } from './waiting.ts';

/** How long a connection may still be on its way, in milliseconds, when the program that has made it is gone. */
const ON_ITS_WAY = 50;
/** Longer than any check may take, in milliseconds: the wait for the end is no limit to the program. */
const WHILE_IT_RUNS = 600_000;

/**
 * The first connection of a client to `host`. Throws a {@link Failure} if none comes, and at once if the client has ended:
 * who stops at a TODO before connecting is told so without a pause.
 */
export async function acceptFrom(
  host: StreamHost,
  client: Program,
  { expected = 'it connects to the server.', ...wait }: WaitOptions & { expected?: string } = {},
): Promise<StreamPeer> {
  const accepted = host.accept(`from the ${client.program}`, wait);
  const gone = client
    .ended('', { mayRest: true, patience: WHILE_IT_RUNS })
    .then(async ({ code, signal }) => {
      // Its connection and the news of its end come by different ways.
      const late = await host.accept('', { patience: ON_ITS_WAY }).catch((error: unknown) => {
        if (error instanceof Failure) return undefined;
        throw error;
      });
      if (late) return late;
      throw new Failure({
        saw: `the ${client.program} ended (${signal ?? `exit ${code}`}) and had not connected.`,
        expected,
        facts: { noConnection: true },
      });
    });
  for (const loser of [accepted, gone]) loser.catch(() => {});
  return await Promise.race([accepted, gone]);
}
