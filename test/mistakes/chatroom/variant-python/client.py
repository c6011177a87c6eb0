# The chat room's client in Python. After fork(2) both processes have the socket: the child only sends, the parent only
# receives. Nothing reads a socket behind their backs here, so they can share it.
import argparse
import os
import re
import signal
import socket
import sys
import time

parser = argparse.ArgumentParser(prog="client")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8888)
parser.add_argument("name")
options = parser.parse_args()

room = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
room.connect((options.host, options.port))


class Over(Exception):
    pass


def give_up(why):
    sys.exit(f"client: {options.host}:{options.port}: {why}")


def ask(request, is_answer):
    for _ in range(3):
        room.send(request.encode())
        until = time.monotonic() + 1
        while (rest := until - time.monotonic()) > 0:
            room.settimeout(rest)
            try:
                text = room.recv(65536).decode()
            except TimeoutError:
                break
            if is_answer(text):
                return text
            print(text, flush=True)
    give_up("no answer")


def is_refusal(text):
    return re.match(r"FAIL (?!: |退出聊天室$)", text) is not None


def type_lines():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for line in sys.stdin:
        if line.strip() == "quit":
            break
        if line.strip():
            room.send(f"C {options.name} {line.rstrip(chr(10))}".encode())
    os.kill(os.getppid(), signal.SIGUSR1)  # everything is sent: the parent may say goodbye
    os._exit(0)


def over(*_):
    raise Over


try:
    reply = ask(f"L {options.name}", lambda text: text == "OK" or is_refusal(text))
    if reply != "OK":
        give_up(reply)
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)
    for name in signals:
        signal.signal(name, over)
    typist = os.fork()
    if typist == 0:
        type_lines()
    try:
        # Python looks for signals between two steps of the program, never during a call: one that comes right before recv()
        # would be noticed after it. So no call lasts long.
        room.settimeout(0.1)
        while True:
            try:
                print(room.recv(65536).decode(), flush=True)
            except TimeoutError:
                pass
    except Over:
        for name in signals:
            signal.signal(name, signal.SIG_IGN)
    finally:
        os.kill(typist, signal.SIGKILL)
        os.waitpid(typist, 0)
    ask(f"Q {options.name}", lambda text: text == "EXIT" or is_refusal(text))
except ConnectionRefusedError:
    give_up("nobody is there")
