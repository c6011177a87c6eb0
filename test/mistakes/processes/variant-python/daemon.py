import os
import sys
import time

directory = sys.argv[1]


def work():
    null = os.open("/dev/null", os.O_RDWR)
    for file in (0, 1, 2):
        os.dup2(null, file)
    with open(f"{directory}/pid", "w") as file:
        print(os.getpid(), file=file)
    while not os.path.exists(f"{directory}/任务.txt"):
        time.sleep(0.01)
    with open(f"{directory}/任务.txt") as file:
        count = len(file.read().strip())
    with open(f"{directory}/结果.txt", "w") as file:
        print(f"{count} characters", file=file)


middle = os.fork()
if middle == 0:
    os.setsid()
    if os.fork() == 0:
        work()
    os._exit(0)
os.waitpid(middle, 0)
print("the worker is on its own", flush=True)
sys.stdin.readline()
