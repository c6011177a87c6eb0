// A disk of 64 KiB, for tests of what happens when there is no room: a tmpfs of its own, which only root may mount.
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';

/** Why no disk can be mounted here; undefined where one can. */
export const noRoom = mountRefusal();

const mounted: string[] = [];

/** Makes the directory `path` a small disk, until {@link unmountAll}. */
export async function mountSmall(path: string): Promise<void> {
  await mkdir(path);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', path]);
  expect(status).toBe(0);
  mounted.push(path);
}

/** To be called after each test, before its directory is removed. */
export function unmountAll(): void {
  for (const path of mounted.splice(0)) spawnSync('umount', ['-l', path]);
}

/** Fills the disk to its last page; a page that a file has begun has room left, until it is full too. */
export async function fill(path: string): Promise<void> {
  await expect(writeFile(join(path, 'filler'), Buffer.alloc(1 << 20))).rejects.toThrow('ENOSPC');
}

function mountRefusal(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return '(skipped: only root on Linux can mount a small disk)';
  }
  // A mount point of its own that goes away with the namespace.
  const { status } = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']);
  return status === 0 ? undefined : '(skipped: mount is refused here)';
}
