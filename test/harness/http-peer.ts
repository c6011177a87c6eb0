// The other end of HTTP/1.1: reads the answers of a server under check off a stream peer, strictly, byte by byte. Most
// real clients mend what is wrong; this one says it.
import { clean, showText } from './bytes.ts';
import { Failure, withFacts, type Facts } from './failure.ts';
import type { Address } from './program.ts';
import { startRelay } from './relay.ts';
import type { StreamPeer } from './stream-peer.ts';
import type { Trial } from './trial.ts';

export interface Response {
  readonly status: number;
  /** By their names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface HearOptions {
  /** HEAD: no body follows the head, whatever its Content-Length says. Default GET. */
  readonly method?: string;
  /** Set it where the server may rightly sleep before it answers. */
  readonly mayRest?: boolean;
}

/** A request as text: `get('/', 'Connection: close')`. */
export function get(target: string, ...lines: string[]): string {
  return [`GET ${target} HTTP/1.1`, 'Host: 127.0.0.1', ...lines, '', ''].join('\r\n');
}

/**
 * Waits for the next answer on a connection. Throws a {@link Failure} if it does not come whole (facts: `half`, which tells
 * how much came: nothing, head, body) or is none (facts: `badStart`, `bareLf`, `noBlankLine`, `noLength`). `facts` are
 * added to those of a failure.
 */
export async function hear(
  trial: Trial,
  client: StreamPeer,
  what: string,
  facts: Facts = {},
  { method, mayRest = false }: HearOptions = {},
): Promise<Response> {
  const from = heard.get(client) ?? 0;
  const incomplete = () => {
    trial.exchange.record({ kind: 'waiting', from: client.actor, note: what });
    return unfinished(client.received.subarray(from), client, what);
  };
  const { length, ...response } = await trial.happenings
    .until(
      () => {
        const found = parse(client.received.subarray(from), method === 'HEAD');
        if (!found && (client.ended || client.wasReset)) throw incomplete();
        return found;
      },
      incomplete,
      { mayRest },
    )
    .catch(withFacts(facts));
  heard.set(client, from + length);
  return response;
}

/** A wire in front of a server that cuts what is sent to it. */
export interface CutWire {
  readonly address: Address;
  /** Sends over this wire. Resolves when the last piece has gone out, or the connection is over: waiting begins then. */
  send(client: StreamPeer, text: string): Promise<void>;
}

/** `cut`: the bytes of a piece. */
export async function openCutWire(trial: Trial, to: Address, cut: number): Promise<CutWire> {
  let passed = 0;
  const exchange = {
    ...trial.exchange,
    record(entry: Parameters<Trial['exchange']['record']>[0]) {
      trial.exchange.record(entry);
      if (entry.kind === 'data' && entry.to === 'server') passed += entry.bytes?.length ?? 0;
      trial.happenings.happened();
    },
  };
  const wire = startRelay(to, { cut, direction: 'to-server' }, { exchange });
  return {
    address: await trial.own(wire, (relay) => relay.close()),
    async send(client, text) {
      const goal = passed + Buffer.byteLength(text);
      await client.send(text);
      const through = () => passed >= goal || client.ended || client.wasReset;
      await trial.happenings.rest(through, { mayRest: true, patience: 60_000 });
    },
  };
}

/** How many bytes of a connection have been heard. */
const heard = new WeakMap<StreamPeer, number>();

/** Waits until the connection is over or every program sleeps: what has come by then, and was not heard, is too much. */
export async function expectNoMore(
  trial: Trial,
  client: StreamPeer,
  facts: Facts = {},
): Promise<void> {
  await trial.happenings.rest(() => client.ended || client.wasReset);
  const more = client.received.subarray(heard.get(client) ?? 0);
  trial.must(more.length === 0, {
    saw: `${more.length.toLocaleString('en')} bytes more came behind the answer: ${showText(more, 60)}.`,
    expected: 'one answer, as long as its Content-Length says, and nothing behind it.',
    facts: { more: more.toString('latin1'), ...facts },
  });
}

const FIELD = /^([!#$%&'*+.^_`|~\w-]+):(.*)$/;

/** The answer at the beginning of `bytes`. Undefined if it is not complete; throws a Failure if it is none. */
function parse(bytes: Buffer, headOnly: boolean): (Response & { length: number }) | undefined {
  const fields = new Map<string, string>();
  let status: number | undefined;
  for (let at = 0; ;) {
    const lf = bytes.indexOf('\n', at);
    const whole = bytes.subarray(at, lf === -1 ? bytes.length : lf + 1);
    const line = whole.toString('latin1').replace(/\r?\n$/, '');
    if (status === undefined && !isStatusLine(line, lf !== -1)) {
      throw new Failure({
        saw: `the answer begins with ${showText(whole, 60)}.`,
        expected: 'a line like: HTTP/1.1 200 OK',
        facts: { badStart: line },
      });
    }
    if (lf === -1) return undefined;
    const [, name = '', value = ''] = FIELD.exec(line) ?? [];
    if (status !== undefined && line !== '' && name === '') {
      throw new Failure({
        saw: `a line of the head is ${showText(whole, 60)}.`,
        expected: 'an empty line (CR LF) between the last line of the head and the page.',
        facts: { noBlankLine: true },
      });
    }
    if (bytes[lf - 1] !== 0x0d) {
      throw new Failure({
        saw: `a line of the head ends with LF alone: ${showText(whole, 60)}.`,
        expected: 'each line of the head ends with CR LF, "\\r\\n".',
        facts: { bareLf: true },
      });
    }
    at = lf + 1;
    if (status === undefined) status = Number(line.slice(9, 12));
    else if (line !== '') fields.set(name.toLowerCase(), value.trim());
    else return withBody(bytes, at, { status, fields }, headOnly);
  }
}

/** As far as it has come, it can be, and if it is complete it is, `HTTP/1.1 200 OK`. The words at its end may be missing. */
function isStatusLine(line: string, complete: boolean): boolean {
  return complete ? /^HTTP\/1\.1 \d{3}( |$)/.test(line) : 'HTTP/1.1 '.startsWith(line.slice(0, 9));
}

function withBody(
  bytes: Buffer,
  at: number,
  head: Pick<Response, 'status' | 'fields'>,
  headOnly: boolean,
): (Response & { length: number }) | undefined {
  if (headOnly) return { ...head, body: Buffer.alloc(0), length: at };
  const length = head.fields.get('content-length');
  if (length === undefined || !/^\d+$/.test(length)) {
    throw new Failure({
      saw:
        length === undefined
          ? 'the head of the answer has no Content-Length.'
          : `the answer says Content-Length: ${clean(length, 40)}`,
      expected: 'Content-Length and the number of bytes: how else does a client know the end?',
      facts: { noLength: true },
    });
  }
  const end = at + Number(length);
  if (bytes.length < end) return undefined;
  return { ...head, body: Buffer.from(bytes.subarray(at, end)), length: end };
}

/** Nothing more comes, and the answer is not complete. */
function unfinished(bytes: Buffer, { ended, wasReset }: StreamPeer, what: string): Failure {
  const blank = bytes.indexOf('\r\n\r\n');
  const half = bytes.length === 0 ? 'nothing' : blank === -1 ? 'head' : 'body';
  const length = /^content-length: *(\d+)/im.exec(bytes.toString('latin1', 0, blank + 2))?.[1];
  const saw = {
    nothing: 'no answer came',
    head: `only the beginning of a head came, ${showText(bytes, 40)}`,
    body: `Content-Length says ${length} bytes, ${bytes.length - blank - 4} came`,
  }[half];
  const then = wasReset ? 'the connection was reset' : ended ? 'the connection was ended' : '';
  return new Failure({
    verdict: then === '' ? 'timed out' : 'failed',
    saw: then === '' ? `${saw}, and nothing more.` : `${saw}; ${then}.`,
    expected: `${what}.`,
    facts: { half, ended, wasReset, silent: then === '' },
  });
}
