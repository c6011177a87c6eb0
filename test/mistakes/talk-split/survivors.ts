// Changes to the solution that make no difference a user could see.
import type { Survivor } from '../mistake.ts';

const WORDS =
  'the contract fixes how the line begins, `talk-split: <talk.txt>: line <n>`; the words behind it are free';

export const survivors: readonly Survivor[] = [
  { file: 'dialogue.ts', line: "'is not UTF-8'", becomes: '""', why: WORDS },
  { file: 'talk-split.ts', line: 'has no speaker, and nobody', becomes: '""', why: WORDS },
  { file: 'talk-split.ts', line: 'has no name before its colon', becomes: '""', why: WORDS },
  { file: 'talk-split.ts', line: 'has a name too long for a file', becomes: '""', why: WORDS },
  {
    file: 'dialogue.ts',
    line: 'if (rest.length > 0) yield rest;',
    becomes: 'true',
    why: 'an empty rest becomes a block without a line: nothing is read from it',
  },
  {
    file: 'dialogue.ts',
    line: 'if (rest.length > 0) yield rest;',
    becomes: 'rest.length >= 0',
    why: 'an empty rest becomes a block without a line: nothing is read from it',
  },
  {
    file: 'talk-split.ts',
    line: 'if (pending > BATCH) {',
    becomes: 'pending >= BATCH',
    why: 'it is written one character earlier',
  },
  {
    file: 'talk-split.ts',
    line: 'if (pending > BATCH) {',
    becomes: 'pending <= BATCH',
    why: 'a chunk is smaller than a batch, so that it is written after each chunk: less memory, and more calls to the kernel',
  },
  {
    file: 'talk-split.ts',
    line: 'pending += speech.length + 1;',
    becomes: 'speech.length - 1',
    why: 'a batch is two characters longer for each of its lines',
  },
  {
    file: 'talk-split.ts',
    line: 'if (pending > BATCH) {',
    becomes: 'true',
    why: 'it is written after each chunk: less memory, and more calls to the kernel',
  },
  {
    file: 'talk-split.ts',
    line: "if (speaker.pending === '') continue;",
    becomes: 'false',
    why: 'whoever has nothing pending has a file already: to append an empty text changes nothing',
  },
  {
    file: 'talk-split.ts',
    line: "if (speaker.pending === '') continue;",
    becomes: '"Stryker was here!"',
    why: 'whoever has nothing pending has a file already: to append an empty text changes nothing',
  },
  {
    file: 'talk-split.ts',
    line: "{ flag: speaker.begun ? 'a' : 'w' }",
    now: '\'a\' : ""',
    why: 'writeFile takes an empty flag for none, and its default is w',
  },
];
