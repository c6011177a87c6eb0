// How node has to be started for fork() to work: see fork.ts. The runner and the harness pass these flags.
export const FORK_FLAGS: readonly string[] = ['--single-threaded', '--v8-pool-size=0'];
