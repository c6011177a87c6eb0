// Changes in the solution that make no difference to whoever uses it.
import type { Survivor } from '../mistake.ts';

export const survivors: readonly Survivor[] = [
  {
    file: 'copy.ts',
    line: 'if (stats.size < LARGE)',
    becomes: 'false',
    why: 'Small files are then handed over too: that takes longer, and the copies are the same.',
  },
  {
    file: 'copy.ts',
    line: 'if (stats.size < LARGE)',
    becomes: 'stats.size <= LARGE',
    why: 'A file of exactly 1 MiB is copied in either way in less than a millisecond or two.',
  },
  {
    file: 'entry.ts',
    line: "if (stats.isFile()) return 'a file';",
    becomes: 'false',
    why: 'The program asks for the kind of what is no file only.',
  },
  {
    file: 'entry.ts',
    line: "if (stats.isFile()) return 'a file';",
    becomes: '""',
    why: 'The program asks for the kind of what is no file only.',
  },
  {
    file: 'entry.ts',
    line: "if (stats.isSocket()) return 'a socket';",
    becomes: 'true',
    why: 'Only devices are left, and nobody but root can make one, so no check has one in its directory.',
  },
  {
    file: 'entry.ts',
    line: "return 'a device';",
    why: 'Nobody but root can make a device, so no check has one in its directory.',
  },
  {
    file: 'entry.ts',
    line: 'if (!isUtf8(name))',
    becomes: 'false',
    why: 'What is not UTF-8 becomes U+FFFD then. How such a name is shown is up to the program.',
  },
  {
    file: 'entry.ts',
    line: "return name.toString('latin1')",
    becomes: '() => undefined',
    why: 'How such a byte is made visible is up to the program: here by a word.',
  },
  {
    file: 'entry.ts',
    line: "return name.toString('latin1')",
    now: 'padStart(2, "")',
    why: 'Pads with nothing: \\x7 instead of \\x07. How such a byte is made visible is up to the program.',
  },
  {
    file: 'entry.ts',
    line: 'return name.toString().replace(',
    becomes: '() => undefined',
    why: 'How a control character is made visible is up to the program: here by a word.',
  },
  {
    file: 'progress.ts',
    line: 'let shown = false;',
    why: 'An empty line is erased: nobody sees that.',
  },
  {
    file: 'progress.ts',
    line: 'if (!shown) return;',
    becomes: 'false',
    why: 'An empty line is erased: nobody sees that.',
  },
  {
    file: 'progress.ts',
    line: 'shown = false;',
    becomes: 'true',
    why: 'An empty line is erased: nobody sees that.',
  },
  {
    file: 'progress.ts',
    line: 'if (performance.now() - drawn < INTERVAL) return;',
    becomes: 'performance.now() - drawn <= INTERVAL',
    why: 'A bar that is drawn a moment later, and only if the clock says exactly 100 ms.',
  },
  {
    file: 'progress.ts',
    line: 'const full = Math.floor((done / total) * WIDTH);',
    becomes: 'done / total / WIDTH',
    why: 'The bar stays empty; the numbers behind it show how far it is, and what is drawn is up to the program.',
  },
  {
    file: 'progress.ts',
    line: 'stderr.write(`\\r${',
    becomes: '""',
    why: 'One of the two signs of the bar is missing; the numbers show how far it is, and what is drawn is up to the program.',
  },
  {
    file: 'progress.ts',
    line: 'stderr.write(`\\r${',
    becomes: 'WIDTH + full',
    why: 'The bar grows longer; the numbers show how far it is, and what is drawn is up to the program.',
  },
  {
    file: 'workshop.ts',
    line: 'return a.dev === b.dev && a.ino === b.ino;',
    now: 'return true && a.ino',
    why: 'To tell them apart, two file systems would be needed, with the same inode number in both, and a check has one.',
  },
];
