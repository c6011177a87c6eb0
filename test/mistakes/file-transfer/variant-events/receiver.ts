// A receiver by events: one state for each connection, and the file written through a descriptor.
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  close,
  constants,
  linkSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { dir, host, port, timeout } = readOptions();
const open = new Map<Socket, () => void>();

try {
  if (!statSync(dir).isDirectory()) fail(`${dir}: not a directory`);
  accessSync(dir, constants.W_OK);
} catch (error) {
  fail(`${dir}: ${(error as NodeJS.ErrnoException).code}`);
}

const server = createServer({ allowHalfOpen: true }, receive);
server.once('error', (error) => fail(`${host}:${port}: ${error.message}`));
server.listen(port, host, () => {
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on ${address}:${port}`);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const forget of open.values()) forget();
    process.exit(0);
  });
}

function receive(socket: Socket): void {
  const from = `${socket.remoteAddress}:${socket.remotePort}`;
  const temporary = join(dir, `incoming-${randomBytes(8).toString('hex')}`);
  const hash = createHash('sha256');
  let head: Buffer | undefined = Buffer.alloc(0);
  let name = '';
  let size = 0;
  let got = 0;
  let file: number | undefined;
  let over = false;

  const forget = () => {
    if (file === undefined) return;
    unlinkSync(temporary);
    close(file);
    file = undefined;
  };
  const refuse = (reason: string) => {
    if (over) return;
    over = true;
    forget();
    socket.end(`ERR ${reason}\n`);
    setTimeout(() => socket.destroy(), timeout * 1000).unref();
  };
  open.set(socket, forget);
  socket.on('close', () => {
    forget();
    open.delete(socket);
  });
  socket.on('error', () => socket.destroy());
  socket.setTimeout(timeout * 1000, () => refuse('too slow'));
  socket.on('data', (chunk: Buffer) => {
    if (over) return;
    try {
      if (head === undefined) return take(chunk);
      head = Buffer.concat([head, chunk]);
      if (head.length < 2) return;
      const length = head.readUInt16BE(0);
      if (length < 1 || length > 255) return refuse('bad length of name');
      if (head.length < 10 + length) return;
      const bytes = head.subarray(2, 2 + length);
      name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      if (name === '.' || name === '..' || /[/\\\u0000-\u001f\u007f-\u009f]/.test(name))
        return refuse('bad name');
      const announced = head.readBigUInt64BE(2 + length);
      if (announced > 2n ** 53n - 1n) return refuse('too large');
      size = Number(announced);
      const rest = head.subarray(10 + length);
      head = undefined;
      file = openSync(temporary, 'wx');
      take(rest);
    } catch (error) {
      refuse((error as NodeJS.ErrnoException).code ?? 'trouble');
    }
  });
  socket.on('end', () => {
    if (over) return;
    if (head || got < size) return refuse(`got ${got} of ${size} bytes`);
    try {
      linkSync(temporary, join(dir, name));
    } catch {
      return refuse('the name is taken');
    }
    over = true;
    forget();
    socket.end(`OK ${hash.digest('hex')}\n`);
    console.log(`${name}: ${size} bytes from ${from}`);
  });

  function take(chunk: Buffer): void {
    got += chunk.length;
    if (got > size) return refuse('more than announced');
    hash.update(chunk);
    for (let done = 0; done < chunk.length;) {
      done += writeSync(file as number, chunk, done);
    }
  }
}

function readOptions(): { dir: string; host: string; port: number; timeout: number } {
  try {
    const { values } = parseArgs({
      options: {
        dir: { type: 'string' },
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8888' },
        timeout: { type: 'string', default: '30' },
      },
    });
    const { dir = '', host } = values;
    if (dir === '') throw new RangeError('no directory');
    return { dir, host, port: Number(values.port), timeout: Number(values.timeout) };
  } catch {
    console.error('usage: receiver --dir DIR [--host HOST] [--port PORT] [--timeout SECONDS]');
    process.exit(2);
  }
}

function fail(message: string): never {
  console.error(`receiver: ${message}`);
  process.exit(1);
}
