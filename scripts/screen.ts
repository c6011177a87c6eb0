// How the runner writes: colours where the terminal has them, the width that it has, plain text where there is none.
import pc from 'picocolors';

/** Colours on, or all of them off, as picocolors decides (NO_COLOR, FORCE_COLOR, no terminal). */
export const paint = pc.createColors(pc.isColorSupported);
export const colour = pc.isColorSupported;

/** Columns of the terminal, within what the drawings can use. */
export function columns(): number {
  const own = process.stdout.columns || Number(process.env.COLUMNS) || 80;
  return Math.min(Math.max(own, 60), 120);
}

export function print(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

/** A remark about the work, not part of its result: on stderr, so that --json and pipes stay clean. */
export function warn(...lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${paint.yellow('!')} ${line}\n`);
}

/** `[######····]` of `width` signs. */
export function bar(done: number, of: number, width: number): string {
  const filled = of === 0 ? 0 : Math.round((done / of) * width);
  return paint.green('█'.repeat(filled)) + paint.dim('░'.repeat(width - filled));
}
