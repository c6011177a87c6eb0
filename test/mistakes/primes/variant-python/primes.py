# The primes below a limit: by trial, or by a sieve.
from arguments import read


def is_prime(number):
    return number > 1 and all(number % divisor for divisor in range(2, number))


def sieve(start, limit):
    there = bytearray([1]) * max(limit, 2)
    there[0] = there[1] = 0
    for prime in range(2, int(limit**0.5) + 1):
        if there[prime]:
            there[prime * prime :: prime] = bytes(len(range(prime * prime, len(there), prime)))
    return (number for number in range(start, limit) if there[number])


if __name__ == "__main__":
    limit, options, flags = read(
        "usage: primes <limit> [--from N] [--fast]", {"--from": 0}, {"--fast"}
    )
    start = options["--from"]
    primes = list(sieve(start, limit) if "--fast" in flags else filter(is_prime, range(start, limit)))
    print(f"{len(primes)} primes, sum {sum(primes)}")
