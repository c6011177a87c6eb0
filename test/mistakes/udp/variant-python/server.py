# The echo server in Python.
import argparse
import signal
import socket
import sys

parser = argparse.ArgumentParser(prog="server")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8888)
options = parser.parse_args()

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    server.bind((options.host, options.port))
except OSError as error:
    sys.exit(f"server: {options.host}:{options.port}: {error.strerror}")


def interrupt(*_):
    raise KeyboardInterrupt


signal.signal(signal.SIGINT, interrupt)
signal.signal(signal.SIGTERM, interrupt)
received = 0
try:
    print("listening on {}:{}".format(*server.getsockname()), flush=True)
    while True:
        datagram, (address, port) = server.recvfrom(65536)
        received += 1
        print(f"{address}:{port} {len(datagram)} bytes", flush=True)
        server.sendto(datagram, (address, port))
except KeyboardInterrupt:
    print(f"received {received} datagrams", flush=True)
