// Recognises pictures by the image classification of Baidu (百度智能云图像识别), over HTTP. Given to you.
//
// Its keys come from the environment, and never stand in a program: BAIDU_API_KEY and BAIDU_SECRET_KEY. BAIDU_ENDPOINT is
// another server that speaks the same, for tests. Documented at https://cloud.baidu.com/doc/IMAGERECOGNITION/index.html
import { Unrecognised, type Recogniser } from './recogniser.ts';

/** Each category has a service of its own. A table, and no path made of a stranger's word: that might be `../`. */
const SERVICES = new Map([
  ['通用', 'v2/advanced_general'],
  ['动物', 'v1/animal'],
  ['植物', 'v1/plant'],
  ['菜品', 'v2/dish'],
  ['车型', 'v1/car'],
]);

/** The token is no longer good: it was renewed elsewhere, or is too old. */
const BAD_TOKEN = [110, 111];

interface Answer {
  readonly error_code?: number;
  readonly error_msg?: string;
  /** What each service calls the same. Some send numbers as text. */
  readonly result?: readonly {
    readonly keyword?: string;
    readonly name?: string;
    readonly score?: number | string;
    readonly probability?: number | string;
  }[];
  readonly access_token?: string;
  /** Seconds. */
  readonly expires_in?: number;
  readonly error_description?: string;
}

/** Throws {@link Unrecognised} if there are no keys. */
export function openCloud(environment: NodeJS.ProcessEnv): Recogniser {
  const { BAIDU_API_KEY: key, BAIDU_SECRET_KEY: secret } = environment;
  const endpoint = environment.BAIDU_ENDPOINT ?? 'https://aip.baidubce.com';
  if (!key || !secret) throw new Unrecognised('BAIDU_API_KEY and BAIDU_SECRET_KEY are not set');
  let token = { text: '', until: 0 };

  return {
    async recognise(category, picture, signal) {
      const service = SERVICES.get(category);
      if (!service) {
        throw new Unrecognised(`no such category; there are ${[...SERVICES.keys()].join('、')}`);
      }
      let answer = await ask(service, picture, signal);
      if (BAD_TOKEN.includes(answer.error_code ?? 0)) {
        token = { text: '', until: 0 };
        answer = await ask(service, picture, signal);
      }
      if (answer.error_code !== undefined) {
        throw new Unrecognised(`the cloud says: ${answer.error_msg} (${answer.error_code})`);
      }
      return (answer.result ?? []).map(({ keyword, name, score, probability }) => {
        const sure = Math.round(100 * Number(score ?? probability));
        return `${keyword ?? name} ${sure} %`;
      });
    },
  };

  async function ask(service: string, picture: Buffer, signal: AbortSignal): Promise<Answer> {
    const path = `/rest/2.0/image-classify/${service}`;
    // The text of a form: it is 1.4 times as long as the picture. On our own wire we do without.
    const body = new URLSearchParams({ image: picture.toString('base64') });
    return post(path, { access_token: await freshToken(signal) }, signal, body);
  }

  /** Kept for as long as it is good, most often 30 days: a call for each picture would be twice the work. */
  async function freshToken(signal: AbortSignal): Promise<string> {
    if (Date.now() < token.until) return token.text;
    const query = { grant_type: 'client_credentials', client_id: key!, client_secret: secret! };
    const answer = await post('/oauth/2.0/token', query, signal);
    if (answer.access_token === undefined) {
      throw new Unrecognised(`the cloud does not take our keys: ${answer.error_description}`);
    }
    const seconds = answer.expires_in ?? 0;
    token = { text: answer.access_token, until: Date.now() + seconds * 1000 };
    return token.text;
  }

  async function post(
    path: string,
    query: Record<string, string>,
    signal: AbortSignal,
    body?: URLSearchParams,
  ): Promise<Answer> {
    const url = new URL(`${path}?${new URLSearchParams(query)}`, endpoint);
    try {
      const response = await fetch(url, { method: 'POST', signal, ...(body ? { body } : {}) });
      return (await response.json()) as Answer;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      // TypeError: no connection; SyntaxError: no JSON, but the page of a proxy. Not the URL: the keys stand in it.
      const reason = error instanceof SyntaxError ? 'no JSON came from' : 'cannot reach';
      throw new Unrecognised(`${reason} ${url.host}`, { cause: error });
    }
  }
}
