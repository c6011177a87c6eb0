# Arguments that are whole numbers, read by hand.
import sys


def read(usage, names, flags):
    """The limit, the numbers of the options in `names` (name: default), and which of `flags` are there."""
    values, there, limit, words = dict(names), set(), None, sys.argv[1:]
    try:
        while words:
            word = words.pop(0)
            if word in flags:
                there.add(word)
            elif word in names:
                values[word] = whole(words.pop(0))
            elif limit is None:
                limit = whole(word)
            else:
                raise ValueError(word)
        if limit is None:
            raise ValueError("no limit")
    except (ValueError, IndexError):
        print(usage, file=sys.stderr)
        sys.exit(2)
    return limit, values, there


def whole(text):
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)
