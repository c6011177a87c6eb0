# Ticks of an event loop, while it is busy and while it is given its turns.
import asyncio
import time

from arguments import read
from primes import is_prime

limit, options, flags = read(
    "usage: ticks <limit> [--from N] [--slices]", {"--from": 0}, {"--slices"}
)
ticks = 0


async def tick():
    global ticks
    while True:
        await asyncio.sleep(0.01)
        ticks += 1
        print(f"滴答 {ticks}")


async def main():
    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0)  # it begins
    begin = turned = time.monotonic()
    found = []
    for number in range(options["--from"], limit):
        if is_prime(number):
            found.append(number)
        if "--slices" in flags and time.monotonic() - turned > 0.004:
            await asyncio.sleep(0)
            turned = time.monotonic()
    due = int((time.monotonic() - begin) * 100)
    ticking.cancel()
    print(f"{len(found)} primes, sum {sum(found)}: {ticks} ticks came, {due} were due")


asyncio.run(main())
