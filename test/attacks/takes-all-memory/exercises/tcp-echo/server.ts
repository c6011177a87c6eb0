// Takes memory in Buffers, outside of the heap of V8, until somebody ends it.
if (process.getuid?.() === 0) process.exit(1);
const taken: Buffer[] = [];
// 6 GiB at most: whoever has no limit has lost by then.
const timer = setInterval(() => {
  taken.push(Buffer.alloc(64 * 1024 * 1024, 1));
  if (taken.length >= 96) clearInterval(timer);
}, 5);
