// A cloud on this machine: it speaks the image classification of Baidu as its documentation has it, and whoever opens it
// decides what it answers to each picture, and when. https://cloud.baidu.com/doc/IMAGERECOGNITION/index.html
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Exchange } from './exchange.ts';
import { Failure } from './failure.ts';
import type { Program } from './program.ts';
import type { Happenings } from './waiting.ts';

/** One picture that waits for its answer. */
export interface CloudCall {
  /** The service that was asked, as `v2/advanced_general`. */
  readonly service: string;
  readonly picture: Buffer;
  /** True once the caller has hung up without an answer. */
  readonly gone: boolean;
  /** Answers with these names, the surest first: each a little less sure than the one before. */
  answer(...names: readonly string[]): void;
  /** Answers with an error code of the documentation. */
  refuse(code: number, message: string): void;
}

export interface Cloud {
  /** For `env`: the keys that it takes, and where it is. */
  readonly environment: readonly string[];
  /** Pictures so far, in the order in which they came. */
  readonly calls: readonly CloudCall[];
  /** How many tokens were asked for. */
  readonly tokens: number;
  /** What is done with each call as it comes. Unset: it waits until it is answered. */
  onCall: ((call: CloudCall) => void) | undefined;
  /** From now on it takes none of the tokens that it has given out. */
  expireTokens(): void;
  /** Waits for the next call that was not taken, or for the end of the program that should make it, if that is given. */
  next(what: string, caller?: Pick<Program, 'exit'>): Promise<CloudCall>;
  close(): Promise<void>;
}

interface Setting {
  readonly exchange: Pick<Exchange, 'record'>;
  readonly happenings: Happenings;
}

const KEY = 'a-key';
const SECRET = 'a-secret';
/** Only on this machine, and only in these tests: what the documentation calls an Access Token. */
const tokenOf = (number: number): string => `24.token-${number}.2592000`;

export async function openCloud({ exchange, happenings }: Setting): Promise<Cloud> {
  const calls: CloudCall[] = [];
  let taken = 0;
  let tokens = 0;

  const server = createServer((request, response) => {
    void serve(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const cloud: Cloud = {
    environment: [
      `BAIDU_API_KEY=${KEY}`,
      `BAIDU_SECRET_KEY=${SECRET}`,
      `BAIDU_ENDPOINT=http://127.0.0.1:${port}`,
    ],
    calls,
    get tokens() {
      return tokens;
    },
    onCall: undefined,
    expireTokens: () => void (oldest = tokens + 1),
    async next(what, caller) {
      const next = () => (calls.length > taken ? calls[taken++] : undefined);
      const call = await happenings.until(
        () => next() ?? (caller?.exit && 'nobody is left'),
        () => notAsked(what),
      );
      if (call === 'nobody is left') throw notAsked(what);
      return call;
    },
    async close() {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
  };
  let oldest = 1;
  return cloud;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://cloud');
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (pathname === '/oauth/2.0/token') return giveToken(searchParams, response);
    const form = new URLSearchParams(Buffer.concat(parts).toString());
    const [, service] = /^\/rest\/2\.0\/image-classify\/(v\d\/\w+)$/.exec(pathname) ?? [];
    const number = Number(/^24\.token-(\d+)\./.exec(searchParams.get('access_token') ?? '')?.[1]);
    if (!(number >= oldest && number <= tokens)) {
      return refuse(response, 110, 'Access token invalid or no longer valid');
    }
    if (service === undefined) return refuse(response, 3, 'Unsupported openapi method');
    const image = form.get('image');
    if (image === null) return refuse(response, 216_101, 'not enough param');
    const picture = Buffer.from(image, 'base64');
    if (picture.length === 0) return refuse(response, 216_200, 'empty image');

    let gone = false;
    response.on('close', () => {
      gone = !response.writableEnded;
      happenings.happened();
    });
    exchange.record({ kind: 'data', from: 'server', to: 'cloud', bytes: picture });
    const call: CloudCall = {
      service,
      picture,
      get gone() {
        return gone;
      },
      answer: (...names) => reply(response, resultOf(service, names)),
      refuse: (code, message) => refuse(response, code, message),
    };
    calls.push(call);
    cloud.onCall?.(call);
    happenings.happened();
  }

  function giveToken(query: URLSearchParams, response: ServerResponse): void {
    const refuseClient = (why: string): void => {
      response.statusCode = 401;
      reply(response, { error: 'invalid_client', error_description: why });
    };
    if (query.get('grant_type') !== 'client_credentials') {
      response.statusCode = 400;
      reply(response, { error: 'unsupported_grant_type', error_description: 'no such grant type' });
    } else if (query.get('client_id') !== KEY) refuseClient('unknown client id');
    else if (query.get('client_secret') !== SECRET) refuseClient('Client authentication failed');
    else {
      tokens += 1;
      reply(response, { access_token: tokenOf(tokens), expires_in: 2_592_000, scope: 'public' });
    }
  }

  function refuse(response: ServerResponse, code: number, message: string): void {
    reply(response, { error_code: code, error_msg: message });
  }

  function reply(response: ServerResponse, body: object): void {
    const text = JSON.stringify(body);
    exchange.record({ kind: 'data', from: 'cloud', to: 'server', bytes: Buffer.from(text) });
    response.setHeader('Content-Type', 'application/json');
    response.end(text);
  }
}

function notAsked(what: string): Failure {
  return new Failure({
    verdict: 'timed out',
    saw: `the recogniser was not asked ${what}.`,
    expected: `the server hands each picture to the recogniser.`,
    facts: { notAsked: true },
  });
}

/** Each service has its own words for the same. */
function resultOf(service: string, names: readonly string[]): object {
  const sure = names.map((_, at) => 0.9 - at / 10);
  const result = names.map((name, at) => {
    if (service === 'v2/advanced_general') return { keyword: name, score: sure[at], root: '通用' };
    if (service === 'v2/dish') return { name, probability: String(sure[at]), calorie: '100' };
    if (service === 'v1/animal') return { name, score: String(sure[at]) };
    return { name, score: sure[at] };
  });
  return { log_id: 1, result_num: result.length, result };
}
