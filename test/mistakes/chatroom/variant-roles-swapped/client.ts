// A client in one file: the parent has the keyboard, the child (told by --network) has the socket and the screen.
import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8888' },
    network: { type: 'boolean', default: false },
  },
});
const [name = ''] = positionals;

if (values.network) network(values.host, Number(values.port));
else keyboard();

function keyboard(): void {
  const child = fork(fileURLToPath(import.meta.url), ['--network', ...process.argv.slice(2)]);
  const leave = () => void (child.connected && child.send('quit'));
  child.once('message', () => {
    const lines = createInterface({ input: process.stdin });
    lines.on('line', (line) => {
      if (line.trim() === 'quit') lines.close();
      else if (line.trim() !== '') child.send(`C ${name} ${line}`);
    });
    lines.once('close', leave);
  });
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
  child.once('exit', (code) => process.exit(code ?? 1));
}

function network(host: string, port: number): void {
  process.on('SIGINT', () => {}); // the parent says when
  process.once('disconnect', () => process.exit(1));
  let state: 'asking' | 'inside' | 'leaving' = 'asking';
  let timer: NodeJS.Timeout | undefined;
  const socket = createSocket('udp4');
  socket.on('error', (error) => fail(error.message));

  const isFail = (text: string) =>
    text.startsWith('FAIL ') && !text.startsWith('FAIL : ') && text !== 'FAIL 退出聊天室';
  const ask = (request: string) => {
    let left = 3;
    const send = () => {
      if (left === 0) fail('no answer');
      left -= 1;
      socket.send(request);
    };
    timer = setInterval(send, 1_000);
    send();
  };
  const fail = (why: string): never => {
    console.error(`client: ${host}:${port}: ${why}`);
    process.exit(1);
  };

  socket.on('message', (bytes) => {
    const text = bytes.toString('utf8');
    if (state === 'asking' && isFail(text)) fail(text);
    if (state === 'asking' && text === 'OK') {
      state = 'inside';
      clearInterval(timer);
      process.send?.('inside');
    } else if (state === 'leaving' && (text === 'EXIT' || isFail(text))) {
      process.exit(0);
    } else {
      console.log(text);
    }
  });
  process.on('message', (request: string) => {
    if (state !== 'inside') return;
    if (request !== 'quit') return void socket.send(request);
    state = 'leaving';
    ask(`Q ${name}`);
    return undefined;
  });
  socket.connect(port, host, () => ask(`L ${name}`));
}
