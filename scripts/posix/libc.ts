// The functions of the C library and of libuv that are in this process already, made callable. No file is opened and
// nothing is compiled: node itself is a C program, and `load(null)` means "what is loaded".
import { createRequire } from 'node:module';
import { constants } from 'node:os';

type Call = (...args: readonly unknown[]) => number;

interface Library {
  func(prototype: string): Call;
}

interface Koffi {
  load(path: null): Library;
  errno(): number;
}

/** Errors of calls, as Node's own are: `code` is `'ECHILD'`, `errno` is -10, `syscall` is `'wait'`. */
export type SystemError = Error & {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
};

mustBeLinux();
// Not an import: on a system without a fork() the reason should be told, and not that a package cannot be loaded.
const koffi = createRequire(import.meta.url)('koffi') as Koffi;
const library = koffi.load(null);

const strerror = library.func('const char *strerror(int errno)') as unknown as (
  errno: number,
) => string;

export const c = {
  fork: library.func('int fork()'),
  waitpid: library.func('int waitpid(int pid, _Out_ int *status, int options)'),
  exit: library.func('void _exit(int status)'),
  getpid: library.func('int getpid()'),
  getppid: library.func('int getppid()'),
  kill: library.func('int kill(int pid, int signal)'),
  signal: library.func('intptr_t signal(int signal, intptr_t handler)'),
  pipe: library.func('int pipe(_Out_ int *ends)'),
  setsid: library.func('int setsid()'),
  usleep: library.func('int usleep(uint32_t microseconds)'),
  open: library.func('int open(const char *path, int flags)'),
  read: library.func('intptr_t read(int file, void *buffer, size_t count)'),
  pread: library.func('intptr_t pread(int file, void *buffer, size_t count, intptr_t offset)'),
  close: library.func('int close(int file)'),
  atol: library.func('intptr_t atol(const void *text)'),
  madvise: library.func('int madvise(uintptr_t address, size_t length, int advice)'),
  uvDefaultLoop: library.func('uintptr_t uv_default_loop()'),
  uvLoopAlive: library.func('int uv_loop_alive(uintptr_t loop)'),
  uvLoopFork: library.func('int uv_loop_fork(uintptr_t loop)'),
} as const;

/** The result of a call; throws a {@link SystemError} where C returns -1 and sets `errno`, see errno(3). */
export function checked(syscall: string, result: number): number {
  if (result !== -1) return result;
  throw systemError(syscall, koffi.errno());
}

function systemError(syscall: string, errno: number): SystemError {
  const [code = `E${errno}`] =
    Object.entries(constants.errno).find(([, number]) => number === errno) ?? [];
  const error = new Error(`${code}: ${strerror(errno)}, ${syscall}`);
  return Object.assign(error, { code, errno: -errno, syscall });
}

function mustBeLinux(): void {
  if (process.platform !== 'linux')
    throw new Error(`#posix needs Linux, and this is ${process.platform}; on Windows use WSL`);
}
