// The server of the chat room: knows who is there, and sends what one says to all the others.
//
// The task: steps 1 to 5 of README.md beside this file.
// Try it by hand:                        npm run ex -- chatroom
//                  in a second terminal: npm run ex -- chatroom client --solution -- 老王
import { fork } from 'node:child_process';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { todo } from '#todo';
import { ADMIN, isName, LONGEST_DATAGRAM, parseRequest } from './protocol.ts';

const { host, port } = readOptions();
/** Who is there. A name belongs to the address that logged in with it. */
const users = new Map<string, RemoteInfo>();

// Done for you: a UDP socket that has a port, and calls receive() for each datagram. Nobody connects, nothing is accepted.
// The usual receive buffer of Linux holds some 250 small datagrams; what comes while it is full is lost without a word.
const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
socket.once('error', (error: NodeJS.ErrnoException) =>
  fail(`cannot bind ${host}:${port}: ${error.code}`),
);
socket.on('message', receive);
socket.bind(port, host, open);

/** Called once the kernel has the port. Returns when it is time to end, and everything is closed. */
async function open(): Promise<void> {
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  // TODO: step 5: start admin.ts with fork(), as client.ts starts its sender: by `new URL('./admin.ts', import.meta.url)`,
  //   since a plain './admin.ts' would be looked for where you stand. Have announce() called for each 'message' that comes from it.
  const { address, port } = socket.address();
  console.log(`listening on ${address}:${port}`);

  await interrupted;
  // TODO: step 5: call disconnect() on the console, if it is still connected: it notices that, and ends.
  socket.close();
}

function receive(datagram: Buffer, from: RemoteInfo): void {
  if (from.port === 0) return; // RFC 768 allows it: nobody waits for an answer there
  const request = parseRequest(datagram);
  // TODO: step 1: answer FAIL and a reason to what is not a request. send() below shows how to answer.
  if (!request) todo('step 1: answer what is not a request');
  const { verb, name } = request;
  if (verb === 'L') return login(name, from);
  // TODO: step 3: go on only if `name` belongs to the address `from`; answer FAIL and a reason to everybody else.
  return verb === 'C' ? chat(name, request.text) : quit(name, from);
}

function login(name: string, from: RemoteInfo): void {
  // TODO: step 2: answer OK again if this address has this name already: its first OK may have been lost. Nobody is told.
  // TODO: step 2: answer FAIL and a reason if `name` is no name or is taken, or if this address is in the room already.
  // TODO: step 2: otherwise answer OK, tell the others `欢迎 NAME 进入聊天室`, and put the newcomer into `users`.
  todo('step 2: log somebody in');
}

function chat(name: string, text: string): void {
  // TODO: step 3: send `NAME : TEXT` to all the others.
  todo('step 3: send what one says to the others');
}

function quit(name: string, from: RemoteInfo): void {
  // TODO: step 4: answer EXIT, free the name, and tell those who stay `NAME 退出聊天室`.
  todo('step 4: let somebody leave');
}

/** Tells everybody a line of the console. */
function announce(text: string): void {
  // TODO: step 5: send `管理员 : TEXT` to everybody. A line longer than LONGEST_DATAGRAM allows gets one line on stderr.
  todo('step 5: tell everybody what the administrator says');
}

/** Sends to all who are there, but not to `except`. */
function broadcast(message: string, except?: string): void {
  // TODO: step 2: send the message to the address of each user, but not to the one whose name is `except`.
  todo('step 2: send to everybody');
}

/** Done for you. No answer is waited for: whether a datagram arrives, its sender never learns. */
function send(message: string | Buffer, { address, port }: RemoteInfo): void {
  // With a function at the end an error is not thrown: what cannot be sent is as good as lost.
  socket.send(message, port, address, () => {});
}

/** Done for you: whether two addresses are the same. */
function isSame(one: RemoteInfo | undefined, other: RemoteInfo): boolean {
  return one?.port === other.port && one.address === other.address;
}

// Done for you from here on: the command line.

function readOptions(): { host: string; port: number } {
  try {
    const { values } = parseArgs({
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8888' },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError('no such port');
    return { host: values.host, port };
  } catch {
    console.error('usage: server [--host HOST] [--port PORT]');
    process.exit(2);
  }
}

function fail(message: string): never {
  console.error(`server: ${message}`);
  process.exit(1);
}
