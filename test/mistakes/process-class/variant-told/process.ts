// A process as an object, over functions that are told of ends.
import { fork, getpid, kill } from '#posix';
import { adopt, becomeAnother, lookAtAll, whenEnded, type Child } from './children.ts';

type Options = Partial<{
  target: (...args: any[]) => unknown;
  args: readonly unknown[];
  name: string;
  daemon: boolean;
}>;

export class Process {
  static #count = 0;
  readonly name: string;
  #options: Options;
  #child: Child | undefined;

  constructor(options: Options = {}) {
    this.#options = { ...options };
    Process.#count++;
    this.name = options.name || 'Process-' + Process.#count;
  }

  get pid() {
    return this.#child?.pid;
  }

  get daemon() {
    return this.#options.daemon ?? false;
  }

  set daemon(value) {
    if (this.#child) throw new TypeError('too late');
    this.#options.daemon = value;
  }

  get exitCode() {
    lookAtAll();
    return this.#child?.code;
  }

  isAlive() {
    return this.#child !== undefined && this.exitCode === undefined;
  }

  run(): unknown {
    return this.#options.target?.apply(undefined, [...(this.#options.args ?? [])]);
  }

  start(): Promise<void> {
    if (this.#child) return Promise.reject(new TypeError(`${this.name} runs already`));
    const pid = fork();
    if (pid !== 0) {
      this.#child = adopt(pid, this.daemon);
      return Promise.resolve();
    }
    becomeAnother();
    this.#child = { pid: getpid(), daemon: this.daemon, code: undefined, waiting: new Set() };
    new Promise((resolve) => resolve(this.run())).then(
      () => process.exit(),
      (error: Error) => {
        process.stderr.write(`${error.stack}\n`.replace(/^(?=.)/gm, `${this.name}: `));
        process.exit(1);
      },
    );
    return new Promise(() => {});
  }

  join(seconds = Infinity): Promise<void> {
    if (!this.#child) return Promise.reject(new TypeError(`${this.name} was not started`));
    return whenEnded(this.#child, seconds);
  }

  terminate() {
    if (this.isAlive()) kill(this.pid as number, 'SIGTERM');
  }

  kill() {
    if (this.isAlive()) kill(this.pid as number, 'SIGKILL');
  }
}
