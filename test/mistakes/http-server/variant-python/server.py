# The same server in Python: one thread for each connection, blocking calls, nothing kept in memory.
import argparse
import email.utils
import os
import re
import signal
import socket
import stat
import sys
import threading
import time
import urllib.parse

TYPES = {
    '.html': 'text/html; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.txt': 'text/plain; charset=utf-8',
    '.js': 'application/javascript',
    '.json': 'application/json',
    '.svg': 'image/svg+xml',
    '.png': 'image/png',
    '.jpg': 'image/jpeg',
    '.gif': 'image/gif',
    '.webp': 'image/webp',
    '.ico': 'image/vnd.microsoft.icon',
}
TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class Refused(Exception):
    def __init__(self, status, close=True):
        self.status = status
        self.close = close


class Gone(Exception):
    pass


class Connection:
    def __init__(self, sock, root, timeout):
        self.sock, self.root, self.timeout = sock, root, timeout
        self.buffer = b''
        self.deadline = None

    def serve(self):
        try:
            while self.one():
                pass
            self.hang_up()
        except (Gone, ConnectionError, TimeoutError):
            pass
        finally:
            self.sock.close()

    def one(self):
        head_only = False
        try:
            request = self.read_request()
            if request is None:
                return False
            method, target, close = request
            head_only = method == b'HEAD'
            if method not in (b'GET', b'HEAD'):
                raise Refused(405, close)
            try:
                path = self.locate(target)
            except Refused as refused:
                raise Refused(refused.status, close)
            with open(path, 'rb') as file:
                size = os.fstat(file.fileno()).st_size
                kind = TYPES.get(os.path.splitext(path)[1].lower(), 'application/octet-stream')
                self.head('200 OK', kind, size, close)
                while not head_only and size > 0:
                    part = file.read(min(size, 65536))
                    if not part:
                        raise Gone()
                    size -= len(part)
                    self.send(part)
            return not close
        except Refused as refused:
            page = f'<!doctype html><meta charset="utf-8"><h1>{refused.status} 出错了</h1>'.encode()
            allow = 'Allow: GET, HEAD\r\n' if refused.status == 405 else ''
            self.head(f'{refused.status} ', 'text/html; charset=utf-8', len(page), refused.close, allow)
            if not head_only:
                self.send(page)
            return not refused.close

    def read_request(self):
        self.deadline = None
        while True:
            self.buffer = self.buffer.lstrip(b'\r\n')
            if self.buffer:
                break
            if not self.more():
                return None
        self.deadline = time.monotonic() + self.timeout
        while b'\r\n\r\n' not in self.buffer:
            self.check_limits()
            if not self.more():
                return None
        self.check_limits()
        head, self.buffer = self.buffer.split(b'\r\n\r\n', 1)
        first, *lines = head.split(b'\r\n')
        parts = first.split(b' ')
        if len(parts) != 3 or not TOKEN.fullmatch(parts[0]):
            raise Refused(400)
        method, target, version = parts
        if not re.fullmatch(rb'HTTP/\d\.\d', version) or not re.fullmatch(rb'[!-~]+', target):
            raise Refused(400)
        if not version.startswith(b'HTTP/1.'):
            raise Refused(505)
        fields = {}
        for line in lines:
            name, colon, value = line.partition(b':')
            if not colon or not TOKEN.fullmatch(name):
                raise Refused(400)
            fields.setdefault(name.lower(), []).append(value.strip(b' \t'))
        old = version == b'HTTP/1.0'
        if len(fields.get(b'host', [])) != 1 and not (old and b'host' not in fields):
            raise Refused(400)
        length = fields.get(b'content-length', [])
        if b'transfer-encoding' in fields:
            raise Refused(400 if length else 501)
        if len(length) > 1 or (length and not length[0].isdigit()):
            raise Refused(400)
        left = int(length[0]) if length else 0
        if left > 1 << 20:
            raise Refused(413)
        while left > len(self.buffer):
            if not self.more():
                return None
        self.buffer = self.buffer[left:]
        words = b','.join(fields.get(b'connection', [])).lower().split(b',')
        return method, target, old or b'close' in [word.strip() for word in words]

    def check_limits(self):
        end = self.buffer.find(b'\r\n\r\n')
        line = self.buffer.find(b'\r\n')
        if (line if line >= 0 else len(self.buffer) - 1) > 8192:
            raise Refused(414)
        if (end + 4 if end >= 0 else len(self.buffer)) > 16384:
            raise Refused(431)

    def more(self):
        """Waits for more bytes; False if the client has ended its side."""
        left = self.timeout if self.deadline is None else self.deadline - time.monotonic()
        try:
            self.sock.settimeout(max(left, 0.001))
            chunk = self.sock.recv(65536)
        except TimeoutError:
            if self.deadline is None:
                raise Gone()
            raise Refused(408)
        self.buffer += chunk
        return chunk != b''

    def locate(self, target):
        path = re.sub(rb'^https?://[^/?]*', b'', target, flags=re.I).split(b'?')[0] or b'/'
        if re.search(rb'%(?![0-9A-Fa-f]{2})', path) or not path.startswith(b'/'):
            raise Refused(400)
        try:
            name = urllib.parse.unquote_to_bytes(path).decode()
        except UnicodeDecodeError:
            raise Refused(400)
        if '\0' in name:
            raise Refused(400)
        real = os.path.realpath(self.root + '/' + name + ('index.html' if name.endswith('/') else ''))
        if os.path.commonpath([real, self.root]) != self.root:
            raise Refused(404)
        try:
            if not stat.S_ISREG(os.stat(real).st_mode):
                raise Refused(404)
            if not os.access(real, os.R_OK):
                raise Refused(403)
        except OSError:
            raise Refused(404)
        return real

    def head(self, status, kind, length, close, more=''):
        self.send(
            f'HTTP/1.1 {status}\r\nServer: 老王\r\nContent-Length: {length}\r\nContent-Type: {kind}\r\n'
            f'Date: {email.utils.formatdate(usegmt=True)}\r\n{more}'
            f'Connection: {"close" if close else "keep-alive"}\r\n\r\n'.encode()
        )

    def send(self, data):
        view = memoryview(data)
        self.sock.settimeout(self.timeout)
        while view:
            view = view[self.sock.send(view):]

    def hang_up(self):
        self.sock.shutdown(socket.SHUT_WR)
        until = time.monotonic() + 2
        while (left := until - time.monotonic()) > 0:
            self.sock.settimeout(left)
            if not self.sock.recv(65536):
                return


def main():
    parser = argparse.ArgumentParser(prog='server')
    parser.add_argument('--root', required=True)
    parser.add_argument('--host', default='127.0.0.1')
    parser.add_argument('--port', type=int, default=8000)
    parser.add_argument('--timeout', type=float, default=10)
    options = parser.parse_args()
    if not os.path.isdir(options.root):
        sys.exit(f'server: cannot serve {options.root}: no such directory')
    try:
        listener = socket.create_server((options.host, options.port), backlog=128)
    except OSError as error:
        sys.exit(f'server: cannot listen on {options.host}:{options.port}: {error.strerror}')
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: os._exit(0))
    host, port = listener.getsockname()
    print(f'listening on {host}:{port}')
    root = os.path.realpath(options.root)
    while True:
        sock, _ = listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=Connection(sock, root, options.timeout).serve, daemon=True).start()


main()
