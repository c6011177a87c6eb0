// The `console` blocks of a note: read them, run them line by line, and compare what they print.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { carries, processes } from '../harness/proc.ts';
import { currentRun } from '../harness/run.ts';

/** One `$ command` of a note, and what it prints. */
export interface ConsoleLine {
  /** Its line in the file, from 1. */
  readonly at: number;
  readonly command: string;
  /** What stands below it, without spaces at the ends of lines. */
  readonly output: string;
  /** Why it is not run: what stands behind `# not run: `. */
  readonly notRun?: string;
  /** Programs that it needs and that not every machine has: ```` ```console needs=zip,unzip ````. */
  readonly needs: readonly string[];
}

/** What stands under one `## ` heading. Its lines share a shell and a directory. */
export interface ConsoleSection {
  readonly title: string;
  readonly lines: readonly ConsoleLine[];
}

/** A line that printed something else, did not end, or left something behind. */
export interface Trouble {
  readonly at: number;
  readonly command: string;
  readonly expected: string;
  readonly got: string;
}

/** The sections of a note that have at least one command. Throws on a block that begins with something else. */
export function consoleSections(markdown: string): ConsoleSection[] {
  const sections: { title: string; lines: ConsoleLine[] }[] = [];
  let needs: readonly string[] | undefined;
  for (const [index, text] of markdown.split('\n').entries()) {
    const at = index + 1;
    const section = sections.at(-1);
    if (text.startsWith('```')) {
      const opens = needs === undefined && text.startsWith('```console');
      needs = opens ? (/ needs=(\S+)$/.exec(text)?.[1]?.split(',') ?? []) : undefined;
    } else if (needs === undefined) {
      if (text.startsWith('## ')) sections.push({ title: text.slice(3), lines: [] });
    } else if (text.startsWith('$ ')) {
      const [, command = '', notRun] = /^\$ (.*?)(?:\s+# not run: (.+))?$/.exec(text) ?? [];
      section?.lines.push({ at, command, output: '', needs, ...(notRun && { notRun }) });
    } else {
      const last = section?.lines.at(-1);
      if (!section || !last) throw new Error(`line ${at}: output without a command`);
      section.lines[section.lines.length - 1] = { ...last, output: joined(last.output, text) };
    }
  }
  return sections.filter(({ lines }) => lines.length > 0);
}

function joined(before: string, line: string): string {
  return `${before}${line.trimEnd()}\n`;
}

/** True if this program is there for the shell that runs the lines. */
export function isInstalled(program: string): boolean {
  const { status } = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], {
    env: { PATH },
    stdio: 'ignore',
  });
  return status === 0;
}

/** Milliseconds that bash itself may take, to start and to end. */
const START = 30_000;

const PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

export interface RunOptions {
  /** Milliseconds that one line may take; default 30,000. */
  readonly limit?: number;
}

/** Runs the lines in an empty directory, which is their HOME too, and removes it. Returns what was not as written. */
export async function runSection(
  lines: readonly ConsoleLine[],
  { limit = 30_000 }: RunOptions = {},
): Promise<Trouble[]> {
  const home = realpathSync(currentRun().directory('shell'));
  const mark = `WORKBOOK_SHELL=${randomBytes(8).toString('hex')}`;
  const shell = startShell(home, mark);
  const names = new Map([['home', home]]);
  const troubles: Trouble[] = [];
  try {
    if ((await shell.answer(START)) === undefined) throw new Error('bash did not start');
    for (const line of lines) {
      const { at, command, output: expected } = line;
      const got = await shell.type(command, limit);
      if (got === undefined) {
        troubles.push({ at, command, expected, got: `it did not end in ${limit} ms` });
        return troubles;
      }
      if (!matches(got, expected, names)) troubles.push({ at, command, expected, got });
    }
    await shell.exit(START);
    const { at, command } = lines.at(-1) ?? { at: 0, command: '' };
    for (const { command: left } of await leftBehind(mark)) {
      troubles.push({ at, command, expected: '', got: `a process was left behind: ${left}` });
    }
    return troubles;
  } finally {
    await killAll(mark);
    await rm(home, { recursive: true, force: true });
  }
}

/**
 * A bash of its own in a terminal of its own, as a learner has it, made by script(1): so there are job numbers, and
 * `bash: ./hello: Permission denied` in bash's own words. Nothing is echoed, no file of the user is read.
 */
function startShell(home: string, mark: string) {
  const prompt = `\x1e${randomBytes(8).toString('hex')}\n`;
  const [name = '', value] = mark.split('=');
  const [runName = '', runValue] = currentRun().mark.split('=');
  const child = spawn('script', ['-qefc', BASH, '/dev/null'], {
    cwd: home,
    env: {
      PATH,
      HOME: home,
      TMPDIR: home,
      LC_ALL: 'C.UTF-8',
      TERM: 'dumb',
      SHELL: '/bin/bash',
      HISTFILE: '/dev/null',
      PROMPT: prompt,
      [name]: value,
      [runName]: runValue,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  let text = '';
  let ended = false;
  let wake = () => {};
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    wake();
  });
  child.once('close', () => {
    ended = true;
    wake();
  });
  child.stdin.on('error', () => {});

  /** Waits until `done`; false if that takes longer than `limit`. */
  async function until(done: () => boolean, limit: number): Promise<boolean> {
    const end = performance.now() + limit;
    while (!done()) {
      const left = end - performance.now();
      if (left <= 0) return false;
      const timer = new AbortController();
      await Promise.race([
        new Promise<void>((resolve) => (wake = resolve)),
        sleep(left, undefined, { signal: timer.signal }).catch(() => {}),
      ]);
      timer.abort();
    }
    return true;
  }

  /** What was printed before the next prompt; undefined if there is none in time. */
  async function answer(limit: number): Promise<string | undefined> {
    if (!(await until(() => ended || text.includes(prompt), limit))) return undefined;
    const end = text.indexOf(prompt);
    if (end < 0) return `${text}(the shell has ended)`;
    const printed = text.slice(0, end);
    text = text.slice(end + prompt.length);
    return printed.replace(/[ \t]+$/gm, '');
  }

  return {
    answer,
    type(command: string, limit: number): Promise<string | undefined> {
      child.stdin.write(`${command}\n`);
      return answer(limit);
    },
    async exit(limit: number): Promise<void> {
      child.stdin.end('exit\n');
      await until(() => ended, limit);
    },
  };
}

/** The prompt comes under another name: a bash that is not interactive, such as the one that runs this, drops PS1. */
const BASH =
  'stty -echo -onlcr cols 80 rows 24; umask 022; ' +
  'PS1=$PROMPT PS2= exec bash --norc --noprofile --noediting -i';

/** What still runs of a shell that has ended. Who has been told to end gets a moment to do so. */
async function leftBehind(mark: string) {
  for (let look = 0; look < 20; look += 1) {
    if (carriers(mark).length === 0) return [];
    await sleep(100);
  }
  return carriers(mark);
}

async function killAll(mark: string): Promise<void> {
  for (let found = carriers(mark); found.length > 0; found = carriers(mark)) {
    for (const { pid } of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    await sleep(20);
  }
}

function carriers(mark: string) {
  return processes().filter(({ pid, state }) => state !== 'Z' && carries(pid, mark));
}

/** What may stand in a marked place. `home` is known beforehand. */
const PLACES: ReadonlyMap<string, string> = new Map([
  ['user', '[\\w.+-]+'],
  ['group', '[\\w.+-]+'],
  ['pid', '\\d+'],
  ['number', '\\d+'],
  ['date', '[A-Z][a-z]{2} [ \\d]\\d (?:\\d\\d:\\d\\d| \\d{4})'],
  ['rest', '.*'],
]);

/** Compares; marked places are remembered in `names`, and must be the same text the next time. */
function matches(got: string, expected: string, names: Map<string, string>): boolean {
  const found: string[] = [];
  const pattern = expected.replace(/‹([^›]+)›|[^‹]+|‹/gu, (text, place?: string) => {
    if (place === undefined) return escaped(text);
    const known = names.get(place);
    if (known !== undefined) return escaped(known);
    const kind = PLACES.get(place.replace(/ \d+$/, ''));
    if (kind === undefined) throw new Error(`nobody knows what ‹${place}› is`);
    if (place === 'rest') return kind;
    found.push(place);
    return `(?<n${found.length}>${kind})`;
  });
  const match = new RegExp(`^${pattern}$`).exec(got);
  for (const [index, place] of found.entries()) {
    const text = match?.groups?.[`n${index + 1}`];
    if (text === undefined) continue;
    if (names.has(place) && names.get(place) !== text) return false;
    names.set(place, text);
  }
  return match !== null;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
