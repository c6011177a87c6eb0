import { readFileSync } from 'node:fs';

const stat = readFileSync('/proc/self/stat', 'utf8');
console.log(stat.slice(stat.lastIndexOf(')')).split(' ')[1]);
