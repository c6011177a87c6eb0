// Quiz: orphans, zombies, and how a parent waits.
import type { Topic } from '../deck.ts';

export default {
  name: 'orphans',
  title: { en: 'orphans and zombies', zh: '孤儿进程与僵尸进程' },
  items: [
    {
      kind: 'choice',
      id: 'which',
      ask: {
        en: 'The parent has ended, the child goes on. What is the child now?',
        zh: '父进程结束了，子进程还在运行。子进程现在是什么？',
      },
      right: { en: 'an orphan', zh: '孤儿进程' },
      wrong: [
        { en: 'a zombie', zh: '僵尸进程' },
        { en: 'a thread', zh: '线程' },
        { en: 'stopped', zh: '暂停的进程' },
      ],
      why: {
        en: 'It goes on as before and gets another parent. A zombie is the other way round: the child has ended, and its parent has not waited.',
        zh: '它照常运行，并得到新的父进程。僵尸正相反：子进程结束了，父进程还没有回收。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'adopted',
      platform: 'linux',
      ask: {
        en: 'The parent of a process has ended. Does its grandparent adopt it? What does this program print?',
        zh: '父进程结束了，祖父进程会收养它吗？这个程序打印什么？',
      },
      why: {
        en: 'Not the grandparent, but process 1, or an ancestor that has asked for orphans. So test that the parent has changed, not that it is 1.',
        zh: '收养者不是祖父进程，而是 1 号进程，或者声明收养孤儿的祖先。应判断父进程是否变了，而不是判断它是不是 1。',
      },
      more: 'processes',
    },
    {
      kind: 'choice',
      id: 'cost',
      ask: { en: 'What does a zombie take up?', zh: '僵尸进程占用什么？' },
      right: {
        en: 'a process id, and its record in the kernel',
        zh: '一个进程号，以及内核里的一条记录',
      },
      wrong: [
        {
          en: 'all the memory that it had, until the system restarts',
          zh: '它原来的全部内存，直到系统重启',
        },
        { en: 'a processor', zh: '一个处理器' },
        { en: 'its open files and ports', zh: '它打开的文件和端口' },
      ],
      why: {
        en: 'Memory and files are given back when a process ends. Number and status stay until the parent asks, and numbers run out.',
        zh: '进程结束时内存和文件已经归还。编号和状态要留到父进程来取，而编号是有限的。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'kill-a-zombie',
      platform: 'linux',
      ask: {
        en: 'Z is the state of a zombie. What does this program print?',
        zh: 'Z 是僵尸状态。这个程序打印什么？',
      },
      why: {
        en: 'A zombie has ended already, so no signal changes anything, SIGKILL neither. Its parent must wait for it, or end.',
        zh: '僵尸已经结束，任何信号都没有作用，SIGKILL 也一样。只能由父进程回收，或者父进程结束。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'still-there',
      platform: 'linux',
      ask: {
        en: 'kill(pid, 0) sends nothing and asks whether there is such a process. What is printed?',
        zh: 'kill(pid, 0) 不发信号，只问有没有这个进程。打印什么？',
      },
      wrong: ['ESRCH', 'there', 'there\nECHILD'],
      why: {
        en: 'A zombie still has its number, so it is there. It is gone when its parent has waited. Learn of an end by wait(), not by kill().',
        zh: '僵尸还占着编号，所以“在”。父进程回收之后才消失。要知道子进程结束，应该用 wait()，不是 kill()。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'one-wait',
      platform: 'linux',
      wrong: ['1 ECHILD', '3 ESRCH', '0 ECHILD'],
      why: {
        en: 'Each wait() reaps one child. Without any child left it fails with ECHILD.',
        zh: '每次 wait() 回收一个子进程。没有子进程时失败，错误是 ECHILD。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'poll',
      platform: 'linux',
      why: {
        en: 'With WNOHANG waitpid() does not wait. The 0 means that the child is still running.',
        zh: '加了 WNOHANG，waitpid() 不等待。返回 0 表示子进程还在运行。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'ignored',
      platform: 'linux',
      wrong: ['reaped', 'ESRCH', 'EAGAIN'],
      why: {
        en: 'With SIGCHLD ignored the kernel keeps nothing of a child: no zombie, and no status to wait for. wait() waits for its end, and fails.',
        zh: '忽略 SIGCHLD 后，内核不为子进程保留任何东西：没有僵尸，也没有状态可取。wait() 等它结束后报错。',
      },
      more: 'processes',
    },
    {
      kind: 'choice',
      id: 'remedies',
      ask: {
        en: 'Which of these does NOT help against zombies?',
        zh: '下面哪一种办法不能消除僵尸进程？',
      },
      right: { en: 'to kill them with SIGKILL', zh: '用 SIGKILL 杀死它们' },
      wrong: [
        { en: 'the parent calls wait() or waitpid()', zh: '父进程调用 wait() 或 waitpid()' },
        { en: 'the parent ignores SIGCHLD before it forks', zh: '父进程在 fork 之前忽略 SIGCHLD' },
        { en: 'a double fork', zh: '创建二级子进程' },
      ],
      why: {
        en: 'What has ended cannot be killed. The other three see to it that somebody fetches the status, or that none is kept.',
        zh: '已经结束的进程杀不死。其他三种办法要么有人来取状态，要么根本不保留状态。',
      },
      more: 'processes',
    },
    {
      kind: 'choice',
      id: 'double-fork',
      ask: {
        en: 'In a double fork, what does the middle process do?',
        zh: '创建二级子进程时，中间那个子进程做什么？',
      },
      right: {
        en: 'it forks the worker and ends at once',
        zh: '创建下一级子进程，然后立刻退出',
      },
      wrong: [
        { en: 'it does the work', zh: '处理具体工作' },
        { en: 'it waits for the worker, and reaps it', zh: '等待下一级子进程，并回收它' },
        { en: 'it adopts the worker', zh: '收养下一级子进程' },
      ],
      why: {
        en: 'So the first process has waited in no time, and the worker is an orphan: whoever adopts it will reap it.',
        zh: '这样第一个进程立刻就能回收它，而工作进程成为孤儿，由收养者负责回收。',
      },
      more: 'processes',
    },
    {
      kind: 'choice',
      id: 'container',
      ask: {
        en: 'Zombies pile up in a container. Why there?',
        zh: '容器里僵尸越来越多，为什么偏偏是那里？',
      },
      right: {
        en: 'process 1 is an ordinary program there, which does not wait for orphans',
        zh: '容器里的 1 号进程是普通程序，不会回收孤儿',
      },
      wrong: [
        {
          en: 'a container has no process ids of its own, so that nobody can wait there',
          zh: '容器里没有自己的进程号，所以谁也无法等待',
        },
        { en: 'signals do not work in a container', zh: '容器里信号不起作用' },
        { en: 'a container cannot fork', zh: '容器里不能 fork' },
      ],
      why: {
        en: 'Orphans come to process 1, and it has to wait for them when they end. The usual ones do; your own program perhaps not.',
        zh: '孤儿归 1 号进程，它们结束时应由它回收。通常的 1 号进程会做，你自己的程序未必。',
      },
      more: 'processes',
    },
  ],
} satisfies Topic as Topic;
