// Copies in one step.
import { copyFileSync } from 'node:fs';

/** Makes `to` a copy of `from`. */
export async function backUpFile(from: Buffer, to: Buffer): Promise<'copied'> {
  copyFileSync(from, to);
  return 'copied';
}
