import os
import sys
import time

parent = os.getpid()
child = os.fork()
if child == 0:
    while os.getppid() == parent:
        time.sleep(0.005)
    with open(sys.argv[1], "w") as file:
        print(f"parent was {parent}, is {os.getppid()}", file=file)
    os._exit(0)
print(f"parent {parent}, child {child}", flush=True)
sys.stdin.readline()
