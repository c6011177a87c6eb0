import os
import selectors
import signal
import subprocess
import sys
import time

args = sys.argv[1:]
limit = 10_000
if args[0] == "--limit":
    limit, args = int(args[1]), args[2:]
began = time.monotonic()
selector = selectors.DefaultSelector()
worker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.py")
for job in args:
    child = subprocess.Popen([sys.executable, worker, job], stdout=subprocess.PIPE)
    selector.register(child.stdout, selectors.EVENT_READ, (job, child))
failed = False
killed = set()
while selector.get_map():
    left = max(0.0, began + limit / 1000 - time.monotonic()) if not killed else None
    ready = selector.select(left)
    if not ready:
        for key in list(selector.get_map().values()):
            killed.add(key.data[0])
            key.data[1].kill()
    for key, _ in ready:
        job, child = key.data
        selector.unregister(key.fileobj)
        answer = key.fileobj.read().decode().strip()
        status = child.wait()
        if status == 0:
            print(f"{job}: {answer}", flush=True)
            continue
        failed = True
        how = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        why = f"within {limit} ms" if job in killed else f"({how})"
        print(f"{job}: no answer {why}", flush=True)
sys.exit(1 if failed else 0)
