// Says that it listens, and does not.
const port = Number(process.argv.at(-1)) || 8888;
console.log(`listening on 127.0.0.1:${port}`);
console.log(`listening on ::1:${port}\nlistening on 127.0.0.1:1`);
setTimeout(() => {}, 10_000);
