import { isIP } from 'node:net';

for (const host of ['127.0.0.1', '::1', 'localhost', '256.0.0.1'])
  console.log(isIP(host));
