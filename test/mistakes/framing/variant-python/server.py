# The server in Python: a thread for each client, and exactly as many bytes as the next field needs.
import argparse
import json
import os
import signal
import socket
import struct
import sys
import threading

parser = argparse.ArgumentParser(prog="server")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8888)
parser.add_argument("--max", type=int, default=65536)
options = parser.parse_args()


class Wrong(Exception):
    pass


def exactly(sock, size):
    """The next `size` bytes; fewer only at the end."""
    got = b""
    while len(got) < size:
        more = sock.recv(size - len(got))
        if not more:
            break
        got += more
    return got


def serve(sock, address):
    name = f"{address[0]}:{address[1]}"
    number = 0
    try:
        with sock:
            while head := exactly(sock, 4):
                if len(head) < 4:
                    raise Wrong("ended inside a length")
                (size,) = struct.unpack(">I", head)
                if size > options.max:
                    raise Wrong(f"{size} bytes are too many")
                message = exactly(sock, size)
                if len(message) < size:
                    raise Wrong("ended inside a message")
                number += 1
                text = json.dumps(message.decode(errors="replace"), ensure_ascii=False)
                sys.stdout.write(f"{name} {text}\n")
                sock.sendall(struct.pack(">III", 8, number, size))
    except Wrong as error:
        sys.stderr.write(f"server: {name}: {error}\n")
    except OSError:
        pass


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    listener.bind((options.host, options.port))
    listener.listen()
except OSError as error:
    sys.exit(f"server: {options.host}:{options.port}: {error.strerror}")
for name in (signal.SIGINT, signal.SIGTERM):
    signal.signal(name, lambda *_: os._exit(0))
print("listening on {}:{}".format(*listener.getsockname()))
while True:
    threading.Thread(target=serve, args=listener.accept(), daemon=True).start()
