// How much a submission may hold. Whole lessons are some 20 KiB: what is larger was not written by hand.

const MiB = 1024 * 1024;

/** Bytes of one file. */
export const FILE_LIMIT = 1 * MiB;

/** Files and folders, without those that are left out at once (node_modules and hidden ones). */
export const ENTRY_LIMIT = 2_000;

/** Entries of an archive, all of them: what is left out must be looked at, too. */
export const LISTED_LIMIT = 50_000;

/** Bytes of all files that are not above {@link FILE_LIMIT}, unpacked. */
export const UNPACKED_LIMIT = 20 * MiB;

/** Bytes of an archive as it lies on the disk. It is read into memory. */
export const ARCHIVE_LIMIT = 64 * MiB;

/** Bytes of a tar behind its gzip: as a tar has no list, all of it is unpacked, also what is then left out. */
export const TAR_LIMIT = 64 * MiB;

/** Characters of a path: PATH_MAX of Linux. */
export const PATH_LIMIT = 4_096;

/** Refusals that are kept of one submission. The rest are counted. */
export const REFUSALS_KEPT = 100;

/** `1 MiB`, for a reason. */
export function inMiB(bytes: number): string {
  return `${bytes / MiB} MiB`;
}
