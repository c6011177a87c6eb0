// Makes pictures to try the lesson with, in a directory of yours. Given to you: it is not part of the task.
//
//   npm run ex -- image-client pictures -- /tmp/图
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PhotonImage } from '@silvia-odwyer/photon-node';
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';

const [directory, ...others] = process.argv.slice(2);
if (directory === undefined || others.length > 0) {
  console.error('usage: pictures DIRECTORY');
  process.exit(2);
}

const wasm = createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm');
prepareZXingModule({ overrides: { wasmBinary: (await readFile(wasm)).buffer as ArrayBuffer } });

try {
  await mkdir(directory, { recursive: true });
  await save('二维码.png', await code('QRCode', '你好，世界'));
  await save('条码.png', await code('EAN13', '6901234567892'));
  await save('红黄.jpg', redAndYellow().get_bytes_jpeg(80));
  await save('不是图.png', Buffer.from('只是文字\n'));
} catch (error) {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  console.error(`pictures: cannot write into ${directory}: ${code}`);
  process.exit(1);
}

async function save(name: string, bytes: Uint8Array): Promise<void> {
  const path = join(directory as string, name);
  await writeFile(path, bytes);
  console.log(`${path}: ${bytes.length} bytes`);
}

async function code(format: 'QRCode' | 'EAN13', text: string): Promise<Uint8Array> {
  const { image, error } = await writeBarcode(text, { format, scale: 2 });
  if (!image) throw new Error(error);
  return new Uint8Array(await image.arrayBuffer());
}

function redAndYellow(): PhotonImage {
  const [width, height] = [48, 32];
  const pixels = new Uint8Array(width * height * 4);
  for (let at = 0; at < width * height; at += 1) {
    const yellow = at % width < 16 && at < (width * height) / 2;
    pixels.set(yellow ? [255, 222, 0, 255] : [222, 41, 16, 255], at * 4);
  }
  return new PhotonImage(pixels, width, height);
}
