import sys


def is_prime(number):
    return all(number % factor for factor in range(2, int(number**0.5) + 1))


print(sum(number for number in range(2, int(sys.argv[1])) if is_prime(number)))
