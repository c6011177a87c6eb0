# The same in Python, with a thread for each client.
import os
import signal
import socket
import stat
import sys
import threading

if len(sys.argv) != 2:
    print("usage: local PATH", file=sys.stderr)
    sys.exit(2)
path = sys.argv[1]


def refuse(why):
    print(f"local: cannot listen on {path}: {why}", file=sys.stderr)
    sys.exit(1)


def in_the_way():
    """Why the name cannot be taken; nothing if it can."""
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):
            return "it is not a socket"
    except FileNotFoundError:
        return None
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)
        try:
            probe.connect(path)
            return "it is in use"
        except BlockingIOError:
            return "it is in use, and busy"
        except ConnectionRefusedError:
            os.unlink(path)
            return None


def echo(client):
    with client:
        try:
            while data := client.recv(4096):
                client.sendall(data)
        except OSError:
            pass


def stop(*_):
    os.unlink(path)
    os._exit(0)


if len(os.fsencode(path)) > 107:
    refuse("the path is too long")
why = in_the_way()
if why:
    refuse(why)
server = socket.socket(socket.AF_UNIX)
server.bind(path)
server.listen()
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, stop)
print(f"listening on {path}", flush=True)
while True:
    client, _ = server.accept()
    threading.Thread(target=echo, args=[client], daemon=True).start()
