// Sends one file by a pipeline with everything as it is by default.
import { createReadStream } from 'node:fs';
import { connect } from 'node:net';
import { pipeline } from 'node:stream/promises';

const [path, port] = process.argv.slice(2);
await pipeline(createReadStream(path), connect(Number(port), '127.0.0.1'));
