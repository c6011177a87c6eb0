# An echo client in Python: one thread sends, the main thread receives.
import argparse
import os
import socket
import sys
import threading

parser = argparse.ArgumentParser(prog="client")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8888)
options = parser.parse_args()

try:
    server = socket.create_connection((options.host, options.port))
except OSError as error:
    sys.exit(f"client: {options.host}:{options.port}: {error.strerror}")


def send():
    while data := os.read(0, 65536):
        server.sendall(data)
    server.shutdown(socket.SHUT_WR)


threading.Thread(target=send, daemon=True).start()
while data := server.recv(65536):
    os.write(1, data)
