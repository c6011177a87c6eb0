// The demo of process-class: a closure in a child; then a child that is waited for in vain, and killed; then one that
// outlives the code of its parent, and a daemon that does not.
import type { Program } from '../../test/harness/program.ts';
import type { Trial } from '../../test/harness/trial.ts';
import type { Demo } from '../commands/demo.ts';

const demo: Demo = {
  actors: ['hello', 'play'],
  about: 'A closure in a child. Then one is killed, one waited for, a daemon ended.',
  async play(trial) {
    const hello = await trial.start('hello', ['小红', '41']);
    await hello.ended('when its child had ended');
    await remoteControl(trial);
  },
};

async function remoteControl(trial: Trial): Promise<void> {
  const play = await trial.start('play');
  await tell(play, 'new 小红 wait 门', /is new/);
  await tell(play, 'start 小红', /runs as/);
  await tell(play, 'join 小红 0.3', /join is over/);
  await tell(play, 'alive 小红', /is alive/);
  trial.note('the time was over, and the child goes on');
  await tell(play, 'kill 小红', /was killed/);
  await tell(play, 'join 小红', /exit code -9/);
  await tell(play, 'new 小明 wait 门', /is new/);
  await tell(play, 'start 小明', /runs as/);
  await tell(play, 'new 小刚 wait 门', /is new/);
  await tell(play, 'daemon 小刚', /daemon is true/);
  await tell(play, 'start 小刚', /runs as/);
  play.endInput();
  await trial.happenings.rest(() => play.exit !== undefined, { patience: 500 });
  trial.note('the daemon was ended; 小明 is waited for. Now the file 门 is made');
  await trial.write('门', '');
  await play.ended('when its child had ended');
}

async function tell(play: Program, command: string, answer: RegExp): Promise<void> {
  play.write(`${command}\n`);
  await play.line((line) => answer.test(line), command);
}

export default demo;
