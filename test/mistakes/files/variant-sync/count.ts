// A variant: a decoder that is fatal, and a loop that counts every byte that begins a character.
import { readFileSync } from 'node:fs';

const [file = ''] = process.argv.slice(2);
try {
  const bytes = readFileSync(file);
  new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  let characters = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) characters += 1;
  process.stdout.write(`${bytes.length} bytes, ${characters} characters\n`);
} catch (error) {
  const { code = '' } = error as NodeJS.ErrnoException;
  process.stderr.write(`count: ${file}: ${code.startsWith('ERR_') ? 'not UTF-8' : code}\n`);
  process.exitCode = 1;
}
