// Proves that the strict HTTP client hears what is there, and says what is wrong with it.
import { expect, test } from 'vitest';
import { createExchange } from './exchange.ts';
import { Failure } from './failure.ts';
import { expectNoMore, get, hear, openCutWire } from './http-peer.ts';
import { openTrial } from './trial.ts';

const OK = 'HTTP/1.1 200 OK\r\nX: 老王: 1 \r\ncontent-LENGTH:6\r\n\r\n你好';

/** Plays a server that says these pieces and ends, to one client. */
async function spoken<T>(
  pieces: readonly (string | Buffer)[],
  use: (setting: {
    trial: ReturnType<typeof openTrial>['trial'];
    client: Awaited<ReturnType<ReturnType<typeof openTrial>['trial']['connect']>>;
  }) => Promise<T>,
): Promise<T> {
  const nowhere = { directory: '/', reference: '/' };
  const { trial, close } = openTrial(nowhere, 'http-peer/test', '1', createExchange());
  try {
    const host = await trial.listen();
    const client = await trial.connect(host.address);
    const server = await host.accept('from the client');
    for (const piece of pieces) await server.send(piece);
    server.end();
    return await use({ trial, client });
  } finally {
    await close();
  }
}

test('hears one answer after the other, and what comes behind them', async () => {
  await spoken([OK, OK.replace('200', '404'), 'rest'], async ({ trial, client }) => {
    const first = await hear(trial, client, 'the first');
    expect({ ...first, body: first.body.toString() }).toEqual({
      status: 200,
      fields: new Map([
        ['x', Buffer.from('老王: 1').toString('latin1')],
        ['content-length', '6'],
      ]),
      body: '你好',
    });
    expect((await hear(trial, client, 'the second')).status).toBe(404);
    await expect(expectNoMore(trial, client)).rejects.toThrow(/4 bytes more/);
  });
});

test('an answer to HEAD has no body', async () => {
  const head = OK.replace('你好', '');
  await spoken([head, head], async ({ trial, client }) => {
    for (const what of ['the first', 'the second']) {
      const { status, body } = await hear(trial, client, what, {}, { method: 'HEAD' });
      expect([status, body.length]).toEqual([200, 0]);
    }
    await expectNoMore(trial, client);
  });
});

test.each([
  ['LF alone', OK.replaceAll('\r', ''), { bareLf: true }],
  ['no empty line', OK.replace('\r\n\r\n', '\r\n<p>\n'), { noBlankLine: true }],
  ['no length', OK.replace('content-LENGTH:6\r\n', ''), { noLength: true }],
  ['a length that is none', OK.replace('6', 'six'), { noLength: true }],
  ['no status line', '<p>你好', { badStart: Buffer.from('<p>你好').toString('latin1') }],
  ['another version', OK.replace('1.1', '1.0'), { badStart: 'HTTP/1.0 200 OK' }],
  ['nothing', '', { half: 'nothing', ended: true, wasReset: false, silent: false }],
  ['half a head', OK.slice(0, 20), { half: 'head' }],
  ['half a body', OK.slice(0, -1), { half: 'body' }],
])('says what is wrong with %s', async (_, text, facts) => {
  await spoken([text], async ({ trial, client }) => {
    const failure = await hear(trial, client, 'an answer', { of: 'mine' }).catch((error) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure.facts).toMatchObject({ ...facts, of: 'mine' });
  });
});

test('a cut wire says when the last piece has gone out, or the server has left', async () => {
  const exchange = createExchange();
  const nowhere = { directory: '/', reference: '/' };
  const { trial, close } = openTrial(nowhere, 'http-peer/wire', '1', exchange);
  try {
    const host = await trial.listen();
    const wire = await openCutWire(trial, host.address, 2);
    const client = await trial.connect(wire.address);
    const accepted = host.accept('over the wire');
    await wire.send(client, get('/老王'));
    const text = exchange.entries
      .filter(({ from, size = 9 }) => from !== 'client' && size <= 2)
      .map(({ bytes }) => bytes ?? Buffer.alloc(0));
    expect(Buffer.concat(text).toString()).toBe(get('/老王'));
    (await accepted).reset();
    await wire.send(client, 'x'.repeat(100_000));
    expect(client.ended || client.wasReset).toBe(true);
  } finally {
    await close();
  }
});

test('a request has its lines and the empty one', () => {
  expect(get('/a', 'X: 1')).toBe('GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\nX: 1\r\n\r\n');
});
