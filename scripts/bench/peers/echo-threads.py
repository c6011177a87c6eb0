# An echo server as a Python programmer writes it: a thread for each connection.
import socket
import threading


def echo(connection):
    with connection:
        while data := connection.recv(65536):
            connection.sendall(data)


with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
    while True:
        connection, _ = server.accept()
        threading.Thread(target=echo, args=(connection,), daemon=True).start()
