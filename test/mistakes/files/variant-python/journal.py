# Appends each line of stdin, in Python: what Python keeps back is flushed first, then the kernel is asked to sync.
import os
import sys

path = sys.argv[1]
try:
    with open(path, "ab", buffering=0) as journal:
        for number, line in enumerate(iter(sys.stdin.buffer.readline, b""), 1):
            journal.write(line if line.endswith(b"\n") else line + b"\n")
            os.fsync(journal.fileno())
            print(f"saved {number}", flush=True)
except OSError as error:
    sys.exit(f"journal: {path}: {error.strerror}")
