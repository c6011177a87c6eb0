# Counts bytes and characters, in Python: a bytes object, and the str that is decoded from it.
import sys

path = sys.argv[1]
try:
    with open(path, "rb") as file:
        data = file.read()
    print(f"{len(data)} bytes, {len(data.decode('utf-8'))} characters")
except UnicodeDecodeError:
    sys.exit(f"count: {path}: not UTF-8")
except OSError as error:
    sys.exit(f"count: {path}: {error.strerror}")
