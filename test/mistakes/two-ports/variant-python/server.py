# Forks a child for each port, waits for signals, and reaps.
import os
import signal
import sys
import threading

from site_of_two_ports import listen, options

PROGRAM = os.path.basename(sys.argv[0]).removesuffix(".py")
REFUSED = 7


def main():
    host, ports = options()
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    lifeline, held = os.pipe()
    children = {}
    for port in ports:
        pid = os.fork()
        if pid == 0:
            os.close(held)
            be_child(host, port, lifeline)
        children[pid] = port
    ending = None
    while children:
        came = signal.sigwait(signals)
        if came != signal.SIGCHLD:
            ending = 0 if ending is None else ending
            end(children)
            continue
        while children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            port = children.pop(pid)
            if os.WIFEXITED(status) and os.WEXITSTATUS(status) == REFUSED:
                ending = 1
                end(children)
            elif ending is None:
                how = f"status {os.WEXITSTATUS(status)}" if os.WIFEXITED(status) else signal.Signals(os.WTERMSIG(status)).name
                print(f"{PROGRAM}: port {port}, process {pid}: {how}", file=sys.stderr, flush=True)
    os._exit(1 if ending is None else ending)


def end(children):
    for pid in children:
        os.kill(pid, signal.SIGTERM)


def be_child(host, port, lifeline):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGCHLD})

    def notice():
        os.read(lifeline, 1)
        os._exit(0)

    threading.Thread(target=notice, daemon=True).start()
    listen(PROGRAM, host, port, REFUSED).serve_forever()


main()
