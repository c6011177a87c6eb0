import os
import sys

x = 1
child = os.fork()
if child == 0:
    x = 2
    print(f"child: pid {os.getpid()}, parent {os.getppid()}, x = {x}", flush=True)
    sys.stdin.readline()
    os._exit(0)
os.wait()
print(f"parent: pid {os.getpid()}, child {child}, x = {x}")
