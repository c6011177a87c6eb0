import subprocess
import sys

with open(sys.argv[1], "a") as log:
    try:
        child = subprocess.Popen(
            sys.argv[2:],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    except FileNotFoundError:
        print(f"detach: cannot start {sys.argv[2]}: ENOENT", file=sys.stderr)
        sys.exit(127)
print(f"{child.pid} started")
