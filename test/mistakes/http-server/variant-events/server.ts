// The same server by events and callbacks: a state machine for each connection, and every file, small or large, piped from
// the disk. In one file, in strict CRLF, with nothing kept.
import {
  access,
  constants,
  createReadStream,
  realpath,
  statSync,
  realpathSync,
  stat,
} from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { parse as parsePath, relative, isAbsolute } from 'node:path';
import { parseArgs } from 'node:util';

const TYPES = new Map(
  Object.entries({
    html: 'text/html; charset=utf-8',
    css: 'text/css; charset=utf-8',
    txt: 'text/plain;charset=UTF-8',
    js: 'text/javascript; charset=utf-8',
    json: 'application/json',
    svg: 'image/svg+xml',
    png: 'image/png',
    jpg: 'image/jpeg',
    gif: 'image/gif',
    webp: 'image/webp',
    ico: 'image/x-icon',
  }),
);

const { values } = parseArgs({
  options: {
    root: { type: 'string', default: '' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8000' },
    timeout: { type: 'string', default: '10' },
  },
});
const silence = Number(values.timeout) * 1000;
let root: string;
try {
  root = realpathSync(values.root);
  if (!statSync(root).isDirectory()) throw new Error('not a directory');
} catch (error) {
  console.error(`server: cannot serve ${values.root}: ${(error as Error).message}`);
  process.exit(1);
}
const sockets = new Set<Socket>();
const server = createServer({ allowHalfOpen: true }, (socket) => new Connection(socket));
server.on('error', (error) => {
  console.error(`server: cannot listen: ${error.message}`);
  process.exit(1);
});
server.listen(Number(values.port), values.host, () => {
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on ${address}:${port}`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));

interface Head {
  method: string;
  target: string;
  close: boolean;
}

class Connection {
  private readonly socket: Socket;
  private text = '';
  private head: Head | undefined;
  private bodyLeft = 0;
  private busy = false;
  private closing = false;
  private ended = false;
  private deadline: NodeJS.Timeout | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    sockets.add(socket);
    // Each character is a byte.
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.read(text));
    socket.on('end', () => {
      this.ended = true;
      if (!this.busy) socket.end();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      clearTimeout(this.deadline);
    });
    socket.setTimeout(silence, () => {
      if (this.busy || this.closing || !this.deadline) socket.destroy();
    });
  }

  private read(text: string): void {
    if (this.closing) return;
    this.text += text;
    if (this.busy) {
      if (this.text.length > 65_536) this.socket.pause();
    } else this.advance();
  }

  private advance(): void {
    if (this.head) {
      const used = Math.min(this.bodyLeft, this.text.length);
      this.text = this.text.slice(used);
      this.bodyLeft -= used;
      if (this.bodyLeft === 0) return this.answer(this.head);
      return;
    }
    while (this.text.startsWith('\r\n')) this.text = this.text.slice(2);
    if (this.text === '' || this.text === '\r') return;
    this.deadline ??= setTimeout(() => this.refuse(408), silence);
    const line = this.text.indexOf('\r\n');
    if ((line === -1 ? this.text.length - 1 : line) > 8192) return this.refuse(414);
    const end = this.text.indexOf('\r\n\r\n');
    if ((end === -1 ? this.text.length : end + 4) > 16_384) return this.refuse(431);
    if (end === -1) return;
    const status = this.parse(this.text.slice(0, end).split('\r\n'));
    if (status !== 0) return this.refuse(status);
    this.text = this.text.slice(end + 4);
    this.advance();
  }

  /** Returns the status of an error, or 0. */
  private parse([first = '', ...lines]: string[]): number {
    const request = first.match(/^([\w!#$%&'*+.^`|~-]+) ([\x21-\x7e]+) HTTP\/(\d)\.(\d)$/);
    if (!request) return 400;
    const [, method = '', target = '', major, minor] = request;
    if (major !== '1') return 505;
    const all = (wanted: string) =>
      lines
        .filter((line) => line.slice(0, line.indexOf(':')).toLowerCase() === wanted)
        .map((line) => line.slice(line.indexOf(':') + 1).trim());
    if (!lines.every((line) => /^[\w!#$%&'*+.^`|~-]+:/.test(line))) return 400;
    const hosts = all('host');
    if (hosts.length > 1 || (hosts.length === 0 && minor !== '0')) return 400;
    const lengths = all('content-length');
    if (all('transfer-encoding').length > 0) return lengths.length > 0 ? 400 : 411;
    if (lengths.length > 1 || !lengths.every((length) => /^\d+$/.test(length))) return 400;
    this.bodyLeft = Number(lengths[0] ?? 0);
    if (this.bodyLeft > 1024 * 1024) return 413;
    const close = all('connection').some((value) => /\bclose\b/i.test(value));
    this.head = { method, target, close: close || minor === '0' };
    return 0;
  }

  private answer(head: Head): void {
    this.busy = true;
    clearTimeout(this.deadline);
    this.deadline = undefined;
    const { method, target, close } = head;
    const refuse = (status: number) => this.page(status, method === 'HEAD', close);
    if (method !== 'GET' && method !== 'HEAD') return refuse(405);
    let name = '';
    try {
      name = decodeURIComponent(target.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1)[0] || '/');
    } catch {
      return refuse(400);
    }
    if (!name.startsWith('/') || name.includes('\0')) return refuse(400);
    if (name.endsWith('/')) name += 'index.html';
    realpath(`${root}${name}`, (error, path) => {
      if (error) return refuse(error.code === 'EACCES' ? 403 : 404);
      const inside = relative(root, path);
      if (inside.startsWith('..') || isAbsolute(inside)) return refuse(403);
      stat(path, (error, status) => {
        if (error || !status.isFile()) return refuse(404);
        access(path, constants.R_OK, (locked) => {
          if (locked) return refuse(403);
          const type = TYPES.get(parsePath(path).ext.slice(1).toLowerCase());
          this.writeHead(200, type ?? 'application/octet-stream', status.size, close);
          if (method === 'HEAD' || status.size === 0) return this.next(close);
          const file = createReadStream(path, { end: status.size - 1 });
          file.on('error', () => this.socket.destroy());
          file.on('end', () => this.next(close));
          this.socket.once('close', () => file.destroy());
          file.pipe(this.socket, { end: false });
        });
      });
    });
  }

  private page(status: number, headOnly: boolean, close: boolean): void {
    const page = `<!doctype html><meta charset="utf-8"><title>${status}</title><h1>${status} 不行</h1>`;
    this.writeHead(status, 'text/html; charset=utf-8', Buffer.byteLength(page), close);
    if (!headOnly) this.socket.write(page);
    this.next(close);
  }

  private writeHead(status: number, type: string, length: number, close: boolean): void {
    const lines = [
      `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'No'}`,
      `date: ${new Date().toUTCString()}`,
      `content-type: ${type}`,
      `content-length: ${length}`,
    ];
    if (status === 405) lines.push('allow: HEAD,GET');
    if (close) lines.push('connection: close');
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  }

  private refuse(status: number): void {
    this.page(status, false, true);
  }

  private next(close: boolean): void {
    this.head = undefined;
    if (close) return this.end();
    const goOn = () => {
      this.busy = false;
      this.socket.resume();
      this.advance();
      if (this.ended && !this.busy) this.socket.end();
    };
    // Not deeper and deeper into the stack with each request of many.
    if (this.socket.writableNeedDrain) this.socket.once('drain', goOn);
    else setImmediate(goOn);
  }

  private end(): void {
    clearTimeout(this.deadline);
    this.closing = true;
    this.socket.resume();
    this.socket.end(() => setTimeout(() => this.socket.destroy(), 1000).unref());
  }
}
