// The one ordered list of lessons, and how a lesson is found by what somebody types. Order is kept here and nowhere else.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closest, distance } from 'fastest-levenshtein';
import type { LessonChecks } from '../test/harness/check.ts';
import { UserError } from './user-error.ts';

/** One program of a lesson: a file `<name>.ts` in its starter and in its solution. */
export interface LessonProgram {
  readonly name: string;
  /** What to type after it to see it work, if it needs arguments. */
  readonly example?: string;
  /** Set where a process of it lives on when it has ended, on purpose. Any other such process is ended by the runner. */
  readonly leavesRunning?: true;
}

export interface Lesson {
  /** The name of its directory in every tree. */
  readonly name: string;
  readonly title: string;
  readonly chinese: string;
  /** The first one is what `npm run ex -- <lesson>` starts. */
  readonly programs: readonly LessonProgram[];
  /** Lessons that come before it. */
  readonly needs: readonly string[];
  /** Set where the lesson needs one kind of system. */
  readonly platform?: 'linux';
  /** Ports that its programs take when none is given. */
  readonly ports: readonly number[];
}

export const lessons: readonly Lesson[] = [
  {
    name: 'files',
    title: 'bytes in files: what is written, where, and when it is safe',
    chinese: '字节与文件',
    programs: [
      { name: 'count', example: 'exercises/files/诗.txt' },
      { name: 'write', example: 'append /tmp/日记.txt 你好' },
      { name: 'read', example: 'exercises/files/诗.txt --start 0 --length 15' },
      { name: 'journal', example: '/tmp/日记.txt' },
      { name: 'look', example: 'exercises/files nowhere' },
      { name: 'remove', example: '/tmp/日记.txt' },
    ],
    needs: [],
    ports: [],
  },
  {
    name: 'talk-split',
    title: 'separate a dialogue by speaker',
    chinese: '文件分离',
    programs: [{ name: 'talk-split', example: 'exercises/talk-split/talk.txt out' }],
    needs: [],
    ports: [],
  },
  {
    name: 'backup',
    title: 'back up the files of a directory',
    chinese: '备份目录',
    programs: [{ name: 'backup', example: 'exercises /tmp/备份' }],
    needs: [],
    ports: [],
  },
  {
    name: 'tcp-echo',
    title: 'an echo server and its client over TCP',
    chinese: 'TCP 回声',
    programs: [{ name: 'server' }, { name: 'client' }],
    needs: [],
    ports: [8888],
  },
  {
    name: 'framing',
    title: 'messages in a stream: pack, unpack, and a length in front',
    chinese: '消息分帧',
    programs: [
      { name: 'server' },
      { name: 'client' },
      { name: 'pack', example: "'>HI6s' 1 2 老王" },
      { name: 'unpack', example: "'>HI'" },
    ],
    needs: ['tcp-echo'],
    ports: [8888],
  },
  {
    name: 'file-transfer',
    title: 'send a file over TCP, whole or not at all',
    chinese: '文件传输',
    programs: [
      { name: 'receiver', example: '--dir inbox' },
      { name: 'sender', example: 'README.md' },
    ],
    needs: ['tcp-echo'],
    ports: [8888],
  },
  {
    name: 'udp',
    title: 'datagrams: an echo that may be lost, and a client that asks again',
    chinese: 'UDP 数据报',
    programs: [{ name: 'server' }, { name: 'client' }],
    needs: ['tcp-echo'],
    ports: [8888],
  },
  {
    name: 'http-server',
    title: 'a web server on a bare TCP socket',
    chinese: 'HTTP 服务器',
    programs: [{ name: 'server', example: '--root exercises/http-server/public' }],
    needs: ['tcp-echo'],
    ports: [8000],
  },
  {
    name: 'processes',
    title: 'fork, wait, zombies and orphans',
    chinese: '进程',
    programs: [
      { name: 'twice' },
      { name: 'statuses', example: '3 0 255 SIGKILL 256' },
      { name: 'poll' },
      { name: 'zombie' },
      { name: 'orphan', example: '/tmp/孤儿.txt', leavesRunning: true },
      { name: 'daemon', example: '/tmp/工作', leavesRunning: true },
      { name: 'run', example: "sh -c 'echo 你好; exit 3'" },
      { name: 'workers', example: '10 100 100000' },
      { name: 'detach', example: "/tmp/睡.txt sh -c 'sleep 5; echo 醒了'", leavesRunning: true },
    ],
    needs: ['tcp-echo'],
    platform: 'linux',
    ports: [],
  },
  {
    name: 'two-ports',
    title: 'one site on two ports, by two processes',
    chinese: '多进程服务器',
    programs: [
      { name: 'server' },
      { name: 'cluster', example: '--port 8001 --port 8081' },
      { name: 'one-process', example: '--port 8002 --port 8082' },
    ],
    needs: ['http-server', 'processes'],
    platform: 'linux',
    ports: [8000, 8080],
  },
  {
    name: 'split-copy',
    title: 'copy a file in two halves by two processes at once',
    chinese: '文件分半复制',
    programs: [
      { name: 'split-copy', example: 'README.md halves' },
      { name: 'join', example: 'halves/README.md.part1 halves/README.md.part2 README.copy.md' },
      { name: 'copy-range', example: 'README.md title.txt --start 2 --end 14 --at 0' },
    ],
    needs: ['talk-split'],
    ports: [],
  },
  {
    name: 'primes',
    title: 'the sum of the primes: a busy loop, a better algorithm, more processes',
    chinese: '质数求和',
    programs: [
      { name: 'primes', example: '100000' },
      { name: 'ticks', example: '100000 --slices' },
      { name: 'share', example: '100000 --workers 4' },
    ],
    needs: ['split-copy'],
    ports: [],
  },
  {
    name: 'process-class',
    title: 'a class whose objects run as processes',
    chinese: '自定义进程类',
    programs: [
      { name: 'hello', example: '小红 41' },
      { name: 'play' },
      { name: 'ticker', example: '滴答 3' },
      { name: 'later', example: '0.5 坏了' },
    ],
    needs: ['processes'],
    platform: 'linux',
    ports: [],
  },
  {
    name: 'chatroom',
    title: 'a chat room over UDP, in several processes',
    chinese: '群聊聊天室',
    programs: [{ name: 'server' }, { name: 'client', example: '老王' }],
    needs: ['tcp-echo'],
    ports: [8888],
  },
  {
    name: 'event-loop',
    title: 'a socket file, and an event loop of your own that serves 1,000 clients',
    chinese: '事件循环',
    programs: [
      { name: 'server', example: '--delay 300' },
      { name: 'local', example: '/tmp/回声.sock' },
      { name: 'crowd', example: '--idle 1000 --ask 5' },
    ],
    needs: ['tcp-echo', 'processes'],
    platform: 'linux',
    ports: [8888],
  },
  {
    name: 'image-client',
    title: 'pictures to a server that recognises them: errors, deadlines, a cloud behind it',
    chinese: '图像识别',
    programs: [
      { name: 'server' },
      { name: 'client', example: '通用 /tmp/图/二维码.png /tmp/图/红黄.jpg' },
      { name: 'pictures', example: '/tmp/图' },
    ],
    needs: ['framing'],
    ports: [8888],
  },
];

/** The root of the workbook. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** The places of a lesson, relative to the root. */
export function placesOf({ name }: Lesson): {
  starter: string;
  solution: string;
  checks: string;
  note: string;
  hints: string;
} {
  return {
    starter: `exercises/${name}`,
    solution: `solutions/${name}`,
    checks: `test/${name}.test.ts`,
    note: `notes/${name}.md`,
    hints: `notes/hints/${name}.md`,
  };
}

/** Finds a lesson by its name, its number in the list, or the beginning of its name. Throws {@link UserError}. */
export function findLesson(typed: string, among: readonly Lesson[] = lessons): Lesson {
  const exact =
    among.find(({ name }) => name === typed) ??
    (/^\d+$/.test(typed) ? among[Number(typed) - 1] : undefined);
  if (exact) return exact;
  if (/^\d+$/.test(typed))
    throw new UserError(`there is no lesson ${typed}: they go from 1 to ${among.length}`);
  const begins = among.filter(({ name }) => name.startsWith(typed));
  if (begins.length === 1) return begins[0] as Lesson;
  if (begins.length > 1)
    throw new UserError(`"${typed}" could be ${listed(begins.map(({ name }) => name))}`);
  throw new UserError(
    `there is no lesson "${typed}"${didYouMean(
      typed,
      among.map(({ name }) => name),
    )}`,
  );
}

/** Finds a program of a lesson; without a name, its first. Throws {@link UserError}. */
export function findProgram(lesson: Lesson, typed: string | undefined): LessonProgram {
  const [first] = lesson.programs;
  if (!first) throw new Error(`lesson ${lesson.name} has no program`);
  if (typed === undefined) return first;
  const found = lesson.programs.find(({ name }) => name === typed);
  if (found) return found;
  const names = lesson.programs.map(({ name }) => name);
  throw new UserError(
    `${lesson.name} has no program "${typed}": it has ${listed(names)}${didYouMean(typed, names)}`,
  );
}

/** `. Did you mean "tcp-echo"?`, if something is near enough to be a slip of the finger, or has the word in it. */
export function didYouMean(typed: string, names: readonly string[], prefix = ''): string {
  const near =
    names.find((name) => typed.length > 2 && name.includes(typed)) ?? nearest(typed, names);
  return near === undefined ? '.' : `. Did you mean "${prefix}${near}"?`;
}

function nearest(typed: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const near = closest(typed, names);
  return distance(typed, near) <= Math.max(1, near.length / 3) ? near : undefined;
}

/** Loads the checks of a lesson: the default export of its test file. */
export function loadChecks(lesson: Lesson): LessonChecks {
  const load = createRequire(import.meta.url);
  return (load(join(root, placesOf(lesson).checks)) as { default: LessonChecks }).default;
}

function listed(names: readonly string[]): string {
  return names.length === 1 ? `${names[0]}` : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
