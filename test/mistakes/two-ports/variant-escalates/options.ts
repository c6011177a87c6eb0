// The command line of all three programs: `--host HOST --port PORT --port PORT`.
import { parseArgs } from 'node:util';

/** Where to listen: 127.0.0.1, ports 8000 and 8080, if nothing else is said. `program`: its name in the usage line. */
export function readOptions(program: string): { host: string; ports: readonly number[] } {
  try {
    const { values } = parseArgs({
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', multiple: true, default: ['8000', '8080'] },
      },
    });
    if (values.port.length !== 2 || !values.port.every(isPort)) throw new RangeError('two ports');
    return { host: values.host, ports: values.port.map(Number) };
  } catch {
    console.error(`usage: ${program} [--host HOST] [--port PORT --port PORT]`);
    process.exit(2);
  }
}

/** Digits only: Number() takes '' for 0, and '0x50' for 80. */
function isPort(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) <= 65_535;
}
