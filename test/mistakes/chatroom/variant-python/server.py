# The chat room's server in Python. The console is a child made with fork(2); it speaks to its parent through a pipe.
import argparse
import os
import re
import select
import signal
import socket
import sys

parser = argparse.ArgumentParser(prog="server")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8888)
options = parser.parse_args()

REQUEST = re.compile(r"(?:([LQ]) (\S+)|C (\S+) ([^\x00-\x1f\x7f-\x9f]+))", re.S)
users = {}  # name -> (host, port)


def send(text, address):
    try:
        room.sendto(text.encode(), address)
    except OSError:
        pass  # as good as lost


def tell(text, but=None):
    for name, address in users.items():
        if name != but:
            send(text, address)


def login(name, address):
    if users.get(name) == address:
        return send("OK", address)
    if name in users or address in users.values():
        return send("FAIL taken", address)
    if len(name) > 20 or "管理员" in name or re.search(r"[\x00-\x1f\x7f-\x9f]", name):
        return send("FAIL no such name", address)
    send("OK", address)
    tell(f"欢迎 {name} 进入聊天室")
    users[name] = address


def answer(datagram, address):
    try:
        found = REQUEST.fullmatch(datagram.decode())
    except UnicodeDecodeError:
        found = None
    if not found:
        return send("FAIL what?", address)
    verb, name, speaker, text = found.groups()
    if verb == "L":
        return login(name, address)
    if users.get(name or speaker) != address:
        return send("FAIL who are you?", address)
    if verb == "Q":
        del users[name]
        send("EXIT", address)
        tell(f"{name} 退出聊天室")
    else:
        tell(f"{speaker} : {text}", but=speaker)


def end(*_):
    os.kill(console, signal.SIGKILL)
    os.waitpid(console, 0)
    os._exit(0)


room = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
room.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
try:
    room.bind((options.host, options.port))
except OSError as error:
    sys.exit(f"server: cannot bind {options.host}:{options.port}: {error.strerror}")

lines, into = os.pipe()
console = os.fork()
if console == 0:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        if line.strip():
            os.write(into, line)
    os._exit(0)
os.close(into)
for name in (signal.SIGINT, signal.SIGTERM):
    signal.signal(name, end)
print("listening on %s:%d" % room.getsockname(), flush=True)

waiting = [room, lines]
typed = b""
while True:
    for source in select.select(waiting, [], [])[0]:
        if source is room:
            answer(*room.recvfrom(65536))
            continue
        chunk = os.read(lines, 65536)
        if not chunk:
            waiting.remove(lines)
        *whole, typed = (typed + chunk).split(b"\n")
        for line in whole:
            tell("管理员 : " + line.decode())
