# Sends one file, 1,024 bytes at a time, as the course does.
import socket
import sys

path, port = sys.argv[1:3]
with socket.create_connection(("127.0.0.1", int(port))) as connection, open(path, "rb") as file:
    while data := file.read(1024):
        connection.sendall(data)
