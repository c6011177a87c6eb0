# Prints a piece of a file, in Python: seek() from the start or from the end.
import argparse
import os
import sys

parser = argparse.ArgumentParser()
parser.add_argument("path")
parser.add_argument("--start", type=int, default=0)
parser.add_argument("--last", type=int)
parser.add_argument("--length", type=int, default=-1)
wanted = parser.parse_args()
try:
    with open(wanted.path, "rb") as file:
        if wanted.last is None:
            file.seek(wanted.start)
        else:
            size = file.seek(0, os.SEEK_END)
            file.seek(-min(size, wanted.last), os.SEEK_END)
        sys.stdout.buffer.write(file.read(wanted.length))
except OSError as error:
    sys.exit(f"read: {wanted.path}: {error.strerror}")
