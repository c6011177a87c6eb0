// A connection: one client, its requests one after the other, and a way to end that loses no answer.
import type { Socket } from 'node:net';
import { openInput, type Input } from './input.ts';
import { readRequest, type Request } from './request.ts';
import { errorAnswer, HttpError, send, type Answer } from './response.ts';
import type { Site } from './site.ts';

/** Serves one client until the connection is over. `timeout` is in milliseconds. */
export async function serve(socket: Socket, site: Site, timeout: number): Promise<void> {
  socket.on('error', (error) => {
    if (!isBroken(error)) throw error;
  });
  const input = openInput(socket, timeout);
  try {
    // Each request is answered before the next one is read, so the answers keep the order of the requests.
    while (await serveOne(socket, input, site, timeout));
    await hangUp(socket, input);
  } catch (error) {
    // One client that breaks its connection must not end the server for the others.
    if (!isBroken(error)) throw error;
  } finally {
    socket.destroy();
  }
}

/** Reads one request and answers it. False if the connection ends with it. */
async function serveOne(
  socket: Socket,
  input: Input,
  site: Site,
  timeout: number,
): Promise<boolean> {
  let request: Request | undefined;
  let answer: Answer;
  try {
    request = await readRequest(input, timeout);
    if (!request) return false;
    answer = await answerTo(request, site);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    answer = errorAnswer(error);
  }
  // What could not be read as a request has no end either: nobody knows where the next one begins.
  const close = !request?.keepAlive;
  await send(socket, answer, { withBody: request?.method !== 'HEAD', close });
  return !close;
}

function answerTo({ method, path }: Request, site: Site): Promise<Answer> | Answer {
  if (method !== 'GET' && method !== 'HEAD')
    throw new HttpError(405, `${method} is not possible here, only GET and HEAD`);
  return site.find(path);
}

/**
 * Ends our side, and reads away what the client still sends. Closing with bytes unread would send a RST, which can
 * overtake the answer (RFC 9112, section 9.6).
 */
async function hangUp(socket: Socket, input: Input): Promise<void> {
  await new Promise<void>((resolve) => socket.end(() => resolve()));
  while (await input.more()) input.take(input.bytes.length);
}

function isBroken(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return BROKEN.includes(code);
}

const BROKEN = [
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_UNABLE_TO_PIPE',
];
