import { connect } from 'node:net';

const client = connect(1, '127.0.0.1', () => console.log('connected'));
client.on('error', (error: NodeJS.ErrnoException) =>
  console.log(error.code),
);
