// A chat room in one file: started with --console it is the console, and writes what it reads to a pipe.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

interface User {
  name: string;
  address: string;
  port: number;
}

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8888' },
    console: { type: 'boolean', default: false },
  },
});
if (values.console) {
  process.on('SIGINT', () => {});
  process.stdout.on('error', () => process.exit());
  process.stdin.pipe(process.stdout);
} else {
  serve(values.host, Number(values.port));
}

function serve(host: string, port: number): void {
  let users: User[] = [];
  const socket = createSocket('udp4');
  const say = (text: string, { address, port }: { address: string; port: number }) =>
    socket.send(text, port, address, () => {});

  socket.on('message', (bytes, from) => {
    let text;
    try {
      text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return say('FAIL not UTF-8', from);
    }
    const refuse = (why: string) => say(`FAIL ${why}`, from);
    const [first = '', ...rest] = text.split(' ');
    const [name = ''] = rest;
    const body = text.slice(first.length + name.length + 2);
    const here = users.find(({ address, port }) => address === from.address && port === from.port);
    if (name === '' || /\p{Cc}|[^\S ]/u.test(name)) return refuse('no name');
    if (first === 'L' && rest.length === 1) {
      if (here) return here.name === name ? say('OK', from) : refuse('you are here already');
      if ([...name].length > 20 || name.includes('管理员')) return refuse('not this name');
      if (users.some((user) => user.name === name)) return refuse('您的名字太受欢迎了');
      say('OK', from);
      for (const user of users) say(`欢迎 ${name} 进入聊天室`, user);
      users.push({ name, address: from.address, port: from.port });
      return undefined;
    }
    if (first === 'C' && body !== '') {
      if (here?.name !== name) return refuse('who are you?');
      if (/\p{Cc}/u.test(body)) return refuse('one line, please');
      for (const user of users) if (user !== here) say(`${name} : ${body}`, user);
      return undefined;
    }
    if (first === 'Q' && rest.length === 1) {
      if (here?.name !== name) return refuse('who are you?');
      users = users.filter((user) => user !== here);
      say('EXIT', from);
      for (const user of users) say(`${name} 退出聊天室`, user);
      return undefined;
    }
    return refuse('what?');
  });

  socket.on('error', (error) => {
    console.error(`server: ${error.message}`);
    process.exit(1);
  });
  socket.bind(port, host, () => {
    const self = fileURLToPath(import.meta.url);
    const child = spawn(process.execPath, [...process.execArgv, self, '--console'], {
      stdio: ['inherit', 'pipe', 'inherit'],
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.trim() === '') return;
      for (const user of users) say(`管理员 : ${line}`, user);
    });
    const stop = () => {
      users = [];
      child.kill('SIGKILL');
      child.once('exit', () => process.exit(0));
      if (child.exitCode !== null || child.signalCode !== null) process.exit(0);
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    const bound = socket.address();
    console.log(`listening on ${bound.address}:${bound.port}`);
  });
}
