// One range, by streams.
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

const usage = (): never => {
  console.error('usage: copy-range <source> <target> --start N --end N --at N');
  process.exit(2);
};

function options() {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { start: text, end: text, at: text },
    });
    const [source = usage(), target = usage()] = positionals;
    const [start, end, at] = [values.start, values.end, values.at].map((digits) =>
      /^\d+$/.test(digits ?? '') ? Number(digits) : usage(),
    ) as [number, number, number];
    return { source, target, start, end, at };
  } catch {
    return usage();
  }
}

const { source, target, start, end, at } = options();
try {
  const made = await open(target, 'a'); // makes it, if need be, and changes nothing
  await made.close();
  if (start < end) {
    // A stream's end is included, so it cannot express an empty range.
    const from = createReadStream(source, { start, end: end - 1 });
    await pipeline(from, createWriteStream(target, { flags: 'r+', start: at }));
    const missing = end - start - from.bytesRead;
    if (missing > 0) {
      console.error(`copy-range: ${source}: ${missing} bytes are missing`);
      process.exitCode = 1;
    }
  }
} catch (error) {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  console.error(`copy-range: ${path ?? target}: ${code}`);
  process.exitCode = 1;
}
