# The halves of a file, by two forked processes.
import os
import stat

from copying import CopyFailed, Interrupted, copy_at_once, main, remove, report


def split(source, directory):
    status = os.stat(source)
    if not stat.S_ISREG(status.st_mode):
        raise CopyFailed(f"{source}: not a regular file")
    middle = status.st_size // 2
    jobs = []
    for number, start, end in ((1, 0, middle), (2, middle, status.st_size)):
        name = f"{os.path.basename(source)}.part{number}"
        target = os.path.join(directory, name)
        if os.path.realpath(source) == os.path.join(os.path.realpath(directory), name):
            raise CopyFailed(f"{target}: this is the source itself")
        jobs.append((name, source, target, start, end, 0))
    os.makedirs(directory, exist_ok=True)
    for job in jobs:
        remove(job[2])
    try:
        report(jobs, copy_at_once(jobs))
    except (CopyFailed, Interrupted):
        for job in jobs:
            remove(job[2])
        raise


main("split-copy", split, "usage: split-copy <file> <outdir>", 2)
