import multiprocessing as mp
import os
import sys
import time

mp.set_start_method('fork')


def say(text):
    # In one write: two processes share this pipe, and print() writes the line end apart.
    os.write(1, f'{text}\n'.encode())


class Ticker(mp.Process):
    def __init__(self, word, times):
        super().__init__(name=f'Ticker {word}')
        self.word = word
        self.times = times

    def run(self):
        for count in range(1, self.times + 1):
            say(f'child {os.getpid()}: {self.word} {count}')
            time.sleep(0.05)


ticker = Ticker(sys.argv[1], int(sys.argv[2]))
ticker.start()
say(f'parent {os.getpid()}: {ticker.name} runs as {ticker.pid}')
ticker.join()
say(f'parent {os.getpid()}: it ended with {ticker.exitcode}')
