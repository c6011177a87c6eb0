# Bytes to values.
import struct
import sys

try:
    values = struct.unpack(sys.argv[1], sys.stdin.buffer.read())
except struct.error as error:
    sys.exit(f"unpack: {error}")
for value in values:
    print(value.rstrip(b"\0").decode() if isinstance(value, bytes) else value)
