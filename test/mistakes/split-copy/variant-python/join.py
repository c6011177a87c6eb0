# Two parts behind each other, by two forked processes.
import os
import stat

from copying import CopyFailed, Interrupted, copy_at_once, main, remove, report, same


def join(part1, part2, target):
    jobs, at = [], 0
    unfinished = f"{target}.new"
    for part in (part1, part2):
        status = os.stat(part)
        if not stat.S_ISREG(status.st_mode) or same(part, target) or same(part, unfinished):
            raise CopyFailed(f"{part}: not a part for {target}")
        jobs.append((os.path.basename(part), part, unfinished, 0, status.st_size, at))
        at += status.st_size
    remove(unfinished)
    try:
        pids = copy_at_once(jobs)
        os.rename(unfinished, target)
        report(jobs, pids)
    except (CopyFailed, Interrupted, OSError):
        remove(unfinished)
        raise


main("join", join, "usage: join <part1> <part2> <target>", 3)
