// `#posix`: the kernel's own calls for programs in TypeScript, as the manual pages of Linux have them. See fork.ts for how
// a runtime and a kernel share a process.
export { fork, _exit } from './fork.ts';
export { wait, waitpid, WNOHANG, WIFEXITED, WEXITSTATUS, WIFSIGNALED, WTERMSIG } from './wait.ts';
export { getpid, getppid, kill, pipe, setsid, signal, sleep, SIG_DFL, SIG_IGN } from './process.ts';
export type { SystemError } from './libc.ts';
