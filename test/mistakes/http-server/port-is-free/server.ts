// A web server on a bare TCP socket: it serves the files below one directory to any HTTP client.
//
// Try it:
//   npm run ex -- http-server --solution --root exercises/http-server/public
//   then open http://127.0.0.1:8000/ in a browser       (or: curl -i http://127.0.0.1:8000/)
import { realpathSync, statSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { serve } from './connection.ts';
import { openSite } from './site.ts';

const { host, port, root, timeout } = readOptions();
const site = openSite(openRoot());
const clients = new Set<Socket>();

// allowHalfOpen: a client may end its side after its last request, and still waits for the answer.
const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
  clients.add(socket);
  socket.once('close', () => clients.delete(socket));
  void serve(socket, site, timeout);
});
server.listen({ host, port }, announce);
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

/** Called once the kernel has the port, not before: whoever reads this line may connect. */
function announce(): void {
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on ${address}:${port}`);
}

/** Frees the port and lets the clients go; then nothing keeps Node alive, and it ends with status 0. */
function stop(): void {
  server.close(); // takes no new clients, but would wait for those it has
  for (const client of clients) client.destroy();
}

/** The real path of the site, without links, so that other real paths can be compared with it. */
function openRoot(): string {
  try {
    const real = realpathSync(root);
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG'].includes(code)) throw error;
    fail(`cannot serve ${root}: ${code}`);
  }
  fail(`cannot serve ${root}: not a directory`);
}

function readOptions(): { host: string; port: number; root: string; timeout: number } {
  try {
    const { values } = parseArgs({
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8000' },
        root: { type: 'string' },
        timeout: { type: 'string', default: '10' },
      },
    });
    const { host, root } = values;
    const port = Number(values.port);
    const timeout = Number(values.timeout) * 1_000;
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError('no such port');
    if (!(timeout >= 1 && timeout < 2 ** 31)) throw new RangeError('no such time');
    if (!root) throw new RangeError('no root');
    return { host, port, root, timeout };
  } catch {
    console.error('usage: server --root DIR [--host HOST] [--port PORT] [--timeout SECONDS]');
    process.exit(2);
  }
}

function fail(message: string): never {
  console.error(`server: ${message}`);
  process.exit(1);
}
