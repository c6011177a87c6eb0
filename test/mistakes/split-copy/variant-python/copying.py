# Two children by os.fork(), with pread and pwrite; the parent waits for both.
import os
import signal
import sys

BLOCK = 64 * 1024


class CopyFailed(Exception):
    pass


class Interrupted(Exception):
    pass


def copy_range(source, target, start, end, at):
    """Copies the bytes [start, end) of source to position at of target."""
    reading = os.open(source, os.O_RDONLY)
    writing = os.open(target, os.O_WRONLY | os.O_CREAT, 0o666)
    done = start
    while done < end:
        block = os.pread(reading, min(BLOCK, end - done), done)
        if not block:
            raise CopyFailed(f"{source}: ends at byte {done}, before byte {end}")
        rest = memoryview(block)
        while rest:
            count = os.pwrite(writing, rest, at + done - start)
            done += count
            rest = rest[count:]
    os.close(writing)
    os.close(reading)


def in_child(job, words):
    """The whole life of a child: it never returns into the code of its parent."""
    status = 1
    try:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, signal.SIG_DFL)
        copy_range(*job[1:])
        status = 0
    except CopyFailed as error:
        os.write(words, str(error).encode())
    except OSError as error:
        os.write(words, f"{error.filename or job[2]}: {error.strerror}".encode())
    finally:
        os._exit(status)


def copy_at_once(jobs):
    """Returns the process ids. Raises CopyFailed or Interrupted once all children have ended."""
    pids, pipes = [], []
    caught = []

    def stop():
        for pid in pids:
            if pid not in ended:
                try:
                    os.kill(pid, signal.SIGTERM)
                except ProcessLookupError:
                    pass  # reaped a moment ago, and not noted yet

    def interrupt(number, _):
        caught.append(number)
        stop()

    ended = set()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    for job in jobs:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            in_child(job, writing)
        os.close(writing)
        pids.append(pid)
        pipes.append(reading)
    trouble = None
    while len(ended) < len(pids):
        pid, status = os.wait()
        ended.add(pid)
        code = os.waitstatus_to_exitcode(status)
        if code != 0 and trouble is None:
            index = pids.index(pid)
            why = os.read(pipes[index], 4096).decode() or (
                f"ended by signal {-code}" if code < 0 else f"status {code}"
            )
            trouble = f"{jobs[index][0]}: {why}"
            stop()
    if caught:
        signal.signal(caught[0], signal.SIG_DFL)
        raise Interrupted(caught[0])
    if trouble:
        raise CopyFailed(trouble)
    return pids


def report(jobs, pids):
    for (name, _, _, start, end, _), pid in zip(jobs, pids):
        print(f"{name}: {end - start} bytes by process {pid}")


def remove(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def same(one, other):
    return os.path.exists(other) and os.path.samefile(one, other)


def main(program, run, usage, count):
    arguments = sys.argv[1:]
    if len(arguments) != count:
        print(usage, file=sys.stderr)
        sys.exit(2)
    try:
        run(*arguments)
    except CopyFailed as error:
        sys.exit(f"{program}: {error}")
    except OSError as error:
        sys.exit(f"{program}: {error.filename}: {error.strerror}")
    except Interrupted as error:
        os.kill(os.getpid(), error.args[0])
