# Several processes at once, each with a thread here that waits for it.
import os
import re
import signal
import subprocess
import sys
import threading

from arguments import read

limit, options, _ = read("usage: share <limit> [--workers 1-8]", {"--workers": 2}, set())
workers = options["--workers"]
if not 1 <= workers <= 8:
    print("usage: share <limit> [--workers 1-8]", file=sys.stderr)
    sys.exit(2)

program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "primes.py")
children, found, trouble = [], {}, []
done = threading.Event()


def stop(why):
    trouble.append(why)
    for child in children:
        child.terminate()
    done.set()


def wait(name, child):
    said = child.communicate()[0]
    match = re.fullmatch(r"(\d+) primes, sum (\d+)\n", said)
    if child.returncode != 0 or not match:
        stop(f"{name}: ended with {child.returncode}")
    else:
        found[name] = (int(match[1]), int(match[2]))
    if len(found) == workers:
        done.set()


for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda number, _: stop(number))

border = [int(limit * (index / workers) ** 0.5) for index in range(workers)] + [limit]
threads = []
for index in range(workers):
    command = [sys.executable, program, str(border[index + 1]), "--from", str(border[index])]
    # A group of its own: Ctrl+C comes here alone, and is passed on.
    children.append(
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, process_group=0)
        if sys.version_info >= (3, 11)
        else subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=os.setpgrp)
    )
for name, child in zip("甲乙丙丁戊己庚辛", children):
    threads.append(threading.Thread(target=wait, args=(name, child)))
    threads[-1].start()
done.wait()
for thread in threads:
    thread.join()
if trouble:
    if isinstance(trouble[0], int):
        sys.exit(128 + trouble[0])
    sys.exit(f"share: {trouble[0]}")
for name, child in zip("甲乙丙丁戊己庚辛", children):
    print(f"{name}: {found[name][0]} primes, sum {found[name][1]}, by process {child.pid}")
print(f"{sum(n for n, _ in found.values())} primes, sum {sum(n for _, n in found.values())}")
