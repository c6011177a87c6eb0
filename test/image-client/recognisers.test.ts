// The recognisers that image-client gives to its students: what they see, what they refuse, and how they speak to the cloud.
import { afterEach, expect, test } from 'vitest';
import { openCloud as openFakeCloud, type Cloud } from '#harness/cloud';
import { createHappenings } from '#harness/waiting';
import { openCloud } from '../../solutions/image-client/cloud.ts';
import { openLocal } from '../../solutions/image-client/local.ts';
import { Unrecognised } from '../../solutions/image-client/recogniser.ts';
import { BAR_CODE, QR_CODE, RED_AND_YELLOW } from './pictures.ts';

const { signal } = new AbortController();
const local = await openLocal();
const see = (category: string, picture: Buffer) => local.recognise(category, picture, signal);

test('the local one tells the format and the size from the bytes, whatever the name says', async () => {
  expect(await see('格式', QR_CODE)).toEqual(['PNG 58 × 58']);
  expect(await see('格式', RED_AND_YELLOW)).toEqual(['JPEG 48 × 32']);
});

test('the local one reads QR codes and bar codes', async () => {
  expect(await see('条码', QR_CODE)).toEqual(['QRCode: 你好，世界']);
  expect(await see('条码', BAR_CODE)).toEqual(['EAN13: 6901234567892']);
  expect(await see('条码', RED_AND_YELLOW)).toEqual([]);
});

test('the local one names the colours, the largest first', async () => {
  expect(await see('颜色', RED_AND_YELLOW)).toEqual(['红 83 %', '黄 17 %']);
  expect(await see('通用', QR_CODE)).toEqual([
    'PNG 58 × 58',
    'QRCode: 你好，世界',
    '白 73 %',
    '黑 27 %',
  ]);
});

test('the local one says why it recognises nothing, and goes on', async () => {
  const huge = Buffer.from(QR_CODE);
  huge.writeUInt32BE(60_000, 16);
  huge.writeUInt32BE(60_000, 20);
  for (const [category, picture, why] of [
    ['没有', QR_CODE, /no such category/],
    ['constructor', QR_CODE, /no such category/],
    ['通用', Buffer.from('只是文字'), /no picture/],
    ['通用', Buffer.alloc(0), /no picture/],
    ['颜色', QR_CODE.subarray(0, 60), /damaged/],
    ['颜色', huge, /too large/],
  ] as const) {
    const seeing = see(category, picture);
    await expect(seeing, `${category} ${why}`).rejects.toThrow(why);
    await expect(seeing).rejects.toBeInstanceOf(Unrecognised);
  }
  expect(await see('条码', QR_CODE)).toHaveLength(1);
});

let cloud: Cloud | undefined;
afterEach(() => cloud?.close());

async function cloudWith(onCall: Cloud['onCall'], change: NodeJS.ProcessEnv = {}) {
  cloud = await openFakeCloud({
    exchange: { record: () => {} },
    happenings: createHappenings(() => []),
  });
  cloud.onCall = onCall;
  const keys = Object.fromEntries(cloud.environment.map((pair) => pair.split(/=(.*)/s)));
  return { cloud, recogniser: openCloud({ ...(keys as NodeJS.ProcessEnv), ...change }) };
}

test('the cloud gets each picture by the service of its category, with one token for all', async () => {
  const { cloud, recogniser } = await cloudWith((call) => call.answer('一', '二'));
  for (const [category, service] of [
    ['通用', 'v2/advanced_general'],
    ['动物', 'v1/animal'],
    ['植物', 'v1/plant'],
    ['菜品', 'v2/dish'],
    ['车型', 'v1/car'],
  ] as const) {
    const labels = await recogniser.recognise(category, RED_AND_YELLOW, signal);
    expect(labels, category).toEqual(['一 90 %', '二 80 %']);
    expect(cloud.calls.at(-1)).toMatchObject({ service, picture: RED_AND_YELLOW });
  }
  expect(cloud.tokens).toBe(1);
  await expect(recogniser.recognise('../', QR_CODE, signal)).rejects.toThrow('no such category');
});

test('a token that is no longer good is renewed, once', async () => {
  const { cloud, recogniser } = await cloudWith((call) => call.answer('猫'));
  await recogniser.recognise('动物', QR_CODE, signal);
  cloud.expireTokens();
  expect(await recogniser.recognise('动物', QR_CODE, signal)).toEqual(['猫 90 %']);
  expect(cloud.tokens).toBe(2);
});

test('an error code of the cloud, and keys that it does not know, are told in its words', async () => {
  const { recogniser } = await cloudWith((call) =>
    call.refuse(18, 'Open api qps request limit reached'),
  );
  await expect(recogniser.recognise('通用', QR_CODE, signal)).rejects.toThrow(
    'the cloud says: Open api qps request limit reached (18)',
  );
  await cloud?.close();
  const wrong = await cloudWith(undefined, { BAIDU_SECRET_KEY: 'another' });
  await expect(wrong.recogniser.recognise('通用', QR_CODE, signal)).rejects.toThrow(
    'Client authentication failed',
  );
  expect(() => openCloud({})).toThrow('are not set');
});

test('a cloud that cannot be reached is told without the keys, and a picture can be given up', async () => {
  const { recogniser, cloud } = await cloudWith(undefined);
  const abort = new AbortController();
  const seeing = recogniser.recognise('通用', QR_CODE, abort.signal);
  const call = await cloud.next('in time');
  abort.abort(new Error('enough'));
  await expect(seeing).rejects.toThrow('enough');
  await expect.poll(() => call.gone).toBe(true);

  const away = await cloudWith(undefined, { BAIDU_ENDPOINT: 'http://127.0.0.1:9' });
  const asking = away.recogniser.recognise('通用', QR_CODE, signal);
  await expect(asking).rejects.toThrow(/^cannot reach 127\.0\.0\.1:9$/);
});
