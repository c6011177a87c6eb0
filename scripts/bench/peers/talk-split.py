# One file a speaker, line by line, as text.
import os
import sys

source, out = sys.argv[1:3]
files = {}
with open(source, encoding="utf-8") as lines:
    for line in lines:
        name, _, text = line.partition("：")
        if name not in files:
            files[name] = open(os.path.join(out, name + ".txt"), "w", encoding="utf-8")
        files[name].write(text)
for file in files.values():
    file.close()
