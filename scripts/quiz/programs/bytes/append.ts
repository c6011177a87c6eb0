import fs from 'node:fs';

fs.writeFileSync('log.txt', 'one ');
const file = fs.openSync('log.txt', 'a');
fs.writeFileSync('log.txt', 'two ');
fs.writeSync(file, 'three');
fs.closeSync(file);
console.log(fs.readFileSync('log.txt', 'utf8'));
