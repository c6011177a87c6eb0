// The client of the echo server: sends its stdin, prints what comes back, ends when both are through.
//
// Try it in two terminals:
//   npm run ex -- tcp-echo --solution
//   npm run ex -- tcp-echo client --solution        (type something; Ctrl+D ends your side)
import { connect } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

const BROKEN: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'no such host',
  ECONNRESET: 'the server broke the connection',
  EPIPE: 'the server broke the connection',
  ERR_STREAM_PREMATURE_CLOSE: 'the server ended the connection before all was sent',
};

const { host, port } = readOptions();
const socket = connect({ host, port });

try {
  // Both directions at once: waiting for all input before reading would fill the buffers of a server that echoes, and
  // then both sides would wait for each other for ever.
  await Promise.all([
    pipeline(process.stdin, socket), // at the end of stdin it ends our side with a FIN, and no more than our side
    pipeline(socket, process.stdout, { end: false }),
  ]);
} catch (error) {
  const { code = '' } = error as NodeJS.ErrnoException;
  const reason = BROKEN[code];
  if (!reason) throw error;
  console.error(`client: ${host}:${port}: ${reason} (${code})`);
  // Not exitCode: a stdin that is still open would keep the program waiting for a key.
  process.exit(1);
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
    console.error('usage: client [--host HOST] [--port PORT]');
    process.exit(2);
  }
}
