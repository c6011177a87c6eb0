// The demo of chatroom: three users, one of them a liar, one who leaves, and the administrator.
import type { Demo } from '../commands/demo.ts';

const demo: Demo = {
  actors: ['老王', 'server', '小李', 'stranger'],
  about:
    'Two users chat; a stranger tries to speak as one of them; then the administrator is heard.',
  async play(trial) {
    const server = await trial.start('server', ['--port', '0']);
    const address = await server.ready();
    const wang = await trial.datagrams('老王', address);
    const li = await trial.datagrams('小李', address);
    const stranger = await trial.datagrams('stranger', address);
    await wang.send('L 老王');
    await wang.receive('OK');
    await li.send('L 小李');
    await Promise.all([li.receive('OK'), wang.receive('the notice')]);
    await wang.send('C 老王 吃了么');
    await li.receive('what 老王 says');
    await stranger.send('C 老王 我请客');
    await stranger.receive('FAIL');
    server.write('明天放假\n');
    await Promise.all([wang.receive('管理员'), li.receive('管理员')]);
    await li.send('Q 小李');
    await Promise.all([li.receive('EXIT'), wang.receive('the notice')]);
    server.signal('SIGTERM');
    await server.ended('after SIGTERM');
  },
};

export default demo;
