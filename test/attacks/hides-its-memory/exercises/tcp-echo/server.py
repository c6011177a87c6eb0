# Takes memory that no process seems to have, in files without a name (memfd_create), and its children hide from whoever counts.
import os, sys, time

# Whoever runs this by mistake, outside of any sandbox, keeps their machine.
if os.getuid() == 0:
    sys.exit(1)
if "child" not in sys.argv:
    if os.fork() == 0:
        os.setsid()
        os.execve(sys.executable, [sys.executable, sys.argv[0], "child"], {})
    time.sleep(8)
    sys.exit(1)
block = bytearray(b"x" * (64 << 20))
# 4 GiB at most: 2 GiB in its own pages, in a process that carries no mark, and 2 GiB in files.
kept = [bytes(block) for _ in range(32)]
for _ in range(4):
    file = os.memfd_create("x")
    for _ in range(8):
        os.write(file, block)
time.sleep(8)
