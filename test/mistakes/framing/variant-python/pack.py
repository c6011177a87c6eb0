# Values to bytes, by the module whose format this lesson takes.
import re
import struct
import sys

if len(sys.argv) < 2:
    sys.exit(2)
form, values = sys.argv[1], sys.argv[2:]
try:
    fields = re.findall(r"(\d*)([sBHIiQ])", form)
    if len(fields) != len(values):
        raise ValueError(f"{len(values)} values for {len(fields)} fields")
    ready = []
    for (size, code), value in zip(fields, values):
        if code != "s":
            ready.append(int(value))
            continue
        text = value.encode()
        if len(text) > int(size):
            raise ValueError(f"{len(text)} bytes for {size}")
        ready.append(text)
    packed = struct.pack(form, *ready)
except (struct.error, ValueError) as error:
    sys.exit(f"pack: {error}")
sys.stdout.buffer.write(packed)
