import asyncio
import atexit
import multiprocessing as mp
import os
import selectors
import signal
import sys
import time

mp.set_start_method('fork')


def say(text):
    # In one write: two processes share this pipe, and print() writes the line end apart.
    os.write(1, f'{text}\n'.encode())


def tell(text):
    say(f'child {os.getpid()}: {text}')


def wait(file='门'):
    while not os.path.exists(file):
        time.sleep(0.01)
    tell(f'has seen {file}')


def stubborn(*files):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    tell('ignores SIGTERM')
    wait(*files)


def parent(*files):
    child = mp.Process(target=wait, args=files)
    child.start()
    tell(f'is the parent of {child.pid}')


def throw(message, status=None):
    raise RuntimeError(message)


async def fail(message):
    raise RuntimeError(message)


jobs = {
    'say': lambda *words: tell(f"says {'、'.join(words)}"),
    'wait': wait,
    'exit': lambda status: sys.exit(int(status)),
    'status': lambda status: sys.exit(int(status)),
    'throw': throw,
    'reject': lambda message: asyncio.run(fail(message)),
    'stubborn': stubborn,
    'parent': parent,
}
processes = {}
status = 0
joins = []  # [process, until]


def known(number):
    return 'undefined' if number is None else number


def answer(child, command, words):
    if command == 'daemon':
        child.daemon = True
        return 'daemon is true'
    if command == 'start':
        child.start()
        return f'runs as {child.pid}'
    if command == 'join':
        if child.pid is None:
            raise AssertionError('not started')
        joins.append((child, time.monotonic() + float(words[0]) if words else float('inf')))
        return None
    if command == 'alive':
        return 'is alive' if child.is_alive() else 'is not alive'
    if command == 'code':
        return f'pid {known(child.pid)}, exit code {known(child.exitcode)}'
    if child.pid is not None:
        child.terminate() if command == 'terminate' else child.kill()
    return 'was asked to end'


def obey(line):
    global status
    command, name, *words = line.split()
    if command == 'status':
        status = int(name)
        say(f'play: status is {status}')
        return
    if command == 'quit':
        sys.exit(int(name))
    if command == 'new':
        job, *args = words
        child = mp.Process(target=jobs[job], args=args, name=None if name == '-' else name)
        processes[child.name] = child
        say(f'{child.name}: is new')
        return
    try:
        said = answer(processes[name], command, words)
        if said is not None:
            say(f'{name}: {said}')
    except AssertionError as error:
        say(f'{name}: {command} is refused: {error}')


def look():
    for waiting in joins[:]:
        child, until = waiting
        child.join(0.005)
        if not child.is_alive() or time.monotonic() > until:
            joins.remove(waiting)
            say(f'{child.name}: join is over, exit code {known(child.exitcode)}')


atexit.register(lambda: say('play: ends'))
os.set_blocking(0, False)
selector = selectors.DefaultSelector()
selector.register(0, selectors.EVENT_READ)
rest = b''
while True:
    if selector.select(0.01 if joins else None):
        data = os.read(0, 65536)
        if not data:
            break
        *lines, rest = (rest + data).split(b'\n')
        for line in lines:
            obey(line.decode())
    look()
sys.exit(status)
