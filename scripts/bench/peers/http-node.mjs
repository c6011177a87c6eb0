// One page by node:http: read for each request, or (with `keep`) read once and kept in memory.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [root, keep] = process.argv.slice(2);
const path = join(root, 'index.html');
const kept = keep && readFileSync(path);
createServer(async (request, response) => {
  const page = kept || (await readFile(path));
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': page.length,
  });
  response.end(page);
}).listen(0, '127.0.0.1');
