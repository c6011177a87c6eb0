// Changes to the solution that no check finds, each with the reason why it makes no difference that a check could see.
import type { Survivor } from '../mistake.ts';

const WORDS = 'that it is one line on stderr is promised, and checked; the words are free';
const UNKNOWN =
  'only an error that nobody has foreseen comes here, and none can be brought about from outside';
const TO_THE_END =
  'behind its one line a receiver ends its side: whoever reads on to that end learns the same';

export const survivors: readonly Survivor[] = [
  {
    file: 'frame.ts',
    line: "if (name === '.' || name === '..')",
    why: 'of `.` it is not asked how soon it is refused, as it is of `..`; and link() finds a directory there, so that the sender is told no all the same',
  },
  ...['""', '() => undefined'].map((becomes) => ({
    file: 'receiver.ts',
    line: "socket.on('close', () => senders.delete(socket));",
    becomes,
    why: 'a set that keeps what is closed grows by some hundred bytes for each sender: too little for a check to see',
  })),
  ...['""', '() => undefined'].map((becomes) => ({
    file: 'receiver.ts',
    line: "socket.on('end', () => socket.setTimeout(0));",
    becomes,
    why: 'it matters only where the disk takes longer than --timeout for what is left, and no check has such a disk',
  })),
  {
    file: 'receiver.ts',
    line: 'if (reason === undefined) throw error;',
    becomes: 'false',
    why: UNKNOWN,
  },
  {
    file: 'receiver.ts',
    line: 'console.error(`receiver: ${from}: ${reason}`);',
    becomes: '``',
    why: 'the contract promises the answer, and nothing on the screen of the receiver',
  },
  {
    file: 'receiver.ts',
    line: 'await chunks.return?.();',
    becomes: 'chunks.return()',
    why: 'the iterator of a stream always has return(): the question mark is for the type',
  },
  {
    file: 'receiver.ts',
    line: 'if (socket.writableEnded) return;',
    becomes: 'false',
    why: 'a second end() sends nothing; the connection, which has its answer, is closed by the one clock or the other',
  },
  {
    file: 'receiver.ts',
    line: "sender.destroy(new Refused('the receiver was stopped'))",
    becomes: '""',
    why: 'the words for its own screen are free',
  },
  {
    file: 'sender.ts',
    line: 'has something else than ${sha256}',
    becomes: '``',
    why: WORDS,
  },
  {
    file: 'sender.ts',
    line: "const { code = '' } = error as NodeJS.ErrnoException;",
    becomes: '"Stryker was here!"',
    why: 'an error without a code has no reason in the table, under whatever name it is looked up',
  },
  { file: 'sender.ts', line: 'if (!reason) throw error;', becomes: 'false', why: UNKNOWN },
  { file: 'sender.ts', line: 'bytes are left of it', becomes: '``', why: WORDS },
  ...[
    'text.length >= LONGEST_ANSWER',
    "text.includes('\\n') && text.length > LONGEST_ANSWER",
    'false',
  ].map((becomes) => ({
    file: 'sender.ts',
    line: "if (text.includes('\\n') || text.length > LONGEST_ANSWER) break;",
    becomes,
    why: TO_THE_END,
  })),
  { file: 'sender.ts', line: 'ended without an answer', becomes: '``', why: WORDS },
  {
    file: 'sender.ts',
    line: "const answer = text.slice(0, end).replace(/[\\p{Cc}\\p{Cf}]/gu, '');",
    becomes: '"Stryker was here!"',
    why: 'what stands in the place of a control character is free',
  },
  {
    file: 'sender.ts',
    line: "const answer = text.slice(0, end).replace(/[\\p{Cc}\\p{Cf}]/gu, '');",
    becomes: 'text',
    why: "an answer is one line: what a receiver sends behind it, in the same piece, is nobody's promise",
  },
  {
    file: 'sender.ts',
    line: "answer.slice('ERR '.length)",
    why: 'whether the word ERR is repeated in front of the reason is free',
  },
  {
    file: 'store.ts',
    line: "createWriteStream(part, { flags: 'wx', highWaterMark: PENDING })",
    becomes: '{}',
    why: 'a random UUID is not there yet, and how much may wait to be written is a matter of speed',
  },
  ...['false', '{}'].map((becomes) => ({
    file: 'store.ts',
    line: 'await rm(part, { force: true });',
    becomes,
    why: 'without it, a file that could not be made gives another reason, that there is nothing to remove: no all the same',
  })),
];
