# Backs up a directory, in Python: scandir, copy2 to a temporary name, os.replace. All paths are bytes.
import os
import shutil
import signal
import stat
import sys
import time

PREFIX = b".backup-unfinished-"
KINDS = [
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
]


class Stopped(Exception):
    pass


class Bar:
    def __init__(self, total):
        self.total, self.done, self.drawn = total, 0, 0.0
        self.seen = sys.stderr.isatty()

    def step(self):
        self.done += 1
        now = time.monotonic()
        if self.seen and now - self.drawn > 0.1:
            self.drawn = now
            sys.stderr.write(f"\r{self.done * 100 // self.total:3} %")
            sys.stderr.flush()

    def clear(self):
        if self.seen and self.drawn:
            sys.stderr.write("\r" + " " * 5 + "\r")
            sys.stderr.flush()


def visible(name):
    return ascii(os.fsdecode(name))[1:-1] if not shown(name) else os.fsdecode(name)


def shown(name):
    try:
        return name.decode().isprintable()
    except UnicodeDecodeError:
        return False


def same(a, b):
    return (
        stat.S_ISREG(b.st_mode)
        and a.st_size == b.st_size
        and a.st_mtime_ns // 1_000_000 == b.st_mtime_ns // 1_000_000
    )


def copy_one(source, target, temporary):
    info = os.lstat(source)
    kind = next((word for test, word in KINDS if test(info.st_mode)), "a device")
    if not stat.S_ISREG(info.st_mode):
        return "skipped", kind
    try:
        if same(info, os.lstat(target)):
            return "unchanged", ""
    except FileNotFoundError:
        pass
    try:
        shutil.copy2(source, temporary)
        os.replace(temporary, target)
    except BaseException:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise
    return "copied", ""


def back_up(source, target):
    names = os.listdir(source)
    os.makedirs(target, exist_ok=True)
    if os.path.samefile(source, target):
        raise OSError(0, "the source and the destination are the same", os.fsdecode(source))
    for entry in os.scandir(target):
        if entry.name.startswith(PREFIX) and entry.name[len(PREFIX) :].isdigit():
            os.unlink(entry.path)
    counts = dict.fromkeys(["copied", "unchanged", "skipped", "failed"], 0)
    temporary = os.path.join(target, PREFIX + str(os.getpid()).encode())
    bar = Bar(len(names))
    for name in names:
        try:
            what, kind = copy_one(os.path.join(source, name), os.path.join(target, name), temporary)
            if what == "skipped":
                bar.clear()
                print(f"skipped {visible(name)}: {kind}")
        except OSError as error:
            what = "failed"
            bar.clear()
            print(f"failed {visible(name)}: {error.strerror}", file=sys.stderr)
        counts[what] += 1
        bar.step()
    bar.clear()
    print(", ".join(f"{what} {count}" for what, count in counts.items()))
    return 1 if counts["failed"] else 0


def stop(number, _frame):
    raise Stopped(number)


def main():
    if len(sys.argv) not in (2, 3):
        print("usage: backup <dir> [dest]", file=sys.stderr)
        sys.exit(2)
    target = sys.argv[2] if len(sys.argv) == 3 else os.path.expanduser("~/备份")
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    try:
        sys.exit(back_up(os.fsencode(sys.argv[1]), os.fsencode(target)))
    except Stopped as stopped:
        sys.exit(128 + stopped.args[0])
    except OSError as error:
        print(f"backup: {error.filename}: {error.strerror}", file=sys.stderr)
        sys.exit(1)


main()
