// EXIT ends the client, asked for or not.
import { fork, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { on, once } from 'node:events';
import { parseArgs } from 'node:util';
import { isRefusal } from './protocol.ts';

/** How long an answer may take, in milliseconds, and how often a request is sent before the client gives up. */
const PATIENCE = 1_000;
const TRIES = 3;

const { host, port, name } = readArguments();
// A large receive buffer, as in the server: when all talk at once, much arrives before it can be printed.
const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
let sender: ChildProcess | undefined;

try {
  // A connected UDP socket: the kernel lets only the server's datagrams through, and reports if nobody is there.
  socket.connect(port, host);
  await once(socket, 'connect');
  await enter();
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  sender = fork(new URL('./sender.ts', import.meta.url), [name]);
  await chat(sender, interrupted);
  await leave();
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  console.error(
    `client: ${host}:${port}: ${code === 'ECONNREFUSED' ? 'nobody is there' : message}`,
  );
  process.exitCode = 1;
} finally {
  // The child ends when its channel is closed. Then nothing keeps this process alive either.
  if (sender?.connected) sender.disconnect();
  socket.close();
}

async function enter(): Promise<void> {
  const answer = await ask(`L ${name}`, (text) => text === 'OK' || isRefusal(text));
  if (answer !== 'OK') throw trouble('EREFUSED', `login refused: ${answer.slice('FAIL '.length)}`);
  socket.on('message', show);
}

/** Sends and receives until the child has ended (by quit, or at the end of the input), or a signal comes. */
async function chat(sender: ChildProcess, interrupted: Promise<unknown>): Promise<void> {
  console.log(`欢迎, ${name}. "quit" leaves the room.`);
  sender.on('message', (request: string) => socket.send(request));
  await Promise.race([
    once(sender, 'disconnect'), // comes after the last message; 'exit' might come before it
    interrupted,
    once(socket, 'close'), // never happens here, but rejects at the first error of the socket
  ]);
  if (sender.connected) sender.disconnect();
}

async function leave(): Promise<void> {
  socket.off('message', show);
  // FAIL is as good as EXIT: the server does not know us any more, because its first EXIT was lost or it was restarted.
  await ask(`Q ${name}`, (text) => text === 'EXIT' || isRefusal(text));
}

/** Sends a request until it is answered: a datagram can be lost on its way there, or the answer on its way back. */
async function ask(request: string, isAnswer: (text: string) => boolean): Promise<string> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    socket.send(request);
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      for await (const [datagram] of on(socket, 'message', { signal })) {
        const text = datagram.toString('utf8');
        if (isAnswer(text)) return text;
        show(datagram);
      }
    } catch (error) {
      if ((error as Error).name !== 'AbortError') throw error;
    }
  }
  throw trouble('ETIMEDOUT', `no answer to "${request}"`);
}

function show(datagram: Buffer): void {
  if (datagram.toString('utf8') === 'EXIT') process.exit();
  console.log(datagram.toString('utf8'));
}

/** An error with a code, as those of the system have one: it is told in one line. */
function trouble(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function readArguments(): { host: string; port: number; name: string } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8888' },
      },
    });
    const [name] = positionals;
    const port = Number(values.port);
    if (name === undefined || positionals.length > 1) throw new RangeError('one name');
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new RangeError('no such port');
    return { host: values.host, port, name };
  } catch {
    console.error('usage: client [--host HOST] [--port PORT] NAME');
    process.exit(2);
  }
}
