import multiprocessing as mp
import os
import sys

mp.set_start_method('fork')


def say(text):
    # In one write: two processes share this pipe, and print() writes the line end apart.
    os.write(1, f'{text}\n'.encode())

who, more = sys.argv[1], int(sys.argv[2])
count = 1


def greet(name, number):
    global count
    count += number
    say(f'child {os.getpid()}: 你好，{name}! count is {count}')


child = mp.Process(target=greet, args=(who, more), name='问候')
child.start()
say(f'parent {os.getpid()}: {child.name} runs as {child.pid}')
child.join()
say(f'parent {os.getpid()}: it ended with {child.exitcode}; count is {count}')
