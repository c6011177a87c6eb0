// The client of the echo server: sends its stdin, prints what comes back, ends when both are through.
//
// The task: step 6 of README.md beside this file.
// Try it by hand:                        npm run ex -- tcp-echo --solution
//                  in a second terminal: npm run ex -- tcp-echo client
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { todo } from '#todo';

// Done for you: what the codes of a failed connection mean to a user.
const BROKEN: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'no such host',
  ECONNRESET: 'the server broke the connection',
  EPIPE: 'the server broke the connection',
  ERR_STREAM_PREMATURE_CLOSE: 'the server ended the connection before all was sent',
};

const { host, port } = readOptions();

// TODO: step 6: connect to the server.
// TODO: step 6: stdin to the socket and the socket to stdout, both at the same time, until both are through.
// TODO: step 6: if the error has one of the codes above, print `client: <host>:<port>: <its meaning> (<code>)` on
//   stderr and end with status 1. Throw any other again.
todo('step 6: carry the bytes in both directions');

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
    console.error('usage: client [--host HOST] [--port PORT]');
    process.exit(2);
  }
}
