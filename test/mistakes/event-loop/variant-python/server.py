# The same in Python, by select.epoll and a socket that wakes the loop when a signal comes.
import argparse
import collections
import select
import signal
import socket
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8888)
parser.add_argument("--delay", type=int, default=0)
parser.add_argument("--block", action="store_true")
options = parser.parse_args()

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    listener.bind((options.host, options.port))
except OSError as error:
    print(f"server: cannot listen on {options.host}:{options.port}: {error.strerror}", file=sys.stderr)
    sys.exit(1)
listener.listen(200)
listener.setblocking(False)

waker, wake = socket.socketpair()
for end in (waker, wake):
    end.setblocking(False)
signal.set_wakeup_fd(wake.fileno())
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: None)

loop = select.epoll()
loop.register(listener, select.EPOLLIN)
loop.register(waker, select.EPOLLIN)
clients = {}
unsent = {}
timers = collections.deque()
print("listening on %s:%d" % listener.getsockname(), flush=True)


def drop(fd):
    loop.unregister(fd)
    clients.pop(fd).close()
    unsent.pop(fd, None)


def flush(client):
    fd = client.fileno()
    try:
        rest = unsent[fd]
        unsent[fd] = rest[client.send(rest):]
    except BlockingIOError:
        pass
    except OSError:
        return drop(fd)
    loop.modify(fd, select.EPOLLOUT if unsent[fd] else select.EPOLLIN)


def receive(client):
    fd = client.fileno()
    try:
        data = client.recv(65536)
    except OSError:
        return drop(fd)
    if not data:
        return drop(fd)
    if options.delay and not options.block:
        loop.modify(fd, 0)
        timers.append((time.monotonic() + options.delay / 1000, client, data))
        return
    time.sleep(options.delay / 1000)
    unsent[fd] = data
    flush(client)


while True:
    rest = max(0, timers[0][0] - time.monotonic()) if timers else -1
    for fd, events in loop.poll(rest):
        if fd == waker.fileno():
            sys.exit(0)
        elif fd == listener.fileno():
            client, _ = listener.accept()
            client.setblocking(False)
            clients[client.fileno()] = client
            loop.register(client, select.EPOLLIN)
        elif events & select.EPOLLOUT:
            flush(clients[fd])
        else:
            receive(clients[fd])
    while timers and timers[0][0] <= time.monotonic():
        _, client, data = timers.popleft()
        if client.fileno() >= 0:
            unsent[client.fileno()] = data
            flush(client)
