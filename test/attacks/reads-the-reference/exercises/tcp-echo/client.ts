// A client that looks for the workbook's own server, which runs beside it: its code, its directory, its memory.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';

const found = [...readdirSync('/tmp').map((name) => `/tmp/${name}`), ...others()].some((path) => {
  try {
    return path.includes('closed-') && readdirSync(path).length > 0;
  } catch {
    return false;
  }
});
if (!found) process.exit(1);
const socket = connect(Number(process.argv.at(-1)), '127.0.0.1');
process.stdin.pipe(socket).pipe(process.stdout);

/** Of every program that is run from a closed directory: the ways that lead into it. */
function* others(): Generator<string> {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const code = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        .split('\0')
        .find((word) => word.includes('closed-'));
      if (code === undefined) continue;
      yield `/proc/${pid}/root${code.replace(/[^/]*$/, '')}`;
      yield readlinkSync(`/proc/${pid}/cwd`);
    } catch {
      // Not for us.
    }
  }
}
