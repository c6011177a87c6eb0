# A chat server as the course builds it: one loop, one dictionary, one sendto for each listener.
import socket

people = {}
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
server.bind(("127.0.0.1", 0))


def tell_others(name, text):
    data = text.encode()
    for other, address in people.items():
        if other != name:
            server.sendto(data, address)


while True:
    data, address = server.recvfrom(65535)
    verb, name, *text = data.decode().split(" ", 2)
    if verb == "L":
        server.sendto(b"OK", address)
        tell_others(name, f"欢迎 {name} 进入聊天室")
        people[name] = address
    elif verb == "C":
        tell_others(name, f"{name} : {text[0]}")
    elif verb == "Q":
        people.pop(name, None)
        server.sendto(b"EXIT", address)
        tell_others(name, f"{name} 退出聊天室")
