// Changes in the solution that make no difference to whoever uses it.
import type { Survivor } from '../mistake.ts';

export const survivors: readonly Survivor[] = [
  {
    file: 'write.ts',
    line: 'done += (await handle.write(left',
    becomes: 'position - done',
    why: 'A file on a disk takes all in one write unless the disk is nearly full: the loop then has one turn, with done at 0.',
  },
  {
    file: 'write.ts',
    line: '} finally {',
    becomes: '{}',
    why: 'The kernel closes the file when the program ends, a moment later.',
  },
  {
    file: 'journal.ts',
    line: '} finally {',
    becomes: '{}',
    why: 'The kernel closes the file when the program ends, a moment later.',
  },
  {
    file: 'read.ts',
    line: 'while (done < piece.length) {',
    becomes: 'done <= piece.length',
    why: 'One more read, of no bytes, gives 0, and the loop ends by that.',
  },
  {
    file: 'read.ts',
    line: 'const { bytesRead } = await handle.read(piece',
    becomes: 'piece.length + done',
    why: 'A file on a disk gives all in one read: the loop has one turn, with done at 0.',
  },
  {
    file: 'read.ts',
    line: 'const { bytesRead } = await handle.read(piece',
    becomes: 'from - done',
    why: 'A file on a disk gives all in one read: the loop has one turn, with done at 0.',
  },
  {
    file: 'read.ts',
    line: 'if (bytesRead === 0) break;',
    becomes: 'false',
    why: 'Only a file that becomes shorter between stat() and read() gives 0 here.',
  },
  {
    file: 'look.ts',
    line: 'const names = (await readdir(path)).sort();',
    becomes: 'await readdir(path)',
    why: 'libuv sorts the names by their bytes. It is not promised, so the solution sorts as well.',
  },
];
