import os
import select
import signal
import sys

from status import describe

child = os.fork()
if child == 0:
    while True:
        signal.pause()
print(f"{child} works", flush=True)
inputs = [0]
while True:
    ready, _, _ = select.select(inputs, [], [], 0.02)
    if ready:
        data = os.read(0, 4096)
        if not data:
            inputs = []
        for line in data.decode().splitlines():
            if line == "stop":
                os.kill(child, signal.SIGTERM)
            else:
                print(f"{child} is running", flush=True)
    pid, status = os.waitpid(child, os.WNOHANG)
    if pid == child:
        print(f"{child} ended: {describe(status)}", flush=True)
        break
