// Looks into the process that judges it: environment, memory, open files, directory.
import { createServer, type AddressInfo } from 'node:net';
import { openSync, readdirSync, readFileSync } from 'node:fs';

const judge = readdirSync('/proc').find((pid) => {
  try {
    return (
      /^\d+$/.test(pid) &&
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('judge.cjs') &&
      Number(pid) > 1
    );
  } catch {
    return false;
  }
});
const open = [
  'environ',
  'mem',
  'maps',
  'fd/3',
  'cwd/.',
  'root/workbook/solutions',
  'task/1/../environ',
];
const seen = open.filter((file) => {
  try {
    openSync(`/proc/${judge}/${file}`, 'r');
    return true;
  } catch {
    return false;
  }
});
if (judge === undefined || seen.length === 0) process.exit(1);
serve();

/** What the trick would win: an echo server that its author has not earned. */
function serve(): void {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {}).pipe(socket);
  });
  server.listen(Number(process.argv.at(-1)), '127.0.0.1', () => {
    console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
}
