// Prints without end, on both streams, and hears no signal.
process.on('SIGTERM', () => {});
process.on('SIGINT', () => {});
const block = Buffer.alloc(64 * 1024, '老王');
const print = (stream: NodeJS.WriteStream): unknown => stream.write(block, () => print(stream));
print(process.stdout);
print(process.stderr);
