// A connection: one client, its requests one after the other, and a way to end that loses no answer.
import type { Socket } from 'node:net';
import { todo } from '#todo';
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
    await serveOne(socket, input, site, timeout);
    // TODO: step 6: go on with the next request, as long as serveOne() returns true.
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
  // TODO: step 1: wait until the client has sent something: `await input.more()`. If it never does, return false.
  // TODO: step 1: whatever it was, answer with what site.find() has for the path '/'. See send() in response.ts. Then
  //   return false: one answer for each connection, for now.
  // TODO: step 2: read the request with readRequest(), and answer it with answerTo(). An HttpError, from either of them,
  //   becomes an answer too: errorAnswer() makes it. Any other error is thrown on.
  // TODO: step 3: no body goes to a client that has asked by HEAD.
  // TODO: step 6: the connection goes on (`close: false`, return true), unless the client wants it closed, or what it sent
  //   could not be read as a request.
  return todo('step 1: answer whoever asks with the page of /');
}

function answerTo({ method, path }: Request, site: Site): Promise<Answer> | Answer {
  // TODO: step 5: throw an HttpError with status 405 if the method is neither GET nor HEAD.
  return site.find(path);
}

/** How long the client may take to end its side after we have ended ours, in milliseconds. */
const LINGER = 5_000;

/** Ends our side, once all that was written has gone out. */
async function hangUp(socket: Socket, input: Input): Promise<void> {
  await new Promise<void>((resolve) => socket.end(() => resolve()));
  // TODO: step 5: a connection that is closed with bytes unread is reset, and that can overtake the answer. So read away
  //   what the client still sends, until it ends its side; but after LINGER milliseconds destroy the socket.
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
