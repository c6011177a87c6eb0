import os
import signal
import sys

from status import describe

flags = [arg for arg in sys.argv[1:] if arg.startswith("--")]
ends = [arg for arg in sys.argv[1:] if not arg.startswith("--")]
children = []
for how in ends:
    pid = os.fork()
    if pid == 0:
        if "--stop" in flags:
            os.kill(os.getpid(), signal.SIGSTOP)
        if how.startswith("SIG"):
            os.kill(os.getpid(), signal.Signals[how])
        os._exit(int(how) & 0xFF)
    print(f"{pid} started: {how}", flush=True)
    children.append(pid)
for pid in children:
    pid, status = os.waitpid(pid if "--in-order" in flags else -1, 0)
    print(f"{pid} ended: {describe(status)}", flush=True)
