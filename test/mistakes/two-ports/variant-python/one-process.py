# Two servers in one process, each in a thread.
import os
import signal
import threading

from site_of_two_ports import listen, options

host, ports = options()
for name in (signal.SIGINT, signal.SIGTERM):
    signal.signal(name, lambda *_: os._exit(0))
for port in ports:
    server = listen("one-process", host, port, 1)
    threading.Thread(target=server.serve_forever, daemon=True).start()
while True:
    signal.pause()
