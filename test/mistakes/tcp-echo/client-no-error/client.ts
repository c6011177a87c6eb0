// Expects a server.
import { connect } from 'node:net';
import { parseArgs } from 'node:util';

const { host, port } = readOptions();
const socket = connect({ host, port });
process.stdin.pipe(socket);
socket.pipe(process.stdout);

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
    console.error('usage: client [--host HOST] [--port PORT]');
    process.exit(2);
  }
}
