// Recognises pictures on this machine, without a network: their format and size, QR and bar codes, and colours. Given to you.
//
// Decoding keeps this process busy: meanwhile nobody else is served. A busy server would use a pool of worker threads.
// The libraries for pixels are loaded when the first picture is decoded: a server that starts has no need of them yet.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { imageSize } from 'image-size';
import { Unrecognised, type Recogniser } from './recogniser.ts';

/** Looked at before a picture is decoded: a file of 20 KB may claim four thousand million pixels. */
const MOST_PIXELS = 16_000_000;

type Look = (picture: Buffer) => string[] | Promise<string[]>;

const LOOKS = new Map<string, Look>([
  ['格式', format],
  ['条码', codes],
  ['颜色', colours],
  [
    '通用',
    async (picture) => [...format(picture), ...(await codes(picture)), ...(await colours(picture))],
  ],
]);

export function openLocal(): Recogniser {
  return {
    async recognise(category, picture) {
      const look = LOOKS.get(category);
      if (!look)
        throw new Unrecognised(`no such category; there are ${[...LOOKS.keys()].join('、')}`);
      return look(picture);
    },
  };
}

/** From the first bytes alone: `PNG 58 × 58`. */
function format(picture: Buffer): string[] {
  const { type, width, height } = measure(picture);
  return [`${type} ${width} × ${height}`];
}

/** QR codes, and the bar codes of shops. */
async function codes(picture: Buffer): Promise<string[]> {
  const pixels = await decode(picture);
  const { readBarcodes } = await (reader ??= openReader());
  const found = await readBarcodes({ ...pixels, colorSpace: 'srgb' });
  return found.filter(({ isValid }) => isValid).map(({ format, text }) => `${format}: ${text}`);
}

let reader: ReturnType<typeof openReader> | undefined;

async function openReader() {
  const library = await import('zxing-wasm/reader');
  const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  // From our own disk: left to itself, the library would fetch it from the network.
  const wasmBinary = (await readFile(file)).buffer as ArrayBuffer;
  library.prepareZXingModule({ overrides: { wasmBinary } });
  return library;
}

const COLOURS: readonly (readonly [string, number, number, number])[] = [
  ['黑', 0, 0, 0],
  ['灰', 128, 128, 128],
  ['白', 255, 255, 255],
  ['红', 215, 40, 30],
  ['橙', 255, 140, 0],
  ['黄', 255, 220, 0],
  ['绿', 40, 150, 50],
  ['青', 0, 190, 200],
  ['蓝', 30, 80, 200],
  ['紫', 130, 40, 160],
  ['粉', 255, 170, 190],
  ['棕', 120, 70, 30],
];

/** The colours of at least a twentieth of the picture, the largest first: `红 83 %`. What is transparent has none. */
async function colours(picture: Buffer): Promise<string[]> {
  const { data } = await decode(picture);
  const counts = new Map<string, number>();
  let seen = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(at, at + 4);
    if (alpha < 128) continue;
    const name = nearest(red, green, blue);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    seen += 1;
  }
  return [...counts]
    .filter(([, count]) => count * 20 >= seen)
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => `${name} ${Math.round((100 * count) / seen)} %`);
}

function nearest(red: number, green: number, blue: number): string {
  let [best, least] = ['', Infinity];
  for (const [name, r, g, b] of COLOURS) {
    const distance = (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2;
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

function measure(picture: Buffer): { type: string; width: number; height: number } {
  try {
    const { type = '', width, height } = imageSize(picture);
    return { type: type === 'jpg' ? 'JPEG' : type.toUpperCase(), width, height };
  } catch (error) {
    throw new Unrecognised('this is no picture', { cause: error });
  }
}

/** The pixels: four bytes each, for red, green, blue and what is not transparent. */
async function decode(
  picture: Buffer,
): Promise<{ data: Uint8ClampedArray; width: number; height: number }> {
  const { type, width, height } = measure(picture);
  if (width * height > MOST_PIXELS)
    throw new Unrecognised(`too large: ${width} × ${height} pixels`);
  const { PhotonImage } = await import('@silvia-odwyer/photon-node');
  let image;
  try {
    image = PhotonImage.new_from_byteslice(picture);
    return {
      data: new Uint8ClampedArray(image.get_raw_pixels()),
      width: image.get_width(),
      height: image.get_height(),
    };
  } catch (error) {
    // The library stops in the middle: that is how it says no.
    throw new Unrecognised(`damaged, or a ${type} that I cannot read`, { cause: error });
  } finally {
    image?.free(); // its memory is not JavaScript's, so nobody collects it
  }
}
