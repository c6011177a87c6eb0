// A variant: calls that block, flags as numbers, and the position is counted before the write.
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';

const { O_WRONLY, O_CREAT, O_EXCL, O_TRUNC, O_APPEND } = constants;
const [how = '', file = '', text = ''] = process.argv.slice(2);
const flags: Record<string, number> = {
  new: O_WRONLY | O_CREAT | O_EXCL,
  replace: O_WRONLY | O_CREAT | O_TRUNC,
  append: O_WRONLY | O_CREAT | O_APPEND,
};

try {
  const bytes = Buffer.from(text);
  const descriptor = openSync(file, flags[how] ?? O_WRONLY);
  const start = how in flags ? fstatSync(descriptor).size : Number(how);
  let rest = bytes;
  while (rest.length > 0) {
    const position = how in flags ? null : start + bytes.length - rest.length;
    rest = rest.subarray(writeSync(descriptor, rest, 0, rest.length, position));
  }
  closeSync(descriptor);
  console.log(`${bytes.length} bytes, from byte ${start}`);
} catch (error) {
  console.error(`write: ${file}: ${(error as NodeJS.ErrnoException).code}`);
  process.exit(1);
}
