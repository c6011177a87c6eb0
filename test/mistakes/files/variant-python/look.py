# Says what there is under each path, in Python: os.stat once, and the mode tells the kind.
import os
import stat
import sys

status = 0
for path in sys.argv[1:]:
    try:
        found = os.stat(path)
        if stat.S_ISREG(found.st_mode):
            print(f"{path}: file, {found.st_size} bytes")
        elif stat.S_ISDIR(found.st_mode):
            names = sorted(os.listdir(path))
            print(f"{path}: directory, {len(names)} entries")
            for name in names:
                print(f"  {name}")
        else:
            print(f"{path}: something else")
    except (FileNotFoundError, NotADirectoryError):
        print(f"{path}: not there")
    except OSError as error:
        print(f"look: {path}: {error.strerror}", file=sys.stderr)
        status = 1
sys.exit(status)
