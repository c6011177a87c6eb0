# Removes files, in Python: os.unlink, and what it says.
import os
import sys

status = 0
for path in sys.argv[1:]:
    try:
        os.unlink(path)
        print(f"{path}: removed")
    except (FileNotFoundError, NotADirectoryError):
        print(f"{path}: not there")
    except OSError as error:
        print(f"remove: {path}: {error.strerror}", file=sys.stderr)
        status = 1
sys.exit(status)
