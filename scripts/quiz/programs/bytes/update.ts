import fs from 'node:fs';

fs.writeFileSync('note.txt', 'hello');
const file = fs.openSync('note.txt', 'r+');
fs.writeSync(file, 'J');
fs.closeSync(file);
console.log(fs.readFileSync('note.txt', 'utf8'));
