import os
import signal
import sys
import time

from status import describe


def state(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "gone"


if "--ignore" in sys.argv:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
child = os.fork()
if child == 0:
    os._exit(7)
while state(child) not in ("Z", "gone"):
    time.sleep(0.005)
print(f"child {child}: {state(child)}", flush=True)
sys.stdin.readline()
try:
    print(f"wait: {describe(os.waitpid(child, 0)[1])}", flush=True)
except ChildProcessError:
    print("wait: ECHILD", flush=True)
print(f"child {child}: {state(child)}", flush=True)
sys.stdin.readline()
