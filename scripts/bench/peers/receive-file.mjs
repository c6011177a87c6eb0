// Takes one file by a pipeline with everything as it is by default.
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { pipeline } from 'node:stream/promises';

const [path, port] = process.argv.slice(2);
const server = createServer(async (socket) => {
  await pipeline(socket, createWriteStream(path));
  server.close();
}).listen(Number(port), '127.0.0.1');
