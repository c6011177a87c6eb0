# Makes empty files until there is no inode left: bytes are left, but nobody can write.
import os, sys, time

# Whoever runs this by mistake, outside of any sandbox, keeps their machine.
if os.getuid() == 0:
    sys.exit(1)
os.mkdir(f"/tmp/many-{os.getpid()}")
os.chdir(f"/tmp/many-{os.getpid()}")
try:
    for number in range(1_000_000):
        os.close(os.open(f"{number}", os.O_CREAT | os.O_WRONLY))
except OSError:
    pass
sys.exit(1)
