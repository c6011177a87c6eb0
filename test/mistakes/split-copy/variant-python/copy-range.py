# One range of bytes.
import argparse
import sys

from copying import CopyFailed, copy_range

parser = argparse.ArgumentParser(prog="copy-range")
parser.add_argument("source")
parser.add_argument("target")
for name in ("--start", "--end", "--at"):
    parser.add_argument(name, type=int, required=True)
arguments = parser.parse_args()
try:
    copy_range(**vars(arguments))
except CopyFailed as error:
    sys.exit(f"copy-range: {error}")
except OSError as error:
    sys.exit(f"copy-range: {error.filename or arguments.target}: {error.strerror}")
