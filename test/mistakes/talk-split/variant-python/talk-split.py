# Separates a dialogue by speaker, in Python: bytes are read line by line, and each speaker's file stays open.
import os
import re
import sys

NAME_MAX = 255


class BadLine(Exception):
    pass


def separate(source, directory):
    files, counts, current = {}, {}, None
    with open(source, "rb") as dialogue:
        for number, raw in enumerate(dialogue, 1):
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError as error:
                raise BadLine(f"line {number} is not UTF-8: {error.reason}") from error
            text = text.removeprefix("\ufeff").strip() if number == 1 else text.strip()
            if not text:
                continue
            colon = re.search("[:：]", text)
            if colon:
                current = text[: colon.start()].strip()
                speech = text[colon.end() :].strip()
                if current not in files:
                    files[current] = begin(directory, current, number)
                    counts[current] = 0
            elif current is None:
                raise BadLine(f"line {number} belongs to nobody")
            else:
                speech = text
            files[current].write(speech.encode() + b"\n")
            counts[current] += 1
    for file in files.values():
        file.close()
    return counts


def begin(directory, name, number):
    if not name:
        raise BadLine(f"line {number} has no name")
    safe = re.sub(r"[/\\\0%]", lambda sign: f"%{ord(sign[0]):02X}", name) + ".txt"
    if len(safe.encode()) > NAME_MAX:
        raise BadLine(f"line {number} has too long a name")
    return open(os.path.join(directory, safe), "wb")


def main():
    if len(sys.argv) != 3:
        print("usage: talk-split <talk.txt> <outdir>", file=sys.stderr)
        sys.exit(2)
    source, directory = sys.argv[1:]
    try:
        os.makedirs(directory, exist_ok=True)
        for name, count in separate(source, directory).items():
            print(f"{name}: {count}")
    except BadLine as error:
        print(f"talk-split: {source}: {error}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        print(f"talk-split: {error.filename}: {error.strerror}", file=sys.stderr)
        sys.exit(1)


main()
