// No is no: without a reason.
//
// Try it in three terminals:
//   npm run ex -- chatroom --solution                      (what you type here, everybody hears)
//   npm run ex -- chatroom client --solution -- 老王
//   npm run ex -- chatroom client --solution -- 小李
import { fork } from 'node:child_process';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { ADMIN, isName, LONGEST_DATAGRAM, parseRequest } from './protocol.ts';

const { host, port } = readOptions();
/** Who is there. A name belongs to the address that logged in with it. */
const users = new Map<string, RemoteInfo>();

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
  // The console is a process of its own: it waits for the keyboard while this one waits for the network.
  const admin = fork(new URL('./admin.ts', import.meta.url));
  admin.on('message', announce);
  const { address, port } = socket.address();
  console.log(`listening on ${address}:${port}`);

  await interrupted;
  admin.off('message', announce);
  if (admin.connected) admin.disconnect(); // the console notices it, and ends
  socket.close();
}

function receive(datagram: Buffer, from: RemoteInfo): void {
  if (from.port === 0) return; // RFC 768 allows it: nobody waits for an answer there
  const request = parseRequest(datagram);
  if (!request) return send('FAIL', from);
  const { verb, name } = request;
  if (verb === 'L') return login(name, from);
  // Everybody may know the name, but only the one who logged in with it sends from this address.
  if (!isSame(users.get(name), from)) return send('FAIL', from);
  return verb === 'C' ? chat(name, request.text) : quit(name, from);
}

function login(name: string, from: RemoteInfo): void {
  const owner = users.get(name);
  if (isSame(owner, from)) return send('OK', from); // asked again: the first OK was lost on its way
  if (!isName(name)) return send('FAIL', from);
  if (owner) return send('FAIL', from);
  if ([...users.values()].some((user) => isSame(user, from))) {
    return send('FAIL', from);
  }
  send('OK', from);
  broadcast(`欢迎 ${name} 进入聊天室`); // before the newcomer is one of them
  users.set(name, from);
}

/** The message is as long as the request was, so whatever arrived fits into a datagram again. */
function chat(name: string, text: string): void {
  broadcast(`${name} : ${text}`, name);
}

function quit(name: string, from: RemoteInfo): void {
  users.delete(name);
  send('EXIT', from);
  broadcast(`${name} 退出聊天室`);
}

/** Tells everybody a line of the console. */
function announce(text: string): void {
  const message = `${ADMIN} : ${text}`;
  if (Buffer.byteLength(message) <= LONGEST_DATAGRAM) broadcast(message);
  else console.error('server: this line does not fit into a datagram, so it was not sent');
}

/** Sends to all who are there, but not to `except`. */
function broadcast(message: string, except?: string): void {
  const bytes = Buffer.from(message);
  for (const [name, user] of users) if (name !== except) send(bytes, user);
}

/** No answer is waited for: whether a datagram arrives, its sender never learns. What cannot be sent is as good as lost. */
function send(message: string | Buffer, { address, port }: RemoteInfo): void {
  socket.send(message, port, address, () => {});
}

function isSame(one: RemoteInfo | undefined, other: RemoteInfo): boolean {
  return one?.port === other.port && one.address === other.address;
}

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
