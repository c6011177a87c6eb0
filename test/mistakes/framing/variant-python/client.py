# The client in Python: one thread sends, the other one reads receipts.
import argparse
import os
import socket
import struct
import sys
import threading

parser = argparse.ArgumentParser(prog="client")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8888)
options = parser.parse_args()


def fail(why):
    sys.stderr.write(f"client: {options.host}:{options.port}: {why}\n")
    sys.stderr.flush()
    os._exit(1)


try:
    sock = socket.create_connection((options.host, options.port))
except OSError as error:
    fail(error.strerror)
sizes = []


def send():
    try:
        for line in sys.stdin.buffer:
            message = line.rstrip(b"\n")
            sizes.append(len(message))
            sock.sendall(struct.pack(">I", len(message)) + message)
        sock.shutdown(socket.SHUT_WR)
    except OSError as error:
        fail(error.strerror)


sender = threading.Thread(target=send, daemon=True)
sender.start()
received = 0
rest = b""
try:
    while chunk := sock.recv(4096):
        rest += chunk
        while len(rest) >= 4:
            if rest[:4] != b"\0\0\0\x08":
                fail("this is no receipt")
            if len(rest) < 12:
                break
            number, size = struct.unpack(">II", rest[4:12])
            rest = rest[12:]
            if number != received + 1 or number > len(sizes) or size != sizes[received]:
                fail("a receipt for something else")
            received += 1
            print(f"message {number}: {size} bytes arrived")
except OSError as error:
    fail(error.strerror)
if received < len(sizes) or sender.is_alive():
    fail(f"ended after {received} receipts")
