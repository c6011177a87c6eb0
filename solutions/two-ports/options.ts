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
    const ports = values.port.map(Number);
    if (ports.length !== 2 || !ports.every(isPort)) throw new RangeError('two ports');
    return { host: values.host, ports };
  } catch {
    console.error(`usage: ${program} [--host HOST] [--port PORT --port PORT]`);
    process.exit(2);
  }
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65_535;
}
