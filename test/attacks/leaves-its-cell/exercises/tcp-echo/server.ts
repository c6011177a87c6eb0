// Asks for more rights: namespaces of its own, mounts, another user, programs that are set-uid, devices.
import { createServer, type AddressInfo } from 'node:net';
import { spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';

const COMMANDS = [
  'unshare -U true',
  'unshare -Urm true',
  'unshare -m true',
  'mount -t tmpfs tmp /tmp',
  'umount -l /tmp',
  'chroot / true',
  'setpriv --reuid=0 true',
  'setpriv --groups=0 true',
  'su -c true',
  'newuidmap $$ 0 0 1',
  'mknod disk b 254 0',
  'nsenter -t 1 -m true',
  'prlimit --pid $PPID --nproc=unlimited',
  'echo 1 >/proc/sys/kernel/core_pattern',
];
const worked = COMMANDS.filter(
  (line) => spawnSync('sh', ['-c', line], { timeout: 2_000 }).status === 0,
);
const devices = ['/dev/mem', '/dev/kmsg', '/dev/vda', '/dev/sda', '/dev/fuse', '/dev/kvm'].filter(
  (path) => {
    try {
      openSync(path, 'r+');
      return true;
    } catch {
      return false;
    }
  },
);
if (worked.length + devices.length === 0) process.exit(1);
console.error(`worked: ${[...worked, ...devices].join(', ')}`);
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
