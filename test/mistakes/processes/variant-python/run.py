import os
import subprocess
import signal
import sys

try:
    done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE)
except OSError as error:
    print(f"run: cannot start {sys.argv[1]}: ENOENT", file=sys.stderr)
    sys.exit(127)
os.write(1, done.stdout) if len(done.stdout) < 4096 else sys.stdout.buffer.write(done.stdout)
sys.stdout.flush()
code = done.returncode
if code < 0:
    print(f"run: killed by {signal.Signals(-code).name}", file=sys.stderr)
    sys.exit(128 - code)
print(f"run: exit status {code}", file=sys.stderr)
sys.exit(code)
