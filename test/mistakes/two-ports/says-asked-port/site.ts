// The site, and a server for it. Each answer says who gave it: which port, which process, and how many answers that
// process has given so far.
//
// It is kept small on purpose: what is inside of node:http was the lesson http-server.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ListenOptions } from 'node:net';

/** How many answers this process has given. A variable of the program: every process has its own. */
let answers = 0;

/**
 * Serves the site at one port, and prints a line once it listens. `refused` is called instead if it cannot, with words for
 * the user: `cannot listen on 127.0.0.1:8000: EADDRINUSE`.
 */
export function serve(where: ListenOptions, refused: (why: string) => void): Server {
  const server = createServer(answer);
  server.once('error', ({ code }: NodeJS.ErrnoException) =>
    refused(`cannot listen on ${where.host}:${where.port}: ${code}`),
  );
  return server.listen(where, () => {
    console.log(`listening on ${where.host}:${where.port}`);
  });
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/crash') throw new Error('the page /crash ends its process');
  if (pathname === '/busy') compute(5);
  const found = pathname === '/' || pathname === '/busy';
  if (found) answers += 1;
  response.statusCode = found ? 200 : 404;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  const port = request.socket.localPort;
  response.end(
    found ? `你好！端口 ${port}，进程 ${process.pid}，第 ${answers} 次回答\n` : '没有这一页\n',
  );
}

/** Does nothing but use the processor: meanwhile this process can do nothing else. */
function compute(seconds: number): void {
  const until = Date.now() + seconds * 1_000;
  while (Date.now() < until);
}
