// A client of the chat room. This process receives and prints; its child, sender.ts, waits for the keyboard.
//
// The task: step 6 of README.md beside this file.
// Try it by hand:                        npm run ex -- chatroom --solution
//                  in a second terminal: npm run ex -- chatroom client -- 老王
import { fork, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { on, once } from 'node:events';
import { parseArgs } from 'node:util';
import { todo } from '#todo';
import { isRefusal } from './protocol.ts';

/** How long an answer may take, in milliseconds, and how often a request is sent before the client gives up. */
const PATIENCE = 1_000;
const TRIES = 3;

const { host, port, name } = readArguments();
// A large receive buffer, as in the server: when all talk at once, much arrives before it can be printed.
const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
let sender: ChildProcess | undefined;

// Done for you: the life of a client, from the first request to the last.
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
  // TODO: step 6: ask() with `L <name>`. If the answer is not OK, throw trouble('EREFUSED', …) with the reason.
  // TODO: step 6: from now on have show() called for each 'message' of the socket.
  todo('step 6: log in');
}

/** Sends and receives until the child has ended (by quit, or at the end of the input), or a signal comes. */
async function chat(sender: ChildProcess, interrupted: Promise<unknown>): Promise<void> {
  console.log(`欢迎, ${name}. "quit" leaves the room.`);
  // TODO: step 6: send each request that comes from the child as a 'message'.
  // TODO: step 6: wait until the child has disconnected, or `interrupted` resolves, or the socket reports an error.
  //   (once(socket, 'close') rejects at the first error of the socket.)
  // TODO: step 6: disconnect the child if it is still connected.
  todo('step 6: send what the child hands over, until it is time to leave');
}

async function leave(): Promise<void> {
  // TODO: step 6: stop calling show(): from here on ask() reads the socket.
  // TODO: step 6: ask() with `Q <name>`. The answer is exactly EXIT. A refusal does as well: the server does not know us any more.
  todo('step 6: say goodbye');
}

/** Sends a request and returns its answer. What comes meanwhile and is no answer is shown. */
async function ask(request: string, isAnswer: (text: string) => boolean): Promise<string> {
  // TODO: step 6: this asks once, and waits without end. A datagram can be lost: if no answer has come after PATIENCE
  //   milliseconds, ask again; after TRIES requests throw trouble('ETIMEDOUT', …). on() takes a `signal` in its options.
  socket.send(request);
  for await (const [datagram] of on(socket, 'message')) {
    const text = datagram.toString('utf8');
    if (isAnswer(text)) return text;
    show(datagram);
  }
  throw trouble('ETIMEDOUT', `no answer to "${request}"`);
}

function show(datagram: Buffer): void {
  console.log(datagram.toString('utf8'));
}

/** An error with a code, as those of the system have one: it is told in one line. */
function trouble(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

// Done for you from here on: the command line.

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
