# The client in Python: one thread sends, the other one reads replies.
import argparse
import json
import os
import socket
import struct
import sys
import threading
import unicodedata

parser = argparse.ArgumentParser(prog="client")
parser.add_argument("category")
parser.add_argument("pictures", nargs="+")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8888)
parser.add_argument("--timeout", type=float, default=30)
options = parser.parse_args()


def fail(why):
    sys.stderr.write(f"client: {options.host}:{options.port}: {why}\n")
    sys.stderr.flush()
    os._exit(1)


def plain(text):
    return "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cf"))


category = options.category.encode()
try:
    pictures = [open(path, "rb").read() for path in options.pictures]
except OSError as error:
    sys.exit(f"client: {error.filename}: {error.strerror}")
try:
    sock = socket.create_connection((options.host, options.port))
except OSError as error:
    fail(error)
sock.settimeout(options.timeout)


def send():
    try:
        for picture in pictures:
            sock.sendall(struct.pack(">H", len(category)) + category)
            sock.sendall(struct.pack(">I", len(picture)) + picture)
        sock.shutdown(socket.SHUT_WR)
    except OSError as error:
        fail(error)


def exactly(size):
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            fail("the server has ended too early")
        data += more
    return data


threading.Thread(target=send, daemon=True).start()
status = 0
try:
    for path in options.pictures:
        (size,) = struct.unpack(">I", exactly(4))
        if size > 65536:
            fail("a reply that is too long")
        reply = json.loads(exactly(size))
        if "labels" in reply:
            print(f"{path}: {plain(', '.join(reply['labels']))}")
        elif "error" in reply:
            print(f"client: {path}: {plain(reply['error'])}", file=sys.stderr)
            status = 1
        else:
            fail("this is no reply")
except TimeoutError:
    fail("no reply came in time")
except (OSError, ValueError) as error:
    fail(error)
sys.exit(status)
