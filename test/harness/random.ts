// Seeded random numbers: the same seed gives the same numbers on every machine, so a failing run can be run again.

/** A stream of pseudo-random choices, fixed by its seed. Not for cryptography. */
export interface SeededRandom {
  /** A number in [0, 1), with 32 random bits. */
  float(): number;
  /** An integer in [min, max], both ends included. Throws RangeError if the range is empty or not of integers. */
  int(min: number, max: number): number;
  /** `n` random bytes. */
  bytes(n: number): Buffer;
  /** One element. Throws RangeError if there is none. */
  pick<T>(array: readonly T[]): T;
  /** The same elements in another order, as a new array (Fisher-Yates). */
  shuffle<T>(array: readonly T[]): T[];
}

/**
 * Starts a stream of random numbers.
 *
 * Generator: mulberry32 by Tommy Ettinger, seeded by xmur3 by bryc, both public domain:
 * https://github.com/bryc/code/blob/master/jshash/PRNGs.md
 */
export function seededRandom(seed: string): SeededRandom {
  const next = mulberry32(xmur3(seed));
  const float = (): number => next() / 2 ** 32;
  const int = (min: number, max: number): number => {
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min > max) {
      throw new RangeError(`no integer range: ${min} to ${max}`);
    }
    return min + Math.floor(float() * (max - min + 1));
  };
  return {
    float,
    int,
    bytes(n) {
      const words = Math.ceil(n / 4);
      const buffer = Buffer.alloc(words * 4);
      for (let at = 0; at < buffer.length; at += 4) buffer.writeUInt32LE(next(), at);
      return buffer.subarray(0, n);
    },
    pick(array) {
      if (array.length === 0) throw new RangeError('nothing to pick from');
      return array[int(0, array.length - 1)] as (typeof array)[number];
    },
    shuffle(array) {
      const shuffled = [...array];
      for (let i = shuffled.length - 1; i > 0; i -= 1) {
        const j = int(0, i);
        [shuffled[i], shuffled[j]] = [
          shuffled[j] as (typeof array)[number],
          shuffled[i] as (typeof array)[number],
        ];
      }
      return shuffled;
    },
  };
}

/** Turns a string into 32 bits. */
function xmur3(seed: string): number {
  let h = 1779033703 ^ seed.length;
  for (let i = 0; i < seed.length; i += 1) {
    h = Math.imul(h ^ seed.charCodeAt(i), 3432918353);
    h = (h << 13) | (h >>> 19);
  }
  h = Math.imul(h ^ (h >>> 16), 2246822507);
  h = Math.imul(h ^ (h >>> 13), 3266489909);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Turns 32 bits of state into a stream of unsigned 32-bit integers. */
function mulberry32(state: number): () => number {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}
