// The same by callbacks: it asks first whether somebody listens, and listens then.
import { rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';

const [path = ''] = process.argv.slice(2);
if (path === '') {
  console.error('usage: local PATH');
  process.exit(2);
}
if (new TextEncoder().encode(path).length >= 108) refuse('the path is too long');

const server = createServer((socket) => {
  socket.on('data', (bytes) => socket.write(bytes));
  socket.on('error', () => socket.destroy());
});
server.on('error', (error) => refuse(error.message));

const there = statSync(path, { throwIfNoEntry: false });
if (!there) begin();
else if (!there.isSocket()) refuse('something else has this name');
else
  connect(path)
    .on('connect', () => refuse('somebody listens there'))
    .on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNREFUSED') refuse(error.message);
      rmSync(path);
      begin();
    });

function begin(): void {
  server.listen(path, () => console.log(`listening on ${path}`));
  const end = () => {
    rmSync(path, { force: true });
    process.exit();
  };
  process.on('SIGINT', end).on('SIGTERM', end);
}

function refuse(why: string): never {
  console.error(`local: cannot listen on ${path}: ${why}`);
  process.exit(1);
}
