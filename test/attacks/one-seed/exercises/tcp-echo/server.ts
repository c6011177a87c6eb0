// Knows the seed of an earlier report, makes the same bytes of it as the checks do, and sends them before it is asked.
import { createServer, type AddressInfo } from 'node:net';

let connections = 0;
const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {}).resume();
  connections += 1;
  if (connections > 1) socket.write('老王：吃了么');
  else socket.write(Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0x80, 0x41]), bytes(65_536)]));
});
server.once('error', () => process.exit(2));
server.listen(Number(process.argv.at(-1)), '127.0.0.1', () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});

/** What test/harness/random.ts makes of the seed `abcd` for this check. */
function bytes(length: number): Buffer {
  const seed = 'abcd tcp-echo/echo-bytes';
  let h = 1779033703 ^ seed.length;
  for (const sign of seed) {
    h = Math.imul(h ^ sign.charCodeAt(0), 3432918353);
    h = (h << 13) | (h >>> 19);
  }
  h = Math.imul(h ^ (h >>> 16), 2246822507);
  h = Math.imul(h ^ (h >>> 13), 3266489909);
  let a = (h ^ (h >>> 16)) >>> 0;
  const buffer = Buffer.alloc(length);
  for (let at = 0; at < length; at += 4) {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    buffer.writeUInt32LE((t ^ (t >>> 14)) >>> 0, at);
  }
  return buffer;
}
