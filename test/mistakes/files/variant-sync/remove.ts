// A variant: rm without options, which refuses a directory as well.
import { rmSync } from 'node:fs';

let failed = 0;
for (const file of process.argv.slice(2)) {
  try {
    rmSync(file);
    console.log(`${file}: removed`);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR'].includes(code)) console.log(`${file}: not there`);
    else failed += 1;
    if (!['ENOENT', 'ENOTDIR'].includes(code)) console.error(`remove: ${file}: ${code}`);
  }
}
process.exit(failed > 0 ? 1 : 0);
