# A receiver in Python: a thread for each sender.
import argparse
import hashlib
import os
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
import unicodedata

parser = argparse.ArgumentParser(prog="receiver")
parser.add_argument("--dir", required=True)
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8888)
parser.add_argument("--timeout", type=float, default=30)
options = parser.parse_args()
parts = set()


class Refused(Exception):
    pass


def exactly(sender, count):
    data = b""
    while len(data) < count:
        chunk = sender.recv(count - len(data))
        if not chunk:
            raise Refused("the header is not whole")
        data += chunk
    return data


def read_header(sender):
    (length,) = struct.unpack(">H", exactly(sender, 2))
    if not 1 <= length <= 255:
        raise Refused("bad length of name")
    raw = exactly(sender, length)
    (size,) = struct.unpack(">Q", exactly(sender, 8))
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        raise Refused("the name is not UTF-8")
    if name in (".", "..") or any(c in "/\\" or unicodedata.category(c) == "Cc" for c in name):
        raise Refused("bad name")
    if size >= 2**53:
        raise Refused("too large")
    return name, size


def store(sender):
    name, size = read_header(sender)
    digest = hashlib.sha256()
    handle, part = tempfile.mkstemp(prefix=".", dir=options.dir)
    parts.add(part)
    try:
        with os.fdopen(handle, "wb") as file:
            got = 0
            while chunk := sender.recv(65536):
                got += len(chunk)
                if got > size:
                    raise Refused("more than announced")
                digest.update(chunk)
                file.write(chunk)
            if got < size:
                raise Refused(f"got {got} of {size} bytes")
        try:
            os.link(part, os.path.join(options.dir, name))
        except FileExistsError:
            raise Refused("there is one already")
    finally:
        parts.discard(part)
        os.unlink(part)
    return name, size, digest.hexdigest()


def receive(sender, address):
    with sender:
        sender.settimeout(options.timeout)
        try:
            try:
                name, size, digest = store(sender)
                print(f"{name}: {size} bytes from {address[0]}:{address[1]}", flush=True)
                sender.sendall(f"OK {digest}\n".encode())
                sender.shutdown(socket.SHUT_WR)
                return
            except Refused as reason:
                sender.sendall(f"ERR {reason}\n".encode())
            except TimeoutError:
                sender.sendall(b"ERR too slow\n")
            except ConnectionError:
                return
            except OSError as error:
                sender.sendall(f"ERR {error.strerror}\n".encode())
            sender.shutdown(socket.SHUT_WR)
            # Read the rest away, or the kernel sends RST; but only for so long.
            until = time.monotonic() + options.timeout
            while time.monotonic() < until and sender.recv(65536):
                pass
        except OSError:
            pass  # the sender is gone


def stop(*_):
    for part in list(parts):
        try:
            os.unlink(part)
        except FileNotFoundError:
            pass
    os._exit(0)


if not os.path.isdir(options.dir) or not os.access(options.dir, os.W_OK | os.X_OK):
    sys.exit(f"receiver: cannot write into {options.dir}")
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    listener.bind((options.host, options.port))
except OSError as error:
    sys.exit(f"receiver: cannot listen on {options.host}:{options.port}: {error.strerror}")
listener.listen(128)
for name in (signal.SIGINT, signal.SIGTERM):
    signal.signal(name, stop)
print("listening on %s:%d" % listener.getsockname(), flush=True)
while True:
    threading.Thread(target=receive, args=listener.accept(), daemon=True).start()
