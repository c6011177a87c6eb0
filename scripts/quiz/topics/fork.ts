// Quiz: fork and its kin: exec, spawn, child_process.fork, threads.
import type { Topic } from '../deck.ts';

export default {
  name: 'fork',
  title: { en: 'fork and its kin', zh: 'fork 及其同类' },
  items: [
    {
      kind: 'predict',
      id: 'two-returns',
      platform: 'linux',
      why: {
        en: 'fork() is called once and returns twice: 0 in the child, the number of the child in the parent. 0 is no process id, only a sign.',
        zh: 'fork() 调用一次，返回两次：子进程里是 0，父进程里是子进程的编号。0 只是标志，不是进程号。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'copy',
      platform: 'linux',
      why: {
        en: 'The child has a copy of the memory. What it changes there, the parent does not see.',
        zh: '子进程得到的是内存的副本，它的修改父进程看不到。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'loop',
      platform: 'linux',
      why: {
        en: 'The children go on in the loop and fork as well: 1, 2, 4, 8. _exit() at the end of a child keeps it where it belongs.',
        zh: '子进程留在循环里，也会 fork：1、2、4、8。子进程末尾要用 _exit() 结束。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'offset',
      platform: 'linux',
      why: {
        en: 'Memory is copied, open files are shared, with their position. The child has read the first three letters for both.',
        zh: '内存是复制的，打开的文件却是共享的，读写位置也共享。前三个字母已经被子进程读走了。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'status',
      platform: 'linux',
      why: {
        en: 'Of an exit status 8 bits are kept, 0 to 255. So 256 is 0, which looks like a success.',
        zh: '退出状态只保留 8 位，0 到 255。256 变成 0，看起来像成功。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'killed',
      platform: 'linux',
      why: {
        en: 'A child that was killed has no exit status; the 0 means nothing. Ask WIFEXITED or WIFSIGNALED first.',
        zh: '被杀死的子进程没有退出状态，这个 0 没有意义。要先问 WIFEXITED 或 WIFSIGNALED。',
      },
      more: 'processes',
    },
    {
      kind: 'choice',
      id: 'order',
      ask: {
        en: 'After fork(), who goes first?',
        zh: 'fork() 之后，谁先运行？',
      },
      right: { en: 'nobody says: both can run', zh: '不一定：两个都可以运行' },
      wrong: [
        { en: 'the parent', zh: '父进程' },
        { en: 'the child', zh: '子进程' },
        { en: 'the one with the smaller number', zh: '进程号小的' },
      ],
      why: {
        en: 'The kernel decides, and decides otherwise the next time. If the order matters, one of them has to wait.',
        zh: '由内核调度，每次可能不同。如果顺序重要，就要让其中一个等待。',
      },
      more: 'processes',
    },
    {
      kind: 'choice',
      id: 'copy-on-write',
      ask: {
        en: 'A process with 1 GiB of memory forks. Why is that quick?',
        zh: '一个占用 1 GiB 内存的进程调用 fork，为什么很快？',
      },
      right: {
        en: 'both use the same pages until one of them writes (copy-on-write)',
        zh: '两者共用内存页，直到有一方写入才复制（写时复制）',
      },
      wrong: [
        { en: 'the child begins with empty memory', zh: '子进程从空的内存开始' },
        {
          en: 'both use the same memory for ever, and see what the other one writes',
          zh: '两者一直共用内存，互相看得到对方写的内容',
        },
        { en: 'the copy is made by the disk', zh: '由磁盘来复制' },
      ],
      why: {
        en: 'You cannot tell the difference from a real copy, but for the time it takes.',
        zh: '除了快慢，和真正的复制看不出区别。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'same-name',
      why: {
        en: 'child_process.fork starts a new program from its first line; nothing is copied. With fork(2) it shares the name and little else.',
        zh: 'child_process.fork 从第一行开始运行一个新程序，什么也不复制。它和 fork(2) 几乎只有名字相同。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'exec',
      ask: {
        en: '$$ is the process id of a shell. What does this program print?',
        zh: '$$ 是 shell 的进程号。这个程序打印什么？',
      },
      why: {
        en: 'exec makes no process. The same one becomes another program, and keeps its number.',
        zh: 'exec 不创建进程。同一个进程换成另一个程序，编号不变。',
      },
      more: 'processes',
    },
    {
      kind: 'choice',
      id: 'spawn',
      ask: {
        en: 'spawn() of Node starts another program. Which calls of the kernel does it make for that?',
        zh: 'Node 的 spawn() 启动另一个程序，它用到内核的哪些调用？',
      },
      right: {
        en: 'fork, and exec in the child',
        zh: '先 fork，再在子进程里 exec',
      },
      wrong: [
        { en: 'exec alone', zh: '只用 exec' },
        { en: 'fork alone', zh: '只用 fork' },
        { en: 'exec, and fork in the new program', zh: '先 exec，再在新程序里 fork' },
      ],
      why: {
        en: 'exec alone would replace the program that calls it. So a child is made first.',
        zh: '只用 exec 会替换掉调用者自己，所以要先创建子进程。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'not-shell',
      why: {
        en: 'spawn hands over each argument as it is. No shell reads it, so $HOME and ; are only letters.',
        zh: 'spawn 原样传递参数，没有 shell 去解释，$HOME 和 ; 只是普通字符。',
      },
      more: 'processes',
    },
    {
      kind: 'choice',
      id: 'processor',
      ask: {
        en: 'A server in Node has to compute for a minute. What keeps it answering meanwhile?',
        zh: 'Node 服务要计算一分钟，怎样让它同时还能应答？',
      },
      right: {
        en: 'a worker thread or another process does the computing',
        zh: '把计算交给工作线程或另一个进程',
      },
      wrong: [
        { en: 'an async function around the computing', zh: '把计算放进 async 函数' },
        {
          en: 'a promise for the result, so that nobody has to wait for it',
          zh: '用 promise 返回结果，这样谁都不用等',
        },
        { en: 'a larger backlog', zh: '加大等待队列' },
      ],
      why: {
        en: 'async and promises help while somebody waits. A computation does not wait: it uses the one thread that the event loop has.',
        zh: 'async 和 promise 只在等待时有用。计算不是等待，它占着事件循环唯一的线程。',
      },
      more: 'primes',
    },
    {
      kind: 'choice',
      id: 'thread',
      ask: {
        en: 'What do two threads of one process share that two processes do not?',
        zh: '同一进程的两个线程共享、而两个进程不共享的是什么？',
      },
      right: { en: 'memory', zh: '内存' },
      wrong: [
        { en: 'the disk', zh: '磁盘' },
        { en: 'the processors', zh: '处理器' },
        { en: 'the network', zh: '网络' },
      ],
      why: {
        en: 'Processes are apart: one can crash, and the other lives. Threads are close: quick to share, and one can spoil what another uses.',
        zh: '进程相互独立：一个崩溃，另一个还在。线程共享内存：交换方便，但也可能互相破坏。',
      },
      more: 'process-class',
    },
  ],
} satisfies Topic as Topic;
