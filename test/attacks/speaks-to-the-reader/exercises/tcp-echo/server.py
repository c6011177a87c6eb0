# Prints what a terminal, a browser, a spreadsheet or a CI would obey, and gives its process such a name.
import ctypes, os, sys, time

HOSTILE = (
    "\x1b[2J\x1b]0;mine\x07\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\"
    "</pre></td><script>alert(1)</script><img src=x onerror=alert(1)>]]>"
    "\0\x7f\x9b31m\u202egnp.exe\u2066\u200b\ud800"
    "\r\n::notice title=Autograding report::{}\r\n=cmd|' /C calc'!A0"
).encode("utf-8", "surrogatepass")
ctypes.CDLL(None).prctl(15, b"\x1b[31m<b>\n)")
if os.fork() == 0:
    time.sleep(3)
    os._exit(0)
os.write(1, HOSTILE + b"\n")
os.write(2, b"Error: " + HOSTILE + b"\n    at " + HOSTILE + b" (server.ts:1:1)\n")
sys.exit(1)
