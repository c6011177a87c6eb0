# The server in Python: a thread for each client, exactly as many bytes as the next field needs, and a time-out on each socket.
import argparse
import base64
import http.client
import json
import os
import signal
import socket
import struct
import sys
import threading
import urllib.parse

parser = argparse.ArgumentParser(prog="server")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8888)
parser.add_argument("--max", type=int, default=4194304)
parser.add_argument("--timeout", type=float, default=10)
parser.add_argument("--recogniser", choices=["local", "cloud"], default="local")
options = parser.parse_args()

SERVICES = {
    "通用": "v2/advanced_general",
    "动物": "v1/animal",
    "植物": "v1/plant",
    "菜品": "v2/dish",
    "车型": "v1/car",
}
token = threading.local()


class Unrecognised(Exception):
    pass


class Broken(Exception):
    pass


def local(category, picture):
    if category != "格式":
        raise Unrecognised("no such category")
    if picture[:8] == b"\x89PNG\r\n\x1a\n" and len(picture) >= 24:
        width, height = struct.unpack(">II", picture[16:24])
        return [f"PNG {width} × {height}"]
    at = 2
    while picture[:2] == b"\xff\xd8" and at + 9 <= len(picture):
        marker, size = struct.unpack(">HH", picture[at : at + 4])
        if marker in (0xFFC0, 0xFFC1, 0xFFC2):
            height, width = struct.unpack(">HH", picture[at + 5 : at + 9])
            return [f"JPEG {width} × {height}"]
        at += 2 + size
    raise Unrecognised("this is no picture")


def post(path, query, body=None):
    where = urllib.parse.urlsplit(os.environ["BAIDU_ENDPOINT"]).netloc
    connection = http.client.HTTPConnection(where, timeout=options.timeout)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"{path}?{urllib.parse.urlencode(query)}", body, headers)
        return json.load(connection.getresponse())
    finally:
        connection.close()


def cloud(category, picture):
    if category not in SERVICES:
        raise Unrecognised("no such category")
    if not hasattr(token, "text"):
        keys = {
            "grant_type": "client_credentials",
            "client_id": os.environ["BAIDU_API_KEY"],
            "client_secret": os.environ["BAIDU_SECRET_KEY"],
        }
        token.text = post("/oauth/2.0/token", keys)["access_token"]
    body = urllib.parse.urlencode({"image": base64.b64encode(picture)})
    path = f"/rest/2.0/image-classify/{SERVICES[category]}"
    answer = post(path, {"access_token": token.text}, body)
    if "error_code" in answer:
        raise Unrecognised(f"{answer['error_msg']} ({answer['error_code']})")
    return [item.get("keyword") or item["name"] for item in answer["result"]]


recognise = cloud if options.recogniser == "cloud" else local


def exactly(sock, size, fresh=False):
    """The next `size` bytes; nothing if `fresh` and the client has ended before them."""
    parts, missing = [], size
    while missing:
        part = sock.recv(min(missing, 65536))
        if not part:
            if fresh and missing == size:
                return None
            raise Broken(f"{missing} bytes are missing")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def answer(category, picture):
    try:
        return {"labels": recognise(category, picture)}
    except Unrecognised as error:
        return {"error": str(error)}
    except TimeoutError:
        return {"error": "the recogniser does not answer"}


def say(sock, reply):
    text = json.dumps(reply, ensure_ascii=False).encode()
    sock.sendall(struct.pack(">I", len(text)) + text)


def serve(sock, address):
    sock.settimeout(options.timeout)
    try:
        try:
            while (head := exactly(sock, 2, fresh=True)) is not None:
                (length,) = struct.unpack(">H", head)
                if length > 64:
                    raise Broken("the category is too long")
                category = exactly(sock, length).decode()
                (size,) = struct.unpack(">I", exactly(sock, 4))
                if size > options.max:
                    raise Broken("the picture is too large")
                say(sock, answer(category, exactly(sock, size)))
        except (Broken, TimeoutError) as error:
            sys.stderr.write(f"server: {address[0]}:{address[1]}: {error}\n")
            say(sock, {"error": str(error) or "silent for too long"})
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass
    except OSError:
        pass
    finally:
        sock.close()


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
