# A sender in Python: select tells when to write, and when an answer has come.
import argparse
import hashlib
import os
import select
import socket
import stat
import struct
import sys
import unicodedata

parser = argparse.ArgumentParser(prog="sender")
parser.add_argument("file")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8888)
options = parser.parse_args()
where = f"{options.host}:{options.port}"
name = os.path.basename(options.file)


def fail(message):
    sys.exit("sender: " + "".join(c for c in message if unicodedata.category(c) not in ("Cc", "Cf")))


try:
    if not stat.S_ISREG(os.stat(options.file).st_mode):
        fail(f"{options.file}: not a file")
    file = open(options.file, "rb")
except OSError as error:
    fail(f"{options.file}: {error.strerror}")
size = os.fstat(file.fileno()).st_size
digest = hashlib.sha256()

try:
    receiver = socket.create_connection((options.host, options.port))
    receiver.setblocking(False)
    raw = os.fsencode(name)
    waiting = struct.pack(">H", len(raw)) + raw + struct.pack(">Q", size)
    left = size
    sending = True
    answer = b""
    while b"\n" not in answer:
        readable, writable, _ = select.select([receiver], [receiver] if sending else [], [])
        if readable:
            chunk = receiver.recv(4096)
            if not chunk:
                fail(f"{where}: no answer")
            answer += chunk
        elif writable:
            if not waiting and left > 0:
                waiting = file.read(min(left, 262144))
                if not waiting:
                    fail(f"{options.file}: has become shorter")
                left -= len(waiting)
                digest.update(waiting)
            if waiting:
                waiting = waiting[receiver.send(waiting) :]
            if not waiting and left == 0:
                receiver.shutdown(socket.SHUT_WR)
                sending = False
except OSError as error:
    fail(f"{where}: {error.strerror}")

line = answer.split(b"\n")[0].decode(errors="replace")
if line.startswith("ERR "):
    fail(f"{where}: refused: {line[4:]}")
if line != f"OK {digest.hexdigest()}":
    fail(f"{where}: has something else: {line}")
print(f"sent {name}: {size} bytes, sha256 {digest.hexdigest()}")
