// What the quiz says, in both languages.
import type { Language } from './deck.ts';

const en = {
  whatPrinted: 'What does this program print?',
  choose: (most: number) => `a number from 1 to ${most}`,
  type: 'your answer',
  typePrinted: 'what it prints',
  help: '? if you do not know, q to end the round. Several lines of output: type a space between them.',
  notANumber: (most: number) =>
    `Please type a number from 1 to ${most}, ? if you do not know, or q to end.`,
  nothing: 'Please type an answer, ? if you do not know, or q to end.',
  right: 'Right.',
  wrong: 'Not this time.',
  unknown: 'Here it is.',
  printed: 'It printed:',
  answer: 'The answer:',
  more: 'More:',
  notRun: (why: string) => `This program could not be run here (${why}). The item does not count.`,
  noTerminal: 'No terminal: each line of the input is one answer, and the round ends with them.',
  nothingDue: 'Nothing is due.',
  next: (when: string) => `The next item comes back ${when}.`,
  allAnyway: 'To be asked all the same: npm run ex -- quiz --all',
  score: (right: number, of: number) => `${right} of ${of} right.`,
  none: 'No item was answered.',
  again: 'Back sooner:',
  waiting: (due: number, fresh: number) => `Due now: ${due}. Not asked yet: ${fresh}.`,
  needsLinux: (count: number) => `${count} items need Linux and are left out here.`,
  minutes: (minutes: number) => (minutes <= 1 ? 'in a minute' : `in ${minutes} minutes`),
  hours: (hours: number) => (hours <= 1 ? 'in an hour' : `in ${hours} hours`),
  days: (days: number) => (days <= 1 ? 'in a day' : `in ${days} days`),
};

const zh: typeof en = {
  whatPrinted: '这个程序打印什么？',
  choose: (most) => `1 到 ${most} 的数字`,
  type: '你的答案',
  typePrinted: '它打印',
  help: '不知道就输入 ?，输入 q 结束本轮。有多行输出时，行与行之间输入一个空格。',
  notANumber: (most) => `请输入 1 到 ${most} 的数字；不知道输入 ?，结束输入 q。`,
  nothing: '请输入答案；不知道输入 ?，结束输入 q。',
  right: '答对了。',
  wrong: '这次没有答对。',
  unknown: '答案在这里。',
  printed: '它打印了：',
  answer: '答案：',
  more: '详见：',
  notRun: (why) => `这个程序在这台机器上没能运行（${why}）。本题不计。`,
  noTerminal: '没有终端：输入的每一行算一个答案，输入结束，本轮也结束。',
  nothingDue: '现在没有到期的题目。',
  next: (when) => `下一题${when}回来。`,
  allAnyway: '仍想答题：npm run ex -- quiz --all --zh',
  score: (right, of) => `答对 ${right} 题，共 ${of} 题。`,
  none: '没有回答任何题目。',
  again: '很快会再问：',
  waiting: (due, fresh) => `现在到期：${due} 题。还没有问过：${fresh} 题。`,
  needsLinux: (count) => `有 ${count} 题需要 Linux，这里不问。`,
  minutes: (minutes) => `${minutes} 分钟后`,
  hours: (hours) => `${hours} 小时后`,
  days: (days) => `${days} 天后`,
};

export type Words = typeof en;

export function wordsIn(language: Language): Words {
  return language === 'zh' ? zh : en;
}
