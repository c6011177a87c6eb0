# The site for all three programs, by http.server.
import argparse
import errno
import os
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

answers = 0


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        global answers
        if self.path == "/crash":
            os._exit(1)
        answers += 1
        port = self.server.server_address[1]
        body = f"你好！端口 {port}，进程 {os.getpid()}，第 {answers} 次回答\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self):
        # The parent's server_bind asks the DNS for a name; this site has no use for it.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]


def listen(program, host, port, status):
    try:
        server = Server((host, port), Page)
    except OSError as error:
        print(f"{program}: cannot listen on {host}:{port}: {errno.errorcode[error.errno]}", file=sys.stderr)
        os._exit(status)
    # One write: print() would make two, and the other child may come in between.
    os.write(1, ("listening on %s:%d\n" % server.server_address[:2]).encode())
    return server


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, action="append")
    values = parser.parse_args()
    return values.host, values.port or [8000, 8080]
