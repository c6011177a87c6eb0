// The graded checks of http-server. Most of them speak raw bytes, because real clients mend what they send and what they
// get; three real ones, fetch, curl and a browser, come as well.
import { execFile, type ExecFileException } from 'node:child_process';
import { appendFile, chmod, mkdir, readdir, readlink, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPage } from '#harness/browser';
import { clean } from '#harness/bytes';
import { withFacts } from '#harness/failure';
import {
  expectNoMore,
  get,
  hear,
  openCutWire,
  type CutWire,
  type Response,
} from '#harness/http-peer';
import { Failure, lesson, type Address, type Program, type Trial } from '#harness';

const KIB = 1024;
const MIB = 1024 * KIB;
/** Three by two pixels. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGM4EaABQQxwFgBO1AeBToSARAAAAABJRU5ErkJggg==',
  'base64',
);

export default lesson({
  lesson: 'http-server',
  steps: [
    'One right answer',
    'The page that was asked for, or 404',
    'However the request comes',
    'Files, and no others',
    'Say what is wrong',
    'The connection goes on',
  ],
  checks: [
    {
      id: 'page',
      step: 1,
      points: 8,
      title:
        'answers / with a head, each line ended by CR LF, an empty line, and index.html, counted in bytes',
      async run(trial) {
        // Characters of one byte, of two, three and four, and more of two than of four: no wrong count comes out right.
        const page = pageOf(trial, `${'你好，世界！'.repeat(trial.random.int(5, 50))} à é 😀`);
        const site = await openSite(trial, { 'index.html': page });
        const client = await trial.connect(site.address);
        await client.send(get('/', 'User-Agent: 老王的浏览器', 'Connection: close'));
        const counted = () => {
          const head = client.received.toString('latin1');
          const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1]);
          const threeEach = (all: RegExp) => page.replace(all, '123').length;
          return {
            inCharacters: length === page.length || length === [...page].length,
            threeBytesEach: length === threeEach(/[^ -~\n]/g) || length === threeEach(/[^ -~\n]/gu),
            emptyLineTwice: /\r\n\r\n\r\n<!doctype/.test(head),
          };
        };
        const response = await hear(trial, client, 'an answer to GET /').catch(withFacts(counted));
        expectStatus(trial, response, [200], 'GET /');
        await expectNoMore(trial, client).catch(withFacts(counted));
        trial.sameBytes(response.body, Buffer.from(page), 'the page', counted());
      },
    },
    {
      id: 'fields',
      step: 1,
      points: 3,
      title: 'says that the page is HTML in UTF-8, and when it was sent',
      async run(trial) {
        const site = await openSite(trial, { 'index.html': pageOf(trial) });
        const { response } = await site.says([200], get('/'));
        expectType(trial, response, '/', 'text/html', true);
        const date = response.fields.get('date') ?? '';
        const right = /^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/.test(date);
        trial.must(right && Math.abs(Date.parse(date) - Date.now()) < 60_000, {
          saw: date === '' ? 'the head has no Date.' : `Date: ${clean(date, 60)}`,
          expected: `the time of the answer, as in Date: ${new Date().toUTCString()}`,
          facts: { noDate: true },
        });
      },
    },
    {
      id: 'fetch',
      step: 1,
      points: 3,
      title: 'is understood by a strict client: fetch, as it is built into Node',
      async run(trial) {
        const page = pageOf(trial);
        const site = await openSite(trial, { 'index.html': page });
        await site.serves();
        const load = async () => {
          const signal = AbortSignal.timeout(20_000);
          const response = await fetch(site.url, { signal });
          return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
        };
        const result = await outcome(trial, site, load(), 'fetch has the page', {});
        if (result.error) {
          const cause = (result.error.cause ?? result.error) as NodeJS.ErrnoException;
          trial.fail({
            saw: `fetch failed: ${clean(cause.message, 80)} (${cause.code ?? cause.name}).`,
            expected: 'fetch has the page.',
            facts: { fetchFailed: true },
          });
        }
        const { status, body = PNG } = result.value ?? {};
        trial.must(status === 200, {
          saw: `fetch got status ${status}.`,
          expected: 'status 200.',
          facts: { status },
        });
        const inCharacters = body.length === page.length;
        const emptyLineTwice = body.subarray(0, 11).toString() === '\r\n<!doctype';
        const facts = { inCharacters: inCharacters && !emptyLineTwice, emptyLineTwice };
        trial.sameBytes(body, Buffer.from(page), 'the page that fetch got', facts);
      },
    },
    {
      id: 'starts',
      step: 1,
      points: 2,
      title: 'serves, and says in one line if its port is taken or its directory is not there',
      async run(trial) {
        const site = await openSite(trial, { 'index.html': pageOf(trial) });
        await site.serves();
        const www = join(trial.directory, 'www');
        for (const [why, args] of [
          ['its port was taken', ['--root', www, '--port', String(site.address.port)]],
          ['its root was missing', ['--root', join(www, '没有'), '--port', '0']],
        ] as const) {
          const second = await trial.start('server', args, { actor: 'second' });
          const exit = await second.ended(`when ${why}`);
          trial.must(exit.code === 1 && second.stderr.lines.length === 1, {
            saw: `when ${why}, the server ended with ${exit.signal ?? `status ${exit.code}`} and ${second.stderr.lines.length} lines on stderr.`,
            expected: 'status 1 and one line that says what failed, and why.',
            facts: { atStart: true },
          });
        }
      },
    },
    {
      id: 'not-found',
      step: 2,
      points: 5,
      title: 'answers 404 with an HTML page for what is not there, and sends nothing behind it',
      async run(trial) {
        const site = await openSite(trial, { 'index.html': pageOf(trial), 'menu/a.html': '菜单' });
        for (const target of ['/nothing.html', encodeURI('/没有.html'), '/index']) {
          const text = get(target, 'Connection: close');
          const { client, response } = await site.says([404], text, { missing: true });
          expectType(trial, response, `the page of 404 for ${target}`, 'text/html', true);
          trial.must(response.body.length > 0, {
            saw: 'the 404 comes without a page.',
            expected: 'a short page: whoever sits at the browser wants to read something.',
            facts: { noPage: true },
          });
          await expectNoMore(trial, client);
        }
        // A directory without its slash. How it is answered belongs to step 4; that it is, and the server lives, here.
        await site.ask(get('/menu', 'Connection: close'));
      },
    },
    {
      id: 'index',
      step: 2,
      points: 2,
      title: 'takes the path from the request line, from the whole of it and nothing else',
      async run(trial) {
        const page = pageOf(trial);
        const site = await openSite(trial, { 'index.html': page });
        await site.gives(get('/'), page);
        await site.gives(get('/index.html', 'Referer: /nothing.html'), page);
        for (const lines of [[], ['Referer: /index.html']])
          for (const target of ['/index.html.old', '/x/index.html', '/x/'])
            await site.says([404], get(target, ...lines), {
              missing: true,
              elsewhere: lines.length > 0,
            });
      },
    },
    {
      id: 'cut',
      step: 3,
      points: 4,
      timeLimit: 120_000,
      title: 'understands a request that arrives byte by byte, or in any other pieces',
      async run(trial) {
        const pages = [
          ['/', pageOf(trial)],
          ['/a.html', '<p>另一页</p>'],
        ] as const;
        const files = { 'index.html': pages[0][1], 'a.html': pages[1][1] };
        // A slow machine may take longer for all those pieces than a client has by default.
        const site = await openSite(trial, files, { args: ['--timeout', '100'] });
        for (const [at, cut] of [1, 2, 7, 19].entries()) {
          const wire = await openCutWire(trial, site.address, cut);
          const [target, page] = pages[at % 2] ?? pages[0];
          const text = get(target, 'User-Agent: 老王的浏览器', 'Connection: close');
          const client = await site.gives(text, page, { inPieces: cut }, wire);
          client.destroy();
        }
      },
    },
    {
      id: 'names',
      step: 3,
      points: 3,
      title: 'takes header names in capitals or not, and values with or without spaces around',
      async run(trial) {
        // Who is silent is closed as well, in the end: not while it is waited for here.
        const args = ['--timeout', '100'];
        const site = await openSite(trial, { 'index.html': pageOf(trial) }, { args });
        for (const [at, [host, close]] of [
          ['Host: a', 'Connection: close'],
          ['hOST: a', 'CONNECTION: close'],
          ['HOST:a', 'connection:close'],
          ['host: \t a:8000 ', 'Connection:   close  '],
          ['Host: a', 'Connection: Close'],
        ].entries()) {
          // The first is written as everybody does it: what is wrong with that one has another cause.
          const facts =
            at === 0 ? { closing: true } : at === 4 ? { closeInCapitals: true } : { spelled: true };
          const text = `GET / HTTP/1.1\r\n${host}\r\nX-Time: 12:30 老王\r\n${close}\r\nx:\r\n\r\n`;
          const { client } = await site.says([200], text, facts);
          await client.over(`after “${close}”`).catch(withFacts(facts));
        }
      },
    },
    {
      id: 'head-method',
      step: 3,
      points: 3,
      title: 'answers HEAD with the head of GET, and with no body',
      async run(trial) {
        const site = await openSite(trial, { 'index.html': pageOf(trial), 'a.css': 'p{}' });
        for (const [target, status] of [
          ['/', 200],
          ['/a.css', 200],
          ['/nothing', 404],
        ] as const) {
          const facts = { headMethod: true };
          const { response: full } = await site.says([status], get(target));
          const { client, response } = await site.says(
            [status],
            as('HEAD', get(target, 'Connection: close')),
            facts,
          );
          await expectNoMore(trial, client, facts);
          for (const name of ['content-type', 'content-length']) {
            trial.must(response.fields.get(name) === full.fields.get(name), {
              saw: `${name} is ${response.fields.get(name)} for HEAD, and ${full.fields.get(name)} for GET.`,
              expected: 'the same head for both: HEAD asks how the answer to GET would look.',
              facts: { otherHead: true },
            });
          }
        }
      },
    },
    {
      id: 'query',
      step: 3,
      points: 2,
      title: 'takes the path up to the question mark, and with or without http://host before it',
      async run(trial) {
        const page = pageOf(trial);
        const site = await openSite(trial, { 'index.html': page });
        for (const query of ['/?', '/?a=1&b=/../c?', '/index.html?%E8%80%81=%zz'])
          await site.gives(get(query), page, { query });
        for (const absolute of [
          'http://127.0.0.1/',
          'http://a.example:8000/index.html?b',
          'http://a?b',
        ])
          await site.gives(get(absolute), page, { absolute });
      },
    },
    {
      id: 'types',
      step: 4,
      points: 2,
      title: 'tells the type of each file by the end of its name',
      async run(trial) {
        const files = Object.fromEntries(TYPES.map(([name]) => [name, 'x']));
        const site = await openSite(trial, files);
        for (const [name, type, text = false] of TYPES) {
          const { response } = await site.says([200], get(encodeURI(`/${name}`)), { name });
          expectType(trial, response, `/${name}`, type, text);
        }
      },
    },
    {
      id: 'bytes',
      step: 4,
      points: 3,
      title: 'sends pictures and large files as they are, byte for byte',
      async run(trial) {
        const files = {
          'tea.png': PNG,
          'empty.txt': Buffer.alloc(0),
          'bytes.bin': trial.random.bytes(70_000),
          'large.bin': trial.random.bytes(MIB + 1),
        };
        const site = await openSite(trial, files);
        for (const [name, bytes] of Object.entries(files))
          await site.gives(get(`/${name}`), bytes, { file: name });
      },
    },
    {
      id: 'promised',
      step: 4,
      points: 2,
      title:
        'sends as many bytes of a large file as it has promised, also if the file grows meanwhile',
      async run(trial) {
        const site = await openSite(trial, { 'index.html': pageOf(trial) });
        const file = await trial.write('www/log.bin', '');
        // More than the kernel keeps for a client that does not read. A hole: it costs no disk.
        await truncate(file, 12 * MIB);
        const client = await trial.connect(site.address);
        await client.send(get('/log.bin', 'Connection: close'));
        await trial.happenings.until(
          () => client.received.length > 0 || client.ended || client.wasReset || undefined,
          () =>
            new Failure({ verdict: 'timed out', saw: 'no answer came.', expected: 'the file.' }),
        );
        client.pause();
        await appendFile(file, 'x'.repeat(1_000));
        client.resume();
        await client
          .over('after the file', { patience: 20_000 })
          .catch(withFacts({ closing: true }));
        const response = await hear(trial, client, '12 MiB');
        expectStatus(trial, response, [200], 'GET /log.bin');
        await expectNoMore(trial, client, { grown: true });
      },
    },
    {
      id: 'file-names',
      step: 4,
      points: 3,
      title: 'decodes a path once: Chinese names, spaces, and names with a % in them',
      async run(trial) {
        const names = [
          'A.html',
          '菜单.html',
          '日记/五月 1.html',
          'a+b.html',
          '100%.html',
          '%41.html',
        ];
        const pages = names.map((name) => [name, `<p>${name}</p>`] as const);
        const site = await openSite(trial, Object.fromEntries(pages));
        for (const [name, page] of pages) {
          const target = `/${name.split('/').map(encodeURIComponent).join('/')}`;
          const small = target.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
          for (const spelled of [target, small, target.replace('%2B', '+')])
            await site.gives(get(spelled), page, { name, plus: spelled.includes('+') });
        }
        const script = '<script>alert("老王")</script>';
        const { response } = await site.says([404], get(`/${encodeURIComponent(script)}`));
        trial.must(!response.body.includes('<script>'), {
          saw: 'a path with <script> in it came back as a part of the page.',
          expected: 'the path is left out, or its < is written as &lt;',
          facts: { inPage: true },
        });
      },
    },
    {
      id: 'directories',
      step: 4,
      points: 2,
      title: 'answers a directory with its index.html, or with 404',
      async run(trial) {
        const site = await openSite(trial, { 'menu/index.html': '<p>菜单</p>', 'empty/a': 'x' });
        await site.gives(get('/menu/'), '<p>菜单</p>');
        // A redirection to /menu/ would do as well.
        const { response } = await site.ask(get('/menu'));
        const withoutSlash = response.body.toString() === '<p>菜单</p>';
        expectStatus(trial, response, [404, 301, 308, 302, 307], 'GET /menu', { withoutSlash });
        for (const target of ['/empty/', '/', '/empty', '/menu/index.html/', '/empty/a/b'])
          await site.says([404], get(target), { missing: true });
      },
    },
    {
      id: 'outside',
      step: 4,
      points: 4,
      title: 'never sends a file from outside its directory, however the path is written',
      async run(trial) {
        const secret = `秘密 ${trial.random.int(100_000, 999_999)}`;
        const path = await trial.write('secret.txt', secret);
        await trial.write('www-secret/a.txt', secret);
        const site = await openSite(trial, { 'a..b.txt': '两点', 'sub/a.txt': '里面' });
        await site.gives(get('/sub/a.txt'), '里面');
        for (const [how, target] of [
          ['dots', '/../secret.txt'],
          ['dots', '/sub/../../secret.txt'],
          ['dots', `${'/..'.repeat(12)}${path}`],
          ['dots', 'http://127.0.0.1/../secret.txt'],
          ['dots', '/..\\secret.txt'],
          ['absolute', `/${path}`],
          ['absolute', `/%2f${path.slice(1)}`],
          ['encoded', '/%2e%2e/secret.txt'],
          ['encoded', '/..%2fsecret.txt'],
          ['encoded', '/sub/%2E%2E%2f%2e%2e%2Fsecret.txt'],
          ['encoded', '/..%5csecret.txt'],
          ['sibling', '/../www-secret/a.txt'],
          ['sibling', '/%2e%2e/www-secret/a.txt'],
          // What new URL() makes of a path leads nowhere out, but for this one: it decodes no slash.
          ['sibling', '/..%2fwww-secret/a.txt'],
          ['twice', '/%252e%252e/secret.txt'],
        ] as const) {
          const { response } = await site.ask(get(target), { how });
          trial.must(!response.body.includes(secret), {
            saw: `GET ${clean(target.replace(trial.directory, '…'), 60)} sent a file from outside the site.`,
            expected: '403 or 404, and never the file.',
            facts: { escaped: how },
          });
          expectStatus(trial, response, [403, 404, 400], `GET ${target}`, { how });
        }
        await site.gives(get('/a..b.txt'), '两点', { dotsInName: true });
      },
    },
    {
      id: 'links',
      step: 4,
      points: 2,
      title: 'does not follow a symbolic link out of its directory',
      async run(trial) {
        await trial.write('secret.txt', '秘密');
        await trial.write('www-secret/a.txt', '秘密');
        const site = await openSite(trial, { 'index.html': pageOf(trial) });
        await site.serves();
        await symlink('../secret.txt', join(trial.directory, 'www', 'link.txt'));
        await symlink('../www-secret', join(trial.directory, 'www', 'link'));
        for (const [target, how] of [
          ['/link.txt', 'link'],
          ['/link/a.txt', 'sibling'],
        ] as const) {
          const { response } = await site.ask(get(target));
          const escaped = response.body.includes('秘密') ? how : undefined;
          expectStatus(trial, response, [403, 404], `GET ${target}`, { escaped });
        }
      },
    },
    {
      id: 'not-files',
      step: 4,
      points: 2,
      title:
        'answers at once for what is no file, as a FIFO, and 403 for a file that may not be read',
      async run(trial) {
        const site = await openSite(
          trial,
          { 'index.html': pageOf(trial) },
          { through: await withoutPrivilege(trial) },
        );
        await site.serves();
        await chmod(await trial.write('www/locked.txt', '秘密'), 0o000);
        const { client, response } = await site.ask(get('/locked.txt'));
        // Serving many at once is for another check.
        client.destroy();
        // The kernel gives it to some users all the same: then there is nothing to be said.
        if (response.status !== 200)
          expectStatus(trial, response, [403], 'a file that may not be read', { locked: true });
        const fifo = join(trial.directory, 'www', 'pipe.txt');
        if (!(await execute('mkfifo', [fifo]))) return trial.skip('there is no mkfifo here');
        for (let times = 0; times < 5; times += 1)
          (await site.says([404, 403], get('/pipe.txt'), { fifo: true })).client.destroy();
        await site.serves({ fifo: true });
      },
    },
    {
      id: 'fresh',
      step: 4,
      points: 2,
      title: 'serves a file as it is now, at the latest one second after it has changed',
      async run(trial) {
        const site = await openSite(trial, { 'a.txt': '旧' });
        await site.gives(get('/a.txt'), '旧');
        await trial.write('www/a.txt', '新的');
        const began = performance.now();
        const now = async () => (await site.says([200], get('/a.txt'))).response.body.toString();
        while ((await now()) !== '新的') {
          trial.must(performance.now() - began < 4_000, {
            saw: 'four seconds after the file had changed, the old one was still served.',
            expected: 'what is kept in memory is looked at again after one second.',
            facts: { stale: true },
          });
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      },
    },
    {
      id: 'bad-line',
      step: 5,
      points: 3,
      title: 'answers 400 to what is no request line, and ends the connection',
      async run(trial) {
        const rest = '\r\nHost: a\r\n\r\n';
        const noText = trial.random.bytes(300).map((byte) => byte | 0x80);
        await expectRefusals(
          trial,
          [400],
          [
            ['GET alone', `GET${rest}`],
            ['a line without a version', `GET /${rest}`],
            ['http/1.1 in small letters', `GET / http/1.1${rest}`],
            ['two spaces', `GET  / HTTP/1.1${rest}`],
            ['four words', `GET / HTTP/1.1 please${rest}`],
            ['a version with one number', `GET / HTTP/1${rest}`],
            ['a greeting', `你好，老王${rest}`],
            ['bytes that are no text', Buffer.concat([noText, Buffer.from(rest)])],
          ],
        );
      },
    },
    {
      id: 'bad-fields',
      step: 5,
      points: 3,
      title: 'answers 400 to a wrong line in the head, and to other than one Host',
      async run(trial) {
        const head = (...lines: string[]) => ['GET / HTTP/1.1', ...lines, '', ''].join('\r\n');
        await expectRefusals(
          trial,
          [400],
          [
            ['a line without a colon', head('Host: a', 'no colon here')],
            ['a word without a colon', head('Host: a', 'nocolon')],
            ['a space before the colon', head('Host: a', 'Accept : */*')],
            ['a line without a name', head('Host: a', ': b')],
            ['no Host', head('Accept: */*')],
            ['two Hosts', head('Host: a', 'Host: b')],
            ['Content-Length: ten', head('Host: a', 'Content-Length: ten')],
            ['Content-Length: -1', head('Host: a', 'Content-Length: -1')],
            ['Content-Length: 0x5', `${head('Host: a', 'Content-Length: 0x5')}hello`],
            ['Content-Length: 1.5', head('Host: a', 'Content-Length: 1.5')],
            ['two lengths', head('Host: a', 'Content-Length: 1', 'Content-Length: 2')],
          ],
        );
      },
    },
    {
      id: 'bad-path',
      step: 5,
      points: 2,
      title: 'answers 400 to a path that cannot be decoded, and lives on',
      async run(trial) {
        const escapes = [
          '/%zz',
          '/%',
          '/a%2',
          '/%E4%BD',
          '/%ff.html',
          '/%00',
          '/index.html%00.png',
        ];
        const paths = [...escapes, 'index.html', '*'];
        const cases = paths.map((path) => [`GET ${path}`, get(path, 'Connection: close')] as const);
        await expectRefusals(trial, [400], cases);
      },
    },
    {
      id: 'versions',
      step: 5,
      points: 2,
      title: 'answers 505 to other versions, and speaks HTTP/1.0 with who wants it',
      async run(trial) {
        await expectRefusals(
          trial,
          [505],
          [
            ['HTTP/9.9', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n'],
            ['HTTP/2.0', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n'],
          ],
        );
        const page = pageOf(trial);
        const site = await openSite(trial, { 'index.html': page });
        const client = await site.gives('GET / HTTP/1.0\r\n\r\n', page, { noHost: true });
        await client.over('after the answer to HTTP/1.0').catch(withFacts({ closing: true }));
      },
    },
    {
      id: 'methods',
      step: 5,
      points: 2,
      title: 'answers 405 to every other method, and names those that it has',
      async run(trial) {
        const site = await openSite(trial, { 'index.html': pageOf(trial) });
        for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'BREW', 'get']) {
          const text = as(method, get('/', 'Content-Length: 0'));
          const { response } = await site.says([405], text, { method });
          const allow = response.fields.get('allow') ?? '';
          trial.must(
            allow
              .split(/\s*,\s*/)
              .sort()
              .join() === 'GET,HEAD',
            {
              saw:
                allow === '' ? 'the 405 has no Allow.' : `the 405 says Allow: ${clean(allow, 60)}`,
              expected: 'Allow: GET, HEAD',
              facts: { noAllow: true },
            },
          );
        }
      },
    },
    {
      id: 'limits',
      step: 5,
      points: 3,
      title: 'serves lines of 8,192 and heads of 16,384 bytes; longer ones get 414 and 431',
      async run(trial) {
        const page = pageOf(trial);
        const site = await openSite(trial, { 'index.html': page });
        const line = `/?${'a'.repeat(8_192 - 'GET /? HTTP/1.1'.length)}`;
        const atLimit = { atLimit: true };
        await site.gives(get(line), page, atLimit);
        const wire = await openCutWire(trial, site.address, 8_193);
        await site.gives(get(line), page, atLimit, wire);
        await site.gives(
          get('/', `X: ${'b'.repeat(16_384 - get('/', 'X: ').length)}`),
          page,
          atLimit,
        );
        const many = Array.from({ length: 20 }, (_, at) => `X-${at}: ${'b'.repeat(992)}`);
        const tooLong = { tooLong: true };
        await expectRefusals(
          trial,
          [414],
          [
            ['a request line of 8,193 bytes', get(`${line}a`)],
            ['64 KiB without a line end', `GET /${'a'.repeat(64 * KIB)}`],
          ],
          tooLong,
        );
        await expectRefusals(
          trial,
          [431],
          [
            ['a head of 20,000 bytes', get('/', ...many)],
            ['a line of 64 KiB in the head', get('/', `X: ${'b'.repeat(64 * KIB)}`)],
          ],
          tooLong,
        );
      },
    },
    {
      id: 'framing',
      step: 5,
      points: 2,
      title: 'refuses a body whose end it cannot tell (411, 400), or that is too large (413)',
      async run(trial) {
        const chunked = 'Transfer-Encoding: chunked';
        const post = (...lines: string[]) => as('POST', get('/', ...lines));
        const both = `${post('Content-Length: 5', chunked)}0\r\n\r\n`;
        const facts = { framing: true };
        // 501, not implemented, would be true as well.
        await expectRefusals(trial, [411, 501], [['chunks', `${post(chunked)}0\r\n\r\n`]], facts);
        await expectRefusals(trial, [400], [['two kinds of length', both]], facts);
        const large = post(`Content-Length: ${MIB + 1}`);
        await expectRefusals(trial, [413], [['a body of 1 MiB and a byte', large]], facts);
      },
    },
    {
      id: 'answer-arrives',
      step: 5,
      points: 2,
      title: 'lets its refusal arrive also while the client is still sending',
      async run(trial) {
        const site = await openSite(trial, { 'index.html': pageOf(trial) });
        await site.serves();
        const client = await trial.connect(site.address);
        await client.send(as('POST', get('/', `Content-Length: ${8 * MIB}`)));
        const response = await hear(trial, client, '413, too large', { stillSending: true });
        expectStatus(trial, response, [413], 'a body of 8 MiB');
        // More than the kernel takes on credit: a connection that was reset is noticed.
        for (let sent = 0; sent < 8; sent += 1) await client.send(Buffer.alloc(MIB, 'x'));
        await new Promise((resolve) => setImmediate(resolve));
        client.end();
        await client
          .receiveToEnd('a FIN behind the answer, and no RST')
          .catch(withFacts({ stillSending: true }));
        await expectLetGo(trial, site);
        await site.serves();
      },
    },
    {
      id: 'keep-alive',
      step: 6,
      points: 3,
      title: 'answers one request after the other on the same connection, whatever they are',
      async run(trial) {
        const site = await openSite(trial, { 'index.html': pageOf(trial) });
        const client = await trial.connect(site.address);
        for (const [at, [text, status, method = 'GET']] of (
          [
            [get('/'), 200],
            [get('/nothing'), 404],
            [as('HEAD', get('/')), 200, 'HEAD'],
            [as('DELETE', get('/')), 405],
            [`\r\n${get('/')}`, 200],
            [get('/', 'Connection: keep-alive', 'User-Agent: 老王的浏览器'), 200],
            [get('/'), 200],
          ] as const
        ).entries()) {
          await client.send(text);
          const what = `an answer to ${nameOf(text)}, on the same connection`;
          const facts = {
            again: at > 0,
            emptyLine: text.startsWith('\r\n'),
            afterChinese: at === 6,
          };
          const response = await hear(trial, client, what, facts, { method });
          expectStatus(trial, response, [status], nameOf(text), facts);
        }
        client.destroy();
        const other = await trial.connect(site.address);
        await other.send('\r');
        await trial.happenings.rest(); // it has read the CR, and does what it does with that
        await other.send(`\n${get('/')}`);
        const cutLine = { cutLine: true };
        const what = 'CR, a while later LF and GET /';
        const response = await hear(trial, other, `an answer to ${what}`, cutLine);
        expectStatus(trial, response, [200], what, cutLine);
      },
    },
    {
      id: 'pipelining',
      step: 6,
      points: 3,
      title: 'answers requests that come in one piece, each of them, in their order',
      async run(trial) {
        const large = trial.random.bytes(300 * KIB);
        const files = { 'index.html': '<p>一', 'b.html': '<p>二', 'large.bin': large };
        const site = await openSite(trial, files);
        const asked = [
          ['/large.bin', 200, large],
          ['/b.html', 200, '<p>二'],
          ['/nothing', 404],
          ['/', 200, '<p>一'],
          ['/large.bin', 200, large],
          ['/', 200, '<p>一'],
        ] as const;
        // So that no piece ends within an empty line: that is another check.
        const wire = await openCutWire(trial, site.address, 50);
        const text = asked.map(([target]) => get(target)).join('');
        for (const cut of [false, true]) {
          const client = await trial.connect(cut ? wire.address : site.address);
          await (cut ? wire.send(client, text) : client.send(text));
          for (const [at, [target, status, body]] of asked.entries()) {
            const what = `answer ${at + 1} of ${asked.length}, to GET ${target}`;
            const response = await hear(trial, client, what, { pipelined: at + 1 });
            const isFor = ([, status, body]: (typeof asked)[number]) =>
              status === response.status && (!body || Buffer.from(body).equals(response.body));
            const facts = {
              pipelined: at + 1,
              tooEarly: asked.slice(at + 1).some(isFor),
              repeated: asked.slice(at - 1, at).some(isFor),
            };
            expectStatus(trial, response, [status], what, facts);
            if (body) trial.sameBytes(response.body, Buffer.from(body), what, facts);
          }
        }
      },
    },
    {
      id: 'close',
      step: 6,
      points: 2,
      title: 'ends the connection when the client wants it, and says so in the head',
      async run(trial) {
        const large = trial.random.bytes(5 * MIB);
        const site = await openSite(trial, { 'index.html': pageOf(trial), 'large.bin': large });
        const facts = { closing: true };
        for (const line of ['Connection: close', 'Connection: x, close', 'Connection: close , x']) {
          const { client, response } = await site.says([200], get('/', line) + get('/'));
          trial.must(/\bclose\b/i.test(response.fields.get('connection') ?? ''), {
            saw: `the answer to “${line}” does not say Connection: close.`,
            expected: 'Connection: close, so that the client knows that no more answers come.',
            facts: { closeNotSaid: true },
          });
          await expectNoMore(trial, client, facts);
          await client.over(`after “${line}”`).catch(withFacts(facts));
        }
        // A client may say that it sends no more, and still wait for its answers: nc does.
        const client = await trial.connect(site.address);
        const halfClosed = { halfClosed: true };
        for (const again of [false, true]) {
          await client.send(get('/'));
          await hear(trial, client, 'an answer, on the same connection', { again });
        }
        await client.send(get('/large.bin'));
        const before = client.received.length;
        await trial.happenings.until(
          () => client.received.length > before || client.ended || client.wasReset || undefined,
          () =>
            new Failure({ verdict: 'timed out', saw: 'no answer came.', expected: 'the file.' }),
        );
        client.pause();
        await client.send(get('/'));
        client.end();
        client.resume();
        const response = await hear(trial, client, '5 MiB, after a FIN', halfClosed);
        trial.sameBytes(response.body, large, 'the file', halfClosed);
        await hear(trial, client, 'the answer to what was sent before the FIN', halfClosed);
        await client.over('after the client has ended its side').catch(withFacts(facts));
      },
    },
    {
      id: 'body',
      step: 6,
      points: 2,
      title: 'reads the body of a request away, and does not take it for the next request',
      async run(trial) {
        const page = pageOf(trial);
        const site = await openSite(trial, { 'index.html': page, 'a.html': '<p>不要' });
        for (const body of [get('/a.html'), '老王'.repeat(20), 'x'.repeat(MIB)]) {
          const client = await trial.connect(site.address);
          const head = as('POST', get('/', `content-length: ${Buffer.byteLength(body)}`));
          await client.send(head + body + get('/', 'Connection: close'));
          const atLimit = { atLimit: body.length === MIB };
          const first = await hear(trial, client, 'an answer to POST /', atLimit);
          expectStatus(trial, first, [405], 'POST /', atLimit);
          const facts = { behindBody: true, again: true };
          const next = await hear(trial, client, 'an answer to the request behind it', facts);
          expectStatus(trial, next, [200], 'the request behind the body', facts);
          trial.sameBytes(next.body, Buffer.from(page), 'the page', facts);
          await expectNoMore(trial, client, facts);
        }
      },
    },
    {
      id: 'at-once',
      step: 6,
      points: 2,
      title: 'serves everybody while others are silent, or have said half of a request',
      async run(trial) {
        const site = await openSite(trial, { 'index.html': pageOf(trial) });
        await site.serves();
        for (let count = 0; count < 10; count += 1) {
          await trial.connect(site.address);
          await (await trial.connect(site.address)).send('GET / HTT');
        }
        await site.serves({ others: true });
      },
    },
    {
      id: 'timeouts',
      step: 6,
      points: 2,
      title: 'closes a silent connection without a word, and answers 408 to half a request',
      async run(trial) {
        const args = ['--timeout', '0.5'];
        const site = await openSite(trial, { 'index.html': pageOf(trial) }, { args });
        await site.serves();
        const silent = await trial.connect(site.address);
        const served = (await site.says([200], get('/'))).client;
        const body = `${as('POST', get('/', 'Content-Length: 10'))}abc`;
        for (const [half, more] of [
          ['GET / HT', true],
          [body, true],
          // In one piece: now the limit on silence passes in the same moment, and must not come first.
          ['GET / HT', false],
        ] as const) {
          const client = await trial.connect(site.address);
          await client.send(half);
          // One byte more, in the middle: so the deadline passes for certain before the limit on silence does.
          if (more) setTimeout(() => void client.send('c'), 250);
          const facts = { late: 'half' };
          const what = '408 half a second after half a request';
          const response = await hear(trial, client, what, facts, { mayRest: true });
          expectStatus(trial, response, [408], 'half a request', facts);
          await client.over('after 408').catch(withFacts({ closing: true }));
        }
        for (const client of [silent, served]) {
          const facts = { late: 'silent' };
          await client.over('after a silence', { mayRest: true }).catch(withFacts(facts));
          await expectNoMore(trial, client, facts);
        }
      },
    },
    {
      id: 'trickle',
      step: 6,
      points: 2,
      title: 'gives a request one deadline, not a new one for each byte',
      async run(trial) {
        const args = ['--timeout', '0.6'];
        const site = await openSite(trial, { 'index.html': pageOf(trial) }, { args });
        await site.serves();
        const client = await trial.connect(site.address);
        await client.send('GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ');
        const drops = setInterval(() => void client.send('x'), 100);
        try {
          const facts = { late: 'trickle' };
          const what = '408, although a byte comes every 0.1 s';
          const response = await hear(trial, client, what, facts, { mayRest: true });
          expectStatus(trial, response, [408], 'a request without an end', facts);
        } finally {
          clearInterval(drops);
        }
      },
    },
    {
      id: 'slow-reader',
      step: 6,
      points: 2,
      timeLimit: 60_000,
      title: 'keeps its memory small while a client does not read, and gives it up in the end',
      async run(trial) {
        const args = ['--timeout', '2'];
        const site = await openSite(trial, { 'index.html': pageOf(trial) }, { args });
        const alone = await openSockets(site.server);
        // Files with a hole in them: they cost no disk. Small ones may be kept in memory, so there are many, asked for in turn.
        const pages = Array.from({ length: 200 }, (_, at) => `page-${at}.bin`);
        const sizes = [
          ['huge.bin', 96 * MIB] as const,
          ...pages.map((name) => [name, 65_000] as const),
        ];
        for (const [name, size] of sizes) {
          const path = await trial.write(`www/${name}`, '');
          await truncate(path, size);
        }
        await site.serves();
        const before = site.server.memory();
        if (!before) return trial.skip('there is no /proc here');
        const grown = () => Math.round(((site.server.memory()?.peak ?? 0) - before.now) / MIB);
        for (const [what, most, text, facts] of [
          ['a file of 96 MiB', 48, get('/huge.bin'), { wholeFile: true }],
          [
            '3,000 requests at once',
            64,
            pages
              .map((name) => get(`/${name}`))
              .join('')
              .repeat(15),
            { unread: true },
          ],
        ] as const) {
          const small = () =>
            trial.must(grown() < most, {
              saw: `the memory of the server grew by ${grown()} MiB for ${what}: the client read nothing.`,
              expected: 'it reads and answers no faster than the client takes it.',
              facts,
            });
          const client = await trial.connect(site.address);
          void client.send(text);
          await client
            .receive(1, `the beginning of an answer to ${what}`)
            .catch((error: unknown) => {
              small(); // it may be late because of what it keeps
              throw error;
            });
          client.pause();
          let sockets = alone + 1;
          const watch = setInterval(() => {
            void openSockets(site.server).then((count) => (sockets = count));
            trial.happenings.happened();
          }, 100);
          const stuck = () =>
            new Failure({
              saw: 'a client that took nothing for several seconds still has its connection.',
              expected: 'with --timeout 2 it is given up after two seconds without any progress.',
              facts: { stuck: true },
            });
          const gone = () => {
            small();
            return sockets <= alone || undefined;
          };
          try {
            await trial.happenings.until(gone, stuck, { mayRest: true, patience: 12_000 });
          } finally {
            clearInterval(watch);
          }
          small();
          client.destroy();
        }
        await site.serves();
      },
    },
    {
      id: 'gone',
      step: 6,
      points: 1,
      title: 'goes on, and prints nothing, when a client breaks off in the middle',
      async run(trial) {
        const large = Buffer.alloc(8 * MIB);
        const site = await openSite(trial, { 'index.html': pageOf(trial), 'large.bin': large });
        await site.serves();
        for (const text of ['', 'GET / HT', get('/large.bin'), get('/large.bin').repeat(3)]) {
          const client = await trial.connect(site.address);
          await client.send(text);
          if (text.includes('large')) await client.receive(100_000, 'the beginning of 8 MiB');
          client.reset();
          await site.serves();
        }
        trial.must(site.server.stderr.text === '', {
          saw: `the server printed: ${clean(site.server.stderr.lines[0] ?? '', 80)}`,
          expected: 'nothing: clients come and go.',
        });
      },
    },
    {
      id: 'ends-well',
      step: 6,
      points: 1,
      title: 'ends with status 0 on Ctrl+C and on SIGTERM, also while clients are connected',
      async run(trial) {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) {
          const large = Buffer.alloc(8 * MIB);
          const site = await openSite(trial, { 'index.html': pageOf(trial), 'large.bin': large });
          const { client } = await site.says([200], get('/'));
          const reader = await trial.connect(site.address);
          await reader.send(get('/large.bin'));
          await reader.receive(1, 'the beginning of 8 MiB');
          reader.pause();
          await site.serves();
          await client.send('GET / HT');
          site.server.signal(signal);
          // A crowded machine takes its time; one that waits for a timer is noticed at once.
          const patience = 10_000;
          const exit = await site.server.ended(`after ${signal}, with clients connected`, {
            patience,
          });
          trial.must(exit.code === 0, {
            saw: `after ${signal} the server ended with ${exit.signal ?? `status ${exit.code}`}.`,
            expected: 'status 0.',
          });
        }
      },
    },
    {
      id: 'browser',
      step: 6,
      points: 4,
      timeLimit: 120_000,
      title:
        'serves real clients: curl over one connection, and a browser, with style, picture and link',
      async run(trial) {
        const icon = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';
        const style = '<link rel="stylesheet" href="style.css">';
        const site = await openSite(trial, {
          'index.html': `${icon}${style}<h1>你好，世界</h1><img src="/图/茶.png"><a href="sub/">菜单</a>`,
          'sub/index.html': `${icon}<h1>菜单</h1>`,
          'style.css': 'h1 { color: rgb(1, 2, 3) }',
          '图/茶.png': PNG,
          'a.txt': '你好',
          '菜单.txt': '绿茶',
        });
        await site.serves();
        const format = ' %{http_code} %{num_connects}\n';
        const urls = ['a.txt', encodeURI('菜单.txt')].map((name) => site.url + name);
        const curl = execute('curl', ['-sS', '-m', '20', '-w', format, ...urls]);
        const { value: said } = await outcome(trial, site, curl, 'curl has both files');
        // Undefined: there is no curl here.
        trial.must(said === undefined || said === '你好 200 1\n绿茶 200 0\n', {
          saw: `curl says: ${clean(said ?? '', 120)}`,
          expected: 'two files with status 200; the second one without a new connection.',
          facts: { curl: said },
        });
        const page = await openPage(trial);
        const seen: string[] = [];
        page.on('console', (message) => message.type() === 'error' && seen.push(message.text()));
        page.on('requestfailed', (request) => seen.push(`${request.url()} failed`));
        const look = async () => {
          await page.goto(site.url, { timeout: 20_000 });
          for (const what of ['textContent', 'computedStyleMap().get("color")'])
            seen.push(String(await page.evaluate(`\`\${document.querySelector("h1").${what}}\``)));
          seen.push(String(await page.evaluate('document.querySelector("img").naturalWidth')));
          await page.click('a', { timeout: 10_000 });
          seen.push((await page.textContent('h1', { timeout: 10_000 })) ?? '');
        };
        const { error } = await outcome(trial, site, look(), 'the browser shows the page');
        if (error) seen.push(error.message.split('\n')[0] ?? '');
        trial.must(seen.join('; ') === '你好，世界; rgb(1, 2, 3); 3; 菜单', {
          saw: `the browser shows: ${clean(seen.join('; '), 160)}`,
          expected: '你好，世界; rgb(1, 2, 3); 3 (the width of the picture); 菜单; and no error.',
          facts: { inBrowser: true, browserSaw: seen.join('; ') },
        });
      },
    },
  ],
  diagnoses: [
    {
      id: 'bare-lf',
      when: ({ bareLf }) => bareLf === true,
      cause: () =>
        'the lines of the head end as in a text file. HTTP wants CR LF, "\\r\\n", at the end of each. Some clients forgive it, fetch does not.',
      step: 1,
      hint: 2,
    },
    {
      id: 'no-blank-line',
      when: ({ noBlankLine }) => noBlankLine === true,
      cause: () =>
        'the page follows the last line of the head at once. An empty line must be between them.',
      step: 1,
      hint: 2,
    },
    {
      id: 'empty-line-twice',
      when: ({ emptyLineTwice, headMethod, more, sent, got }) =>
        emptyLineTwice === true ||
        (headMethod === true && more === '\r\n') ||
        (sent !== undefined && got !== undefined && isBehindLineEnd(got, sent)),
      cause: () =>
        'two empty lines stand behind the head. The first one ends it, and the second one counts as the beginning of the page, whose end is then missing. A line that is left out of the head must leave nothing behind.',
      step: 1,
      hint: 3,
    },
    {
      id: 'no-status-line',
      when: ({ badStart, again, pipelined }) =>
        badStart !== undefined && again !== true && !(Number(pipelined) > 1),
      cause: () =>
        'an answer begins with its status line: HTTP/1.1, a status, and words that nobody reads. Everything else comes behind it.',
      step: 1,
      hint: 2,
    },
    {
      id: 'no-length',
      when: ({ noLength }) => noLength === true,
      cause: () => 'without Content-Length a client waits for more until the connection ends.',
      step: 1,
      hint: 2,
    },
    {
      id: 'counts-characters',
      when: ({ inCharacters }) => inCharacters === true,
      cause: () =>
        'the length counts characters. A Chinese character is one of them, and three bytes: the end of the page is missing. Buffer.byteLength counts bytes.',
      step: 1,
      hint: 3,
    },
    {
      id: 'error-not-told',
      when: ({ atStart, crash }) => atStart === true && crash !== undefined,
      cause: () =>
        'a server tells by its event error that it cannot listen. Nobody listens for that, so the program ends with many lines for whoever wrote it.',
      step: 1,
      hint: 3,
    },
    {
      id: 'three-bytes-each',
      when: ({ threeBytesEach }) => threeBytesEach === true,
      cause: () =>
        'the length counts three bytes for each character that is not ASCII. Most Chinese characters have three; é has two, and 😀 four. Buffer.byteLength counts them as they are.',
      step: 1,
      hint: 3,
    },
    {
      id: 'silence-answered',
      when: ({ late, more }) =>
        late === 'silent' && typeof more === 'string' && more.startsWith('HTTP/1.1 408'),
      cause: () =>
        'a client that has said nothing has asked for nothing: its connection is closed without a word. The deadline of a request begins with its first byte, and not before.',
      step: 6,
      hint: 3,
    },
    {
      id: 'two-answers',
      when: ({ more, closing, repeated }) =>
        (typeof more === 'string' && more.startsWith('HTTP/') && closing !== true) ||
        repeated === true,
      cause: () =>
        'the code goes on behind the first answer, and sends a second one. The client takes that for the answer to its next request.',
      step: 2,
      hint: 3,
    },
    {
      id: 'head-with-body',
      when: ({ headMethod, more }) => headMethod === true && more !== undefined,
      cause: () =>
        'HEAD was answered with the page as well. The client takes it for the beginning of the next answer.',
      step: 3,
      hint: 3,
    },
    {
      id: 'end-is-inclusive',
      when: ({ grown, more }) => grown === true && more === 'x',
      cause: () =>
        'one byte more was sent than promised, and the file has grown meanwhile. `end` of createReadStream is the place of the last byte, and not the one behind it: length - 1.',
      step: 4,
      hint: 3,
    },
    {
      id: 'file-grew',
      when: ({ grown, more }) => grown === true && String(more).includes('x'),
      cause: () =>
        'the file was longer when it was read than when its length was told. What is over goes into the next answer. Read as many bytes as were promised: see `end` of createReadStream.',
      step: 4,
      hint: 3,
    },
    {
      id: 'rest-of-another',
      when: ({ badStart, more, headMethod }) =>
        badStart !== undefined ||
        (typeof more === 'string' && !more.startsWith('HTTP/') && headMethod !== true),
      cause: () =>
        'an answer was longer or shorter than a client must take it to be: as long as its Content-Length says, and without a page for HEAD. So a piece of an answer stands where none may be.',
      step: 1,
      hint: 3,
    },
    {
      id: 'length-too-long',
      when: ({ half }) => half === 'body',
      cause: () =>
        'Content-Length promises more bytes than come. The client waits for them, until it gives up.',
      step: 1,
      hint: 3,
    },
    {
      id: 'type-with-a-dot',
      when: ({ contentType }) => typeof contentType === 'string' && /^\w+\./.test(contentType),
      cause: () =>
        'between the two words of a type is a slash: text/html. A browser saves what it does not know.',
      step: 1,
      hint: 3,
    },
    {
      id: 'no-charset',
      when: ({ rightType }) => rightType === true,
      cause: () =>
        'without charset=utf-8 the client guesses how the bytes become characters. With Chinese it often guesses wrong.',
      step: 1,
      hint: 3,
    },
    {
      id: 'no-date',
      when: ({ noDate }) => noDate === true,
      cause: () =>
        'Date has one form in HTTP, in English and in GMT. toUTCString() writes it, toString() and toISOString() do not.',
      step: 1,
      hint: 3,
    },
    {
      id: 'end-in-capitals',
      when: ({ typeOf, rightType }) => rightType === false && String(typeOf).endsWith('HTML'),
      cause: () =>
        'the end of a name may be written in capitals: .HTML is .html. toLowerCase() before you look for its type.',
      step: 4,
      hint: 3,
    },
    {
      id: 'type-not-known',
      when: ({ check, rightType }) => check === 'types' && rightType === false,
      cause: () =>
        'TYPES in site.ts has no such line, or the end of the name was found in another way. It is what follows the last dot.',
      step: 4,
      hint: 3,
    },
    {
      id: 'always-200',
      when: ({ missing, refusal, served, elsewhere, status }) =>
        status === 200 &&
        ((missing === true && elsewhere !== true) || (refusal === true && served === false)),
      cause: () =>
        'every path is answered with index.html, or the status stays 200 although the page says that something is wrong. A person reads the page; a program, a cache and a search engine read the status.',
      step: 2,
      hint: 3,
    },
    {
      id: 'path-elsewhere',
      when: ({ elsewhere, status }) => elsewhere === true && status === 200,
      cause: () =>
        'the path was found in another line of the head. It stands in the first line, between the method and the version; Referer names the page that led here.',
      step: 2,
      hint: 3,
    },
    {
      id: 'no-page',
      when: ({ noPage }) => noPage === true,
      cause: () =>
        'the answer has a status and no page. A browser shows nothing then: errorAnswer() has a page for it.',
      step: 2,
      hint: 3,
    },
    {
      id: 'head-of-its-own',
      when: ({ otherHead }) => otherHead === true,
      cause: () =>
        'HEAD asks how long the page is, among other things. Content-Length says so, although no page follows: the head is that of GET, whole.',
      step: 3,
      hint: 3,
    },
    {
      id: 'each-piece-alone',
      when: ({ inPieces, silent }) => inPieces !== undefined && silent === true,
      cause: () =>
        'the end of the head is looked for in each piece by itself. It can be cut in two: look at all that has come.',
      step: 3,
      hint: 2,
    },
    {
      id: 'first-piece',
      when: ({ inPieces, status }) =>
        inPieces !== undefined && status !== undefined && status !== 408,
      cause: () =>
        'the first piece is taken for the whole request. One data event is what happened to be there: go on until the empty line.',
      step: 3,
      hint: 2,
    },
    {
      id: 'needs-a-host',
      when: ({ noHost, status }) => noHost === true && status !== undefined,
      cause: () => 'only HTTP/1.1 must have a Host. HTTP/1.0 is older than that line.',
      step: 5,
      hint: 3,
    },
    {
      id: 'names-as-written',
      when: ({ check, spelled, status, stillOpen }) =>
        (spelled === true && (status !== undefined || stillOpen === true)) ||
        (check === 'fetch' && status === 400),
      cause: () =>
        'names in the head are compared as they are written: hOST is Host, and fetch writes host. Or the value is not what stands between the spaces behind the colon: there may be none, or several.',
      step: 3,
      hint: 3,
    },
    {
      id: 'close-in-capitals',
      when: ({ closeInCapitals, stillOpen }) => closeInCapitals === true && stillOpen === true,
      cause: () =>
        'Close was not taken for close. The words of Connection may be written in capitals or not, as the names of the head may: compare them in lower case.',
      step: 6,
      hint: 3,
    },
    {
      id: 'query-in-path',
      when: ({ query, status }) => query !== undefined && status !== undefined,
      cause: () =>
        'the ? and what follows was taken as part of the name of a file. The path ends before it.',
      step: 3,
      hint: 3,
    },
    {
      id: 'host-in-path',
      when: ({ absolute, status }) => absolute !== undefined && status !== undefined,
      cause: () =>
        'a target may be a whole URL, as a proxy gets it. Its path begins behind the host.',
      step: 3,
      hint: 3,
    },
    {
      id: 'empty-is-missing',
      when: ({ file, status }) => file === 'empty.txt' && status === 404,
      cause: () =>
        'a file with nothing in it is still a file: 200, and Content-Length: 0. In JavaScript 0 and an empty text count as false.',
      step: 4,
      hint: 3,
    },
    {
      id: 'text-not-bytes',
      when: ({ file, sent, got }) =>
        file !== undefined &&
        got?.includes('\uFFFD') === true &&
        sent?.includes('\uFFFD') === false,
      cause: () =>
        'the file was read as text. EF BF BD is the sign for what is no text. A picture is bytes: read it without an encoding.',
      step: 4,
      hint: 2,
    },
    {
      id: 'path-in-page',
      when: ({ inPage }) => inPage === true,
      cause: () =>
        'what a client sends was written into the page as it is. A link with a script in its path would run in the browser of whoever follows it.',
      step: 4,
      hint: 2,
    },
    {
      id: 'decodes-uri',
      when: ({ name, plus, status }) =>
        name === 'a+b.html' && plus === false && status !== undefined,
      cause: () =>
        'decodeURI leaves %2B, %2F, %3F and some others as they are. decodeURIComponent decodes them all.',
      step: 4,
      hint: 3,
    },
    {
      id: 'decodes-twice',
      when: ({ name, escaped }) =>
        name === '100%.html' || name === '%41.html' || escaped === 'twice',
      cause: () =>
        'the path was decoded twice: %2541 is %41 after the first time, and that is the name. Only once.',
      step: 4,
      hint: 3,
    },
    {
      id: 'plus-is-a-space',
      when: ({ name }) => name === 'a+b.html',
      cause: () => 'in a path a + is a plus. It stands for a space in forms and queries only.',
      step: 4,
      hint: 3,
    },
    {
      id: 'not-decoded',
      when: ({ name, status }) =>
        /[^!-~]/.test(String(name ?? '')) && status !== 200 && status !== undefined,
      cause: () =>
        'a path comes percent-encoded, as ASCII: %E8%8F%9C is one Chinese character. Decode it before you look for the file.',
      step: 4,
      hint: 3,
    },
    {
      id: 'refuses-dots',
      when: ({ dotsInName, status }) => dotsInName === true && status !== undefined,
      cause: () =>
        'two dots within a name lead nowhere: a..b.txt is a file like others. Look where the path leads, not which characters it has.',
      step: 4,
      hint: 2,
    },
    {
      id: 'trusts-the-path',
      when: ({ escaped }) => escaped === 'dots' || escaped === 'absolute',
      cause: () =>
        'the path is joined to the root as it comes. A browser removes the .. before it sends; others do not. Look where the file really is.',
      step: 4,
      hint: 2,
    },
    {
      id: 'checks-before-decoding',
      when: ({ escaped }) => escaped === 'encoded',
      cause: () =>
        '%2e%2e%2f is ../ as soon as it is decoded. First decode, then look where it leads.',
      step: 4,
      hint: 2,
    },
    {
      id: 'prefix-of-sibling',
      when: ({ escaped }) => escaped === 'sibling',
      cause: () =>
        '/srv/www-secret begins with /srv/www, too. What is below a directory begins with its path and a separator.',
      step: 4,
      hint: 3,
    },
    {
      id: 'follows-links',
      when: ({ escaped }) => escaped === 'link',
      cause: () =>
        'the path stays below the root, and the link that it names leads out. realpath() tells where a file really is.',
      step: 4,
      hint: 2,
    },
    {
      id: 'directory-without-slash',
      when: ({ withoutSlash }) => withoutSlash === true,
      cause: () =>
        '/menu was answered with the page of /menu/. The browser does not know that it is in a directory now: a link to tea.html leads to /tea.html, and not to /menu/tea.html.',
      step: 4,
      hint: 2,
    },
    {
      id: 'locked-is-missing',
      when: ({ locked, status }) => locked === true && status === 404,
      cause: () =>
        'the file is there, and the kernel does not let the server read it: EACCES, 403. 404 is for the codes of NOT_THERE, and other errors are not to be caught with them.',
      step: 4,
      hint: 3,
    },
    {
      id: 'opens-fifo',
      when: ({ fifo, half, silent }) => fifo === true && half === 'nothing' && silent === true,
      cause: () =>
        'to open a FIFO waits for somebody who writes into it. Open with O_NONBLOCK, or look at the file first, and serve regular files only.',
      step: 4,
      hint: 3,
    },
    {
      id: 'keeps-for-ever',
      when: ({ stale }) => stale === true,
      cause: () => 'what was read once is served for ever. Forget it after a second.',
      step: 4,
      hint: 3,
    },
    {
      id: 'return-without-await',
      when: ({ crash }) => crash?.message.includes('no regular file') === true,
      cause: () =>
        'readOpen() has said that this is no regular file, and nobody caught it. A promise that is returned as it is fails outside of the try that it stands in: return await.',
      step: 2,
      hint: 3,
    },
    {
      id: 'bad-escape-crash',
      when: ({ crash }) => /^(URIError|UnicodeDecodeError)/.test(crash?.message ?? ''),
      cause: () =>
        'decodeURIComponent throws a URIError for what it cannot decode. Nobody caught it, so one bad path ended the server for all.',
      step: 4,
      hint: 3,
    },
    {
      id: 'body-measured-as-head',
      when: ({ check, status }) => check === 'body' && status === 431,
      cause: () =>
        'the head of this request is short. What was measured is all that has come, with the body behind it. The head ends with its empty line: measure up to there.',
      step: 5,
      hint: 3,
    },
    {
      id: 'nul-in-path',
      when: ({ check, asked, status, crash }) =>
        (check === 'bad-path' && String(asked).includes('%00') && status !== undefined) ||
        crash?.message.includes('without null bytes') === true,
      cause: () =>
        '%00 is a NUL when it is decoded. For the kernel a name ends there, so no file can have it in its name: this is no path, and 400.',
      step: 4,
      hint: 3,
    },
    {
      id: 'no-slash-first',
      when: ({ check, asked, status }) =>
        check === 'bad-path' && !String(asked).startsWith('GET /') && status !== undefined,
      cause: () =>
        'a path begins with a slash, and this one does not: 400. join() and new URL() put a slash before it, so look at it before they do.',
      step: 4,
      hint: 3,
    },
    {
      id: 'not-decodable',
      when: ({ check, status }) => check === 'bad-path' && status === 404,
      cause: () =>
        'that there is no such file can be said of a path that can be read. This one cannot be decoded: 400.',
      step: 4,
      hint: 3,
    },
    {
      id: 'limit-too-small',
      when: ({ atLimit, status }) => atLimit === true && [413, 414, 431].includes(Number(status)),
      cause: () =>
        'what is as long as its limit is still served. The limit of the line is without its end: a CR may be there, one byte more, also before the LF has come.',
      step: 5,
      hint: 3,
    },
    {
      id: 'line-or-head',
      when: ({ tooLong, status }) => tooLong === true && (status === 414 || status === 431),
      cause: () =>
        'there are two limits, and the other one was named. 414 is for the first line, 431 for the whole head. A first line that is too long is that also while its end has not come: ask for that first.',
      step: 5,
      hint: 3,
    },
    {
      id: 'no-limit',
      when: ({ tooLong, status, silent }) =>
        tooLong === true && (silent === true || status !== undefined),
      cause: () =>
        'a client can make the server keep as much as it likes. Measure what has come, also before its end has come.',
      step: 5,
      hint: 3,
    },
    {
      id: 'hangs-up-silently',
      when: ({ refusal, stillSending, half, ended }) =>
        (refusal === true || stillSending === true) && half === 'nothing' && ended === true,
      cause: () =>
        'the connection was closed without an answer. Whoever sent that has no way to find out what was wrong.',
      step: 5,
      hint: 3,
    },
    {
      id: 'other-version',
      when: ({ check, refusal, status }) =>
        check === 'versions' && refusal === true && status !== undefined,
      cause: () =>
        'the number before the dot is the major version. Another one than 1 is no wrong line (400), and cannot be answered (200): 505.',
      step: 5,
      hint: 3,
    },
    {
      id: 'no-allow',
      when: ({ noAllow }) => noAllow === true,
      cause: () =>
        'who hears that a method is not possible wants to know which ones are: a 405 has a line Allow.',
      step: 5,
      hint: 3,
    },
    {
      id: 'takes-any-line',
      when: ({ check, status }) => check === 'bad-line' && status !== undefined,
      cause: () =>
        'the first line was not checked. It has three parts, one space between them, and the third is HTTP/1.1 in capitals.',
      step: 5,
      hint: 3,
    },
    {
      id: 'takes-any-field',
      when: ({ check, status }) => check === 'bad-fields' && status === 200,
      cause: () =>
        'a head that two readers can understand in two ways was accepted. What is wrong in it is refused, not guessed.',
      step: 5,
      hint: 3,
    },
    {
      id: 'end-not-known',
      when: ({ framing, status }) => framing === true && status !== undefined,
      cause: () =>
        'the head tells in two ways, or in one that this server does not know, where the body ends. Whoever passes over that takes the body for the next request.',
      step: 5,
      hint: 3,
    },
    {
      id: 'reads-no-end',
      when: ({ refusal, silent }) => refusal === true && silent === true,
      cause: () =>
        'the server waits for more. What it has is enough to see that this is no request.',
      step: 5,
      hint: 2,
    },
    {
      id: 'resets-the-answer',
      when: ({ stillSending, wasReset }) => stillSending === true && wasReset === true,
      cause: () =>
        'the socket was closed while bytes of the client were unread. The kernel answers that with a RST, and it can overtake the answer.',
      step: 5,
      hint: 2,
    },
    {
      id: 'lingers-for-ever',
      when: ({ lingers }) => lingers === true,
      cause: () =>
        'what the client still sends is read away for as long as it sends. One that never ends its side keeps its connection for ever: destroy the socket after LINGER milliseconds.',
      step: 5,
      hint: 3,
    },
    {
      id: 'half-a-line-end',
      when: ({ cutLine, status, silent }) =>
        cutLine === true && (status !== undefined || silent === true),
      cause: () =>
        'the empty line before this request was cut in two. A CR by itself may be half of one: wait for more before you take it for a request.',
      step: 6,
      hint: 3,
    },
    {
      id: 'empty-line-first',
      when: ({ emptyLine, status, silent }) =>
        emptyLine === true && (status !== undefined || silent === true),
      cause: () =>
        'an empty line came before this request. skipEmptyLines() is there to pass over it.',
      step: 6,
      hint: 3,
    },
    {
      id: 'characters-not-bytes',
      when: ({ afterChinese, status, silent }) =>
        afterChinese === true && (status !== undefined || silent === true),
      cause: () =>
        'the head before this request had Chinese in it, and its length was counted in characters. So a piece of it was left, and taken for the next request.',
      step: 3,
      hint: 2,
    },
    {
      id: 'one-request',
      when: ({ again, pipelined, half, ended, curl, crash }) =>
        ((again === true || Number(pipelined) > 1) &&
          half === 'nothing' &&
          ended === true &&
          !crash) ||
        (typeof curl === 'string' && curl.includes('200 1\n绿茶 200 1')),
      cause: () =>
        'one answer, and the connection is over; or it is closed after a 404 or 405. HTTP/1.1 keeps it open: a page with its pictures would need dozens of connections.',
      step: 6,
      hint: 1,
    },
    {
      id: 'rest-thrown-away',
      when: ({ pipelined, half, silent }) =>
        typeof pipelined === 'number' && pipelined > 1 && half === 'nothing' && silent === true,
      cause: () =>
        'one answer came, and then no more. What came behind the first request is the next one: take out only what you have used.',
      step: 6,
      hint: 2,
    },
    {
      id: 'out-of-order',
      when: ({ tooEarly }) => tooEarly === true,
      cause: () =>
        'another answer came first. Nothing in an answer tells to which request it belongs: only their order does.',
      step: 6,
      hint: 2,
    },
    {
      id: 'body-as-request',
      when: ({ behindBody, late, status, got }) =>
        (behindBody === true && (status !== undefined || got !== undefined)) ||
        (late === 'half' && status === 405),
      cause: () =>
        'the body of the first request was taken for the beginning of the next. Its Content-Length tells how many bytes to pass over.',
      step: 6,
      hint: 2,
    },
    {
      id: 'half-closed-is-gone',
      when: ({ halfClosed, half, ended, crash }) =>
        halfClosed === true && half !== undefined && ended === true && !crash,
      cause: () => 'a client that ends its side can still listen. Send the whole answer first.',
      step: 6,
      hint: 2,
    },
    {
      id: 'close-not-said',
      when: ({ closeNotSaid }) => closeNotSaid === true,
      cause: () =>
        'the connection ends with this answer, and its head must say so: one line more, Connection: close. Connection in a request is a list, too.',
      step: 6,
      hint: 3,
    },
    {
      id: 'never-closes',
      when: ({ closing, stillOpen, more }) =>
        closing === true && (stillOpen === true || more !== undefined),
      cause: () =>
        'after this answer nobody may go on: end your side. A client of HTTP/1.0 waits for that, too.',
      step: 6,
      hint: 2,
    },
    {
      id: 'one-at-a-time',
      when: ({ others, silent }) => others === true && silent === true,
      cause: () =>
        'the server waits for one client before it serves the next, and that one says nothing.',
      step: 6,
      hint: 1,
    },
    {
      id: 'silence-before-408',
      when: ({ late, half, ended, wasReset, crash }) =>
        late === 'half' && half === 'nothing' && (ended === true || wasReset === true) && !crash,
      cause: () =>
        'the connection was closed without 408. Either the limit on silence came first: no deadline runs for this request, or that limit acts although one does. Or what misses its deadline gets no answer.',
      step: 6,
      hint: 3,
    },
    {
      id: 'waits-for-ever',
      when: ({ late, half, silent, stillOpen }) =>
        (late === 'half' && half === 'nothing' && silent === true) ||
        (late === 'silent' && stillOpen === true),
      cause: () =>
        'nothing limits how long a client may keep its connection. A few hundred silent ones, and nobody else gets in.',
      step: 6,
      hint: 3,
    },
    {
      id: 'deadline-for-each-byte',
      when: ({ late, half, silent }) => late === 'trickle' && half === 'nothing' && silent === true,
      cause: () =>
        'there is no deadline, or each byte starts it anew. One byte every few seconds, and the connection is taken for hours: slow loris. One deadline for the whole request.',
      step: 6,
      hint: 3,
    },
    {
      id: 'never-gives-up',
      when: ({ stuck }) => stuck === true,
      cause: () =>
        'the server waits for ever for a client that takes nothing. socket.setTimeout tells when nothing moves.',
      step: 6,
      hint: 3,
    },
    {
      id: 'no-backpressure',
      when: ({ unread }) => unread === true,
      cause: () =>
        'one answer after the other was written, and the client takes none. What it has not taken is kept in memory. Wait until the socket wants more, and read no further request meanwhile.',
      step: 6,
      hint: 3,
    },
    {
      id: 'whole-file-in-memory',
      when: ({ wholeFile }) => wholeFile === true,
      cause: () =>
        'the whole file is read before it is sent, or faster than it is sent. A hundred such clients, and the memory is full.',
      step: 4,
      hint: 3,
    },
    {
      id: 'good-one-refused',
      when: ({ status, refusal, atLimit, inPieces, pipelined, late, again }) =>
        status === 400 &&
        refusal !== true &&
        atLimit !== true &&
        again !== true &&
        [inPieces, pipelined, late].every((fact) => fact === undefined),
      cause: () =>
        'this request is right. Look at what refuses it: a Host may have a port, and a value may have any character but a control.',
      step: 5,
      hint: 3,
    },
    {
      id: 'strict-client',
      when: ({ fetchFailed }) => fetchFailed === true,
      cause: () =>
        'fetch is strict: CR LF behind each line, nothing but ASCII in the head, an empty line before the page, and as many bytes as Content-Length says. Curl forgives some of that.',
      step: 1,
      hint: 2,
    },
    {
      id: 'saved-not-shown',
      when: ({ inBrowser, browserSaw }) =>
        inBrowser === true && String(browserSaw).includes('ownload is starting'),
      cause: () =>
        'the browser saves the page instead of showing it. A line of the head asks for that, Content-Disposition: attachment, or the type is one that it cannot show.',
      step: 6,
      hint: 1,
    },
    {
      id: 'no-answer',
      when: ({ half, silent, spins }) => half === 'nothing' && silent === true && spins !== true,
      cause: () =>
        'nobody has read the request, or its answer was never written. A connection before this one may be idle, and must not hold it up.',
      hint: 2,
    },
    {
      id: 'ends-without-answer',
      when: ({ half, ended, crash }) => half === 'nothing' && ended === true && !crash,
      cause: () => 'the connection was ended before the answer was written.',
      hint: 3,
    },
    {
      id: 'timer-keeps-alive',
      when: ({ stillRunning, signalled, spins }) =>
        stillRunning === true && signalled !== undefined && spins !== true,
      cause: () =>
        'server.ts has closed all connections, and something still keeps Node alive: a timer, as it is set in hangUp() or more(), whose time has not come. clearTimeout() as soon as nobody needs it.',
      step: 5,
      hint: 3,
    },
    {
      id: 'signal-not-caught',
      when: ({ exit }) => exit?.signal === 'SIGINT' || exit?.signal === 'SIGTERM',
      cause: () => 'nobody listens for the signal, so the kernel ends the program as it stands.',
      step: 1,
      hint: 3,
    },
  ],
});

const TYPES: readonly (readonly [name: string, type: string, text?: boolean])[] = [
  ['a.html', 'text/html', true],
  ['a.css', 'text/css', true],
  ['a.js', 'text/javascript'],
  ['a.json', 'application/json'],
  ['a.txt', 'text/plain', true],
  ['a.svg', 'image/svg+xml'],
  ['a.png', 'image/png'],
  ['a.jpg', 'image/jpeg'],
  ['a.gif', 'image/gif'],
  ['a.webp', 'image/webp'],
  ['a.ico', 'image/x-icon'],
  ['老王.HTML', 'text/html', true],
  ['a.png.css', 'text/css', true],
  ['a.tar.zst', 'application/octet-stream'],
  ['html', 'application/octet-stream'],
];

/** Other names that are in use for the same types. */
const SYNONYMS: Record<string, string> = {
  'application/javascript': 'text/javascript',
  'image/vnd.microsoft.icon': 'image/x-icon',
};

type Client = Awaited<ReturnType<Trial['connect']>>;
type Facts = Record<string, unknown>;

/** A server under check, and what may be asked of it. Each request goes over a connection of its own. */
interface Site {
  readonly server: Program;
  readonly address: Address;
  readonly url: string;
  ask(text: string, facts?: Facts, wire?: CutWire): Promise<{ client: Client; response: Response }>;
  /** Fails unless the answer has one of these statuses. */
  says(
    statuses: readonly number[],
    text: string,
    facts?: Facts,
  ): Promise<{ client: Client; response: Response }>;
  /** Fails unless the answer is 200 with this body. */
  gives(text: string, body: string | Uint8Array, facts?: Facts, wire?: CutWire): Promise<Client>;
  /** The server is there, and answers. */
  serves(facts?: Facts): Promise<void>;
}

/** Writes the files of a site, and starts the server on it. */
async function openSite(
  trial: Trial,
  files: Record<string, string | Uint8Array>,
  { args = [], through = [] }: { args?: readonly string[]; through?: readonly string[] } = {},
): Promise<Site> {
  const www = join(trial.directory, 'www');
  await mkdir(www, { recursive: true });
  for (const [name, content] of Object.entries(files)) await trial.write(`www/${name}`, content);
  const server = await trial.start('server', ['--root', www, '--port', '0', ...args], { through });
  const address = await server.ready();
  const site: Site = {
    server,
    address,
    url: `http://127.0.0.1:${address.port}/`,
    async ask(text, facts, wire) {
      const client = await trial.connect(wire?.address ?? address);
      await (wire ? wire.send(client, text) : client.send(text));
      const method = text.slice(0, text.indexOf(' '));
      const what = `an answer to ${nameOf(text)}`;
      return { client, response: await hear(trial, client, what, facts, { method }) };
    },
    async says(statuses, text, facts) {
      const answer = await site.ask(text, facts);
      expectStatus(trial, answer.response, statuses, nameOf(text), facts);
      return answer;
    },
    async gives(text, body, facts, wire) {
      const { client, response } = await site.ask(text, facts, wire);
      expectStatus(trial, response, [200], nameOf(text), facts);
      const bytes = Buffer.from(body);
      const inCharacters = response.body.length === body.length && body.length < bytes.length;
      const what = `the body for ${nameOf(text)}`;
      trial.sameBytes(response.body, bytes, what, { inCharacters, ...facts });
      return client;
    },
    async serves(facts) {
      const { client } = await site.says([200], get('/', 'Connection: close'), facts);
      client.destroy();
    },
  };
  return site;
}

/** `GET /index.html`, as a sentence can hold it. */
function nameOf(text: string): string {
  const [line = ''] = text.trimStart().split('\r\n');
  return clean(line.replace(/ HTTP\/1\.1$/, ''), 60);
}

/** The same request with another method. */
function as(method: string, text: string): string {
  return text.replace('GET', method);
}

/** A page that nobody can know beforehand. */
function pageOf(trial: Trial, text = '你好，世界'): string {
  return `<!doctype html>\n<meta charset="utf-8">\n<h1>${text} ${trial.random.int(100_000, 999_999)}</h1>\n`;
}

/** A client that hears that its request is refused, and never ends its side, is let go nevertheless. */
async function expectLetGo(trial: Trial, site: Site): Promise<void> {
  const client = await trial.connect(site.address);
  await client.send(as('POST', get('/', `Content-Length: ${8 * MIB}`)));
  await hear(trial, client, '413, too large', { stillSending: true });
  const drops = setInterval(() => void client.send('x').catch(() => {}), 200);
  const lingers = () =>
    new Failure({
      saw: 'a client that goes on sending behind its refusal still has its connection.',
      expected: 'its bytes are read away for a short time, 10 seconds at most; then it is let go.',
      facts: { lingers: true },
    });
  try {
    const over = () => client.wasReset || undefined;
    await trial.happenings.until(over, lingers, { mayRest: true, patience: 15_000 });
  } finally {
    clearInterval(drops);
  }
}

/** Each of these is answered with one of these statuses, and then the connection ends; and the server lives. */
async function expectRefusals(
  trial: Trial,
  statuses: readonly number[],
  cases: readonly (readonly [what: string, text: string | Uint8Array])[],
  facts: Facts = {},
): Promise<void> {
  const page = pageOf(trial);
  const site = await openSite(trial, { 'index.html': page });
  await site.serves();
  for (const [what, text] of cases) {
    const all = { refusal: true, asked: what, ...facts };
    const client = await trial.connect(site.address);
    await client.send(text);
    const response = await hear(trial, client, `status ${statuses[0]} for ${what}`, all);
    const served = response.body.toString() === page;
    expectStatus(trial, response, statuses, what, { ...all, served });
    await client.over(`after ${what}`).catch(withFacts({ closing: true }));
    client.destroy();
  }
  await site.serves();
}

function expectStatus(
  trial: Trial,
  { status }: Response,
  allowed: readonly number[],
  what: string,
  facts: Facts = {},
): void {
  trial.must(allowed.includes(status), {
    saw: `${what}: status ${status}.`,
    expected: `status ${allowed.slice(0, 2).join(' or ')}.`,
    facts: { status, ...facts },
  });
}

/** `text`: the type must name UTF-8 as well. */
function expectType(
  trial: Trial,
  { fields }: Response,
  what: string,
  type: string,
  text: boolean,
): void {
  const contentType = fields.get('content-type') ?? '';
  const [bare = '', ...parameters] = contentType.toLowerCase().split(/\s*;\s*/);
  const rightType = (SYNONYMS[bare] ?? bare) === type;
  trial.must(rightType && (!text || parameters.includes('charset=utf-8')), {
    saw: `${what}: ${contentType === '' ? 'no Content-Type' : `Content-Type: ${clean(contentType, 60)}`}.`,
    expected: `Content-Type: ${type}${text ? '; charset=utf-8' : ''}`,
    facts: { contentType, rightType, typeOf: what },
  });
}

/** What becomes of something that is not the trial's own: a real client, which may take its time. */
async function outcome<T>(
  trial: Trial,
  { server }: Site,
  promise: Promise<T>,
  what: string,
  patience: { mayRest?: boolean; patience?: number } = { mayRest: true, patience: 60_000 },
): Promise<{ value?: T; error?: Error }> {
  let result: { value?: T; error?: Error } | undefined;
  promise
    .then(
      (value) => (result = { value }),
      (error: Error) => (result = { error }),
    )
    .finally(() => trial.happenings.happened());
  const expected = `${what}.`;
  const waits = () =>
    new Failure({
      verdict: 'timed out',
      saw: 'the client still waits.',
      expected,
      facts: { fetchFailed: true },
    });
  return trial.happenings.until(
    () => {
      if (!result && server.exit) throw new Failure({ saw: 'the server has ended.', expected });
      return result;
    },
    waits,
    patience,
  );
}

/** Runs a program of this machine; returns what it says. Undefined if there is none of this name. */
function execute(command: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, args, (error: ExecFileException | null, stdout, stderr) => {
      const { code } = (error ?? {}) as NodeJS.ErrnoException;
      resolve(code === 'ENOENT' ? undefined : `${stdout}${stderr}` || 'nothing');
    });
  });
}

/**
 * For root a file that may not be read can be read all the same. A command that starts what follows without that privilege;
 * none if it is not needed, or cannot be had here.
 */
async function withoutPrivilege({ cell }: Trial): Promise<string[]> {
  if (process.geteuid?.() !== 0 || cell) return [];
  const without = '-dac_override,-dac_read_search';
  const command = ['setpriv', `--inh-caps=${without}`, `--bounding-set=${without}`];
  // The server itself must still be readable: this file stands beside it.
  const own = fileURLToPath(import.meta.url);
  const tried = await execute('setpriv', [...command.slice(1), 'head', '-c', '2', own]);
  return tried === '//' ? command : [];
}

/** True if an empty line came first, and then what was sent, as far as there was room for it. */
function isBehindLineEnd(got: Buffer, sent: Buffer): boolean {
  const [lineEnd, rest] = [got.subarray(0, 2).toString(), got.subarray(2)];
  return lineEnd === '\r\n' && rest.length > 0 && rest.equals(sent.subarray(0, rest.length));
}

/** How many sockets a program has open, from /proc. */
async function openSockets({ pid }: Program): Promise<number> {
  const directory = `/proc/${pid}/fd`;
  const names = await readdir(directory).catch(() => []);
  const links = names.map((name) => readlink(join(directory, name)).catch(() => ''));
  return (await Promise.all(links)).filter((target) => target.startsWith('socket:')).length;
}
