# Writes a text into a file, in Python: modes xb, wb, ab and r+b; tell() knows where it stands.
import sys

how, path, text = sys.argv[1:]
data = text.encode()
try:
    if how.isdigit():
        with open(path, "r+b") as file:
            at = file.seek(int(how))
            file.write(data)
    else:
        mode = {"new": "xb", "replace": "wb", "append": "ab"}[how]
        with open(path, mode) as file:
            at = file.tell()
            file.write(data)
except OSError as error:
    sys.exit(f"write: {path}: {error.strerror}")
print(f"{len(data)} bytes, from byte {at}")
