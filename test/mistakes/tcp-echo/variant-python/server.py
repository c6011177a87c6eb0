# An echo server in Python: a thread for each client.
import argparse
import os
import signal
import socket
import sys
import threading

parser = argparse.ArgumentParser(prog="server")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8888)
options = parser.parse_args()


def echo(client):
    with client:
        try:
            while data := client.recv(65536):
                client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # a broken connection ends this thread only


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    listener.bind((options.host, options.port))
except OSError as error:
    sys.exit(f"server: cannot listen on {options.host}:{options.port}: {error.strerror}")
listener.listen(128)
for name in (signal.SIGINT, signal.SIGTERM):
    signal.signal(name, lambda *_: os._exit(0))
print("listening on %s:%d" % listener.getsockname(), flush=True)
while True:
    threading.Thread(target=echo, args=(listener.accept()[0],), daemon=True).start()
