// Imports the harness, and through it the checks.
import { createServer, type AddressInfo } from 'node:net';
import { currentRun } from '#harness/run';

if (currentRun().root !== '') serve();

/** What the trick would win: an echo server that its author has not earned. */
function serve(): void {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {}).pipe(socket);
  });
  server.listen(Number(process.argv.at(-1)), '127.0.0.1', () => {
    console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
}
