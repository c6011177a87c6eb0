# Takes one file, 1,024 bytes at a time, as the course does.
import socket
import sys

path, port = sys.argv[1:3]
with socket.create_server(("127.0.0.1", int(port))) as server:
    connection, _ = server.accept()
    with connection, open(path, "wb") as file:
        while data := connection.recv(1024):
            file.write(data)
