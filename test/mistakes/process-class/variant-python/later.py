import asyncio
import multiprocessing as mp
import os
import sys

mp.set_start_method('fork')


def say(text):
    # In one write: two processes share this pipe, and print() writes the line end apart.
    os.write(1, f'{text}\n'.encode())

seconds = float(sys.argv[1])
message = sys.argv[2] if len(sys.argv) > 2 else None


async def finish():
    say(f'child {os.getpid()}: begins')
    await asyncio.sleep(seconds)
    if message is not None:
        raise RuntimeError(message)
    say(f'child {os.getpid()}: is done')


child = mp.Process(target=lambda: asyncio.run(finish()))
child.start()
say(f'parent {os.getpid()}: {child.name} runs as {child.pid}')
child.join()
say(f'parent {os.getpid()}: it ended with {child.exitcode}')
