# The client in Python: a blocking socket with a time limit, and a deadline for each try.
import argparse
import os
import socket
import sys
import time

parser = argparse.ArgumentParser(prog="client")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8888)
parser.add_argument("--timeout", type=int, default=500)
parser.add_argument("--tries", type=int, default=5)
options = parser.parse_args()

server = (socket.gethostbyname(options.host), options.port)
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def ask(identity, question):
    for _ in range(options.tries):
        client.sendto(identity + question, server)
        deadline = time.monotonic() + options.timeout / 1000
        while (left := deadline - time.monotonic()) > 0:
            client.settimeout(left)
            try:
                datagram, sender = client.recvfrom(65536)
            except TimeoutError:
                break
            if sender == server and datagram[:4] == identity:
                return datagram[4:]
    sys.exit(f"client: {options.host}:{options.port}: no answer after {options.tries} tries")


for line in sys.stdin.buffer:
    question = line.rstrip(b"\n")
    if len(question) > 65503:
        sys.exit(f"client: {len(question)} bytes are more than 65503")
    sys.stdout.buffer.write(ask(os.urandom(4), question) + b"\n")
    sys.stdout.buffer.flush()
