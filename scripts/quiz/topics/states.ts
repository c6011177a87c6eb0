// Quiz: what a process is, and the states it goes through.
import type { Topic } from '../deck.ts';

export default {
  name: 'states',
  title: { en: 'processes and their states', zh: '进程与进程状态' },
  items: [
    {
      kind: 'choice',
      id: 'program',
      ask: {
        en: 'What is the difference between a program and a process?',
        zh: '程序和进程有什么区别？',
      },
      right: {
        en: 'a program is a file; a process is one run of it, with memory and a number of its own',
        zh: '程序是文件；进程是它的一次运行，有自己的内存和编号',
      },
      wrong: [
        { en: 'a program is large, a process is small', zh: '程序大，进程小' },
        {
          en: 'a process is a file; a program is one run of it, with memory and a number of its own, too',
          zh: '进程是文件；程序是它的一次运行，也有自己的内存和编号',
        },
        { en: 'none: both words mean the same', zh: '没有区别，是同一个意思' },
      ],
      why: {
        en: 'One program can be at work many times at once, each time as a process of its own, which begins and ends.',
        zh: '同一个程序可以同时运行多次，每次都是一个独立的进程，有开始也有结束。',
      },
      more: 'processes',
    },
    {
      kind: 'choice',
      id: 'ready',
      ask: {
        en: 'A process waits for bytes from a socket, and they come. Which state comes next?',
        zh: '一个进程在等待套接字的数据，数据到了。它接下来进入什么状态？',
      },
      right: { en: 'ready: it needs a processor now', zh: '就绪态：等待分配处理器' },
      wrong: [
        { en: 'running, at once', zh: '立刻进入运行态' },
        { en: 'waiting: it has to ask for them once more', zh: '等待态：它必须再请求一次' },
        { en: 'terminated', zh: '终止态' },
      ],
      why: {
        en: 'From waiting there is no way straight to running. The kernel gives it a processor when its turn comes.',
        zh: '等待态不能直接到运行态，要等内核调度，轮到时才得到处理器。',
      },
      more: 'processes',
    },
    {
      kind: 'choice',
      id: 'slice',
      ask: {
        en: 'The time slice of a running process is used up. Which state comes next?',
        zh: '运行中的进程用完了时间片，接下来是什么状态？',
      },
      right: { en: 'ready', zh: '就绪态' },
      wrong: [
        { en: 'waiting', zh: '等待态' },
        { en: 'terminated', zh: '终止态' },
        { en: 'new', zh: '新建态' },
      ],
      why: {
        en: 'It could go on at once and lacks a processor only. Waiting is for a process that lacks something else: a line, a timer, a child.',
        zh: '它随时可以继续，只缺处理器。等待态是缺别的东西：一行输入、一个定时器、一个子进程。',
      },
      more: 'processes',
    },
    {
      kind: 'choice',
      id: 'five',
      ask: {
        en: 'Ready, running, waiting: that is the model of three states. Which two has the model of five besides?',
        zh: '就绪、运行、等待是三态。五态模型多了哪两个？',
      },
      right: { en: 'new and terminated', zh: '新建和终止' },
      wrong: [
        { en: 'zombie and orphan', zh: '僵尸和孤儿' },
        { en: 'stopped and killed', zh: '暂停和杀死' },
        { en: 'parent and child', zh: '父进程和子进程' },
      ],
      why: {
        en: 'New: it is being made and gets its resources. Terminated: it has ended and gives them back. A zombie is what Linux shows of the last one.',
        zh: '新建：正在创建、获取资源。终止：已经结束、归还资源。僵尸就是 Linux 里终止态的样子。',
      },
      more: 'processes',
    },
    {
      kind: 'short',
      id: 'letter-waiting',
      ask: {
        en: 'Which letter does ps show for a process that waits for input?',
        zh: '一个进程在等待输入，ps 的 STAT 列显示哪个字母？',
      },
      right: ['S'],
      why: {
        en: 'S is sleep: it can be woken by what it waits for, or by a signal. D waits for a disk, and no signal wakes it.',
        zh: 'S 是睡眠：等的东西来了或收到信号就会醒。D 是等磁盘，信号也叫不醒。',
      },
      more: 'processes',
    },
    {
      kind: 'short',
      id: 'letter-stopped',
      ask: {
        en: 'You press Ctrl+Z. Which letter does ps show for the process now?',
        zh: '按下 Ctrl+Z 之后，ps 对这个进程显示哪个字母？',
      },
      right: ['T'],
      why: {
        en: 'T is stopped, until SIGCONT lets it go on (fg, bg). Z would be a zombie: a process that has ended.',
        zh: 'T 是暂停，直到 SIGCONT 让它继续（fg、bg）。Z 是僵尸，也就是已经结束的进程。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'itself',
      platform: 'linux',
      ask: {
        en: 'The word behind the ) is the state of the process, a letter. What does it print?',
        zh: ') 后面的词是进程状态，一个字母。它打印什么？',
      },
      why: {
        en: 'Who looks at itself is running at that moment. Nobody ever sees another state of its own.',
        zh: '查看自己的时候，自己正在运行，所以永远看不到别的状态。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'stopped',
      platform: 'linux',
      ask: {
        en: 'SIGTERM is 15, SIGKILL is 9, SIGSTOP is 19. What does this program print?',
        zh: 'SIGTERM 是 15，SIGKILL 是 9，SIGSTOP 是 19。这个程序打印什么？',
      },
      why: {
        en: 'A process that is stopped does not get to its SIGTERM: that waits until it goes on. SIGKILL works in every state but Z.',
        zh: '暂停的进程处理不到 SIGTERM，要等它继续运行。SIGKILL 除了 Z 以外任何状态都有效。',
      },
      more: 'processes',
    },
    {
      kind: 'choice',
      id: 'pid',
      ask: {
        en: 'Can two processes have the same process id?',
        zh: '两个进程可以有相同的进程号吗？',
      },
      right: {
        en: 'not at the same time; later a number is given again',
        zh: '同一时刻不行；以后编号会再次使用',
      },
      wrong: [
        { en: 'never: each number is given once', zh: '绝不会：每个编号只用一次' },
        { en: 'yes, if they run the same program', zh: '可以，只要运行同一个程序' },
        {
          en: 'yes: a child has the number of its parent until exec',
          zh: '可以：子进程在 exec 之前与父进程编号相同',
        },
      ],
      why: {
        en: 'So a number that you kept for long may be somebody else by now. That of your own child is safe until you have waited for it.',
        zh: '所以保存很久的编号可能已经属于别的进程。自己的子进程在回收之前，编号不会被别人使用。',
      },
      more: 'processes',
    },
    {
      kind: 'choice',
      id: 'pcb',
      ask: {
        en: 'What is the process control block (PCB)?',
        zh: '进程控制块（PCB）是什么？',
      },
      right: {
        en: 'the record that the kernel keeps of a process',
        zh: '内核为每个进程保存的记录',
      },
      wrong: [
        { en: 'the memory in which a program keeps its variables', zh: '程序存放变量的内存' },
        { en: 'the file that holds the program', zh: '存放程序的文件' },
        { en: 'a process that controls the others', zh: '控制其他进程的进程' },
      ],
      why: {
        en: 'Number, state, parent, open files, place in the code. On Linux you can read a part of it in /proc/<pid>/.',
        zh: '编号、状态、父进程、打开的文件、执行到哪里。在 Linux 上可以从 /proc/<pid>/ 读到一部分。',
      },
      more: 'processes',
    },
    {
      kind: 'predict',
      id: 'busy',
      wrong: ['timer\nloop', 'timer', 'loop'],
      why: {
        en: 'The timer is due after a millisecond, but the loop uses the only thread. Its turn comes when the loop is done.',
        zh: '定时器一毫秒后就到期，但循环占着唯一的线程，要等循环结束才轮到它。',
      },
      more: 'primes',
    },
  ],
} satisfies Topic as Topic;
