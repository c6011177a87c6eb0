// Takes pictures, has them recognised, and sends back what was found: by events, with a chain of promises for the order.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { openRecogniser, Unrecognised, type Recogniser } from './recogniser.ts';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8888' },
    max: { type: 'string', default: '4194304' },
    timeout: { type: 'string', default: '10' },
    recogniser: { type: 'string', default: 'local' },
  },
});
const max = Number(values.max);
const patience = Number(values.timeout) * 1000;
const recogniser: Recogniser = await openRecogniser(values.recogniser).catch((error: Error) => {
  console.error(`server: ${error.message}`);
  process.exit(1);
});

const server = createServer({ allowHalfOpen: true }, serve);
server.on('error', (error) => {
  console.error(`server: ${error.message}`);
  process.exit(1);
});
server.listen({ host: values.host, port: Number(values.port) }, () => {
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on ${address}:${port}`);
});
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => process.exit(0));

function serve(socket: Socket): void {
  const from = `${socket.remoteAddress}:${socket.remotePort}`;
  let kept = Buffer.alloc(0);
  let last: Promise<void> = Promise.resolve();
  let closed = false;

  socket.setTimeout(patience);
  socket.on('data', (chunk) => {
    if (closed) return;
    kept = Buffer.concat([kept, chunk]);
    let taken;
    while (!closed && (taken = parse())) {
      const { category, picture } = taken;
      last = last.then(async () => {
        const reply = await look(category, picture);
        if (socket.writable) socket.write(frame(reply));
      });
    }
  });
  socket.on('end', () => {
    if (closed) return;
    if (kept.length > 0) broken('the client ended in the middle of a request');
    else void last.then(() => socket.end());
  });
  socket.on('timeout', () => {
    if (!closed && kept.length > 0) broken('the client fell silent');
  });
  socket.on('error', () => {});

  function parse(): { category: string; picture: Buffer } | undefined {
    if (kept.length < 2) return undefined;
    const name = kept.readUInt16BE();
    if (name > 64) return broken('the category is too long');
    if (kept.length < 6 + name) return undefined;
    const size = kept.readUInt32BE(2 + name);
    if (size > max) return broken('the picture is too large');
    const end = 6 + name + size;
    if (kept.length < end) return undefined;
    const category = kept.toString('utf8', 2, 2 + name);
    const picture = kept.subarray(6 + name, end);
    kept = kept.subarray(end);
    return { category, picture };
  }

  function broken(why: string): undefined {
    closed = true;
    console.error(`server: ${from}: ${why}`);
    void last.then(() => {
      socket.end(frame({ error: why }));
      setTimeout(() => socket.destroy(), patience).unref();
    });
  }
}

async function look(category: string, picture: Buffer): Promise<object> {
  try {
    const signal = AbortSignal.timeout(patience);
    return { labels: await recogniser.recognise(category, picture, signal) };
  } catch (error) {
    const { name, message } = error as Error;
    if (error instanceof Unrecognised || name === 'TimeoutError') return { error: message };
    throw error;
  }
}

function frame(reply: object): Buffer {
  const text = Buffer.from(JSON.stringify(reply));
  const length = Buffer.from([0, 0, text.length >> 8, text.length & 255]);
  return Buffer.concat([length, text]);
}
