// What a program printed: its bytes up to a cap, and its lines in order.

/** How much of one stream is kept; a program that prints more is ended, for nobody could read it. */
export const MOST_OUTPUT = 1024 * 1024;

export interface Capture {
  add(chunk: Buffer): void;
  readonly bytes: Buffer;
  /** All that was printed, as UTF-8. */
  readonly text: string;
  readonly overflowed: boolean;
  /** Whole lines, without their line ends; a last line without one counts once the stream has ended. */
  readonly lines: readonly string[];
  end(): void;
}

export function createCapture(): Capture {
  const chunks: Buffer[] = [];
  // Kept as it grows: waits look at the lines again after every chunk.
  const lines: string[] = [];
  let unfinished: Buffer[] = [];
  let size = 0;
  let ended = false;

  const bytes = () => {
    if (chunks.length > 1) chunks.splice(0, chunks.length, Buffer.concat(chunks));
    return chunks[0] ?? Buffer.alloc(0);
  };
  const endLine = (rest: Buffer) => {
    lines.push(Buffer.concat([...unfinished, rest]).toString('utf8'));
    unfinished = [];
  };

  return {
    add(chunk) {
      const kept = chunk.subarray(0, Math.max(0, MOST_OUTPUT - size));
      size += chunk.length;
      if (kept.length === 0) return;
      chunks.push(kept);
      let start = 0;
      for (let end = kept.indexOf(LF); end >= 0; end = kept.indexOf(LF, start)) {
        endLine(kept.subarray(start, end));
        start = end + 1;
      }
      if (start < kept.length) unfinished.push(kept.subarray(start));
    },
    end() {
      if (!ended && unfinished.length > 0) endLine(Buffer.alloc(0));
      ended = true;
    },
    get bytes() {
      return bytes();
    },
    get text() {
      return bytes().toString('utf8');
    },
    get overflowed() {
      return size > MOST_OUTPUT;
    },
    get lines() {
      return lines;
    },
  };
}

const LF = 0x0a;
