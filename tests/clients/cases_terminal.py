"""exec -it at a real terminal: input, window sizes, detach keys."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

from check import Failure, Skip, case, equal, true, until
from machine import clean_environment

GUARD = 60


class Terminal:
    """A program on a pseudo-terminal of its own, as in a user's window."""

    def __init__(self, command, env, rows=24, columns=80):
        self.seen = b""
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.execve(command[0], command, {**env, "TERM": "xterm"})
            finally:
                os._exit(126)

    def resize(self, rows, columns):
        """The kernel tells the program by SIGWINCH."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        os.write(self.master, text)

    def _read(self, end):
        """Takes what there is; False at the end of it."""
        if time.monotonic() > end:
            raise Failure(f"hangs at the terminal after {self.seen[-300:]!r}")
        if not select.select([self.master], [], [], 1)[0]:
            return True
        try:
            got = os.read(self.master, 65536)
        except OSError:  # EIO: nobody is left on the other side
            return False
        self.seen += got
        return bool(got)

    def expect(self, text):
        end = time.monotonic() + GUARD
        while text not in self.seen:
            if not self._read(end):
                raise Failure(f"the terminal ended before {text!r}: {self.seen[-300:]!r}")

    def finish(self):
        """Waits for its end: all that was on the screen, and the exit code."""
        end = time.monotonic() + GUARD
        try:
            while self._read(end):
                pass
            code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            self.pid = 0
        finally:
            self.close()
        return code, self.seen

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0
        if self.master >= 0:
            os.close(self.master)
            self.master = -1


def wait_size(size):
    return f'until [ "$(stty size 2>/dev/null)" = "{size}" ]; do sleep 0.1; done; echo sized'


def talk(terminal, _lab):
    """A line to and fro, a resize, an exit code."""
    terminal.expect(b"sized")
    terminal.type(b"hello there\r")
    terminal.expect(b"got hello there")
    terminal.resize(50, 132)
    terminal.expect(b"sized again")
    terminal.type(b"\x04")


TALK = wait_size("33 77") + "; read -r x; echo got $x; " + wait_size("50 132") + " again; cat; exit 21"


def interrupt(terminal, _lab):
    """Control-C is the container's, not the client's."""
    terminal.expect(b"ready")
    terminal.type(b"\x03")


INTERRUPT = "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.1; done"


def colours(terminal, _lab):
    """Escape sequences and 200 KB in one go."""
    terminal.expect(b"end")


COLOURS = "printf '\\033[1;31mred\\033[0m\\r\\n'; seq 1 30000; echo end; exit 0"


def same_screen(lab, cli, way, command, act, code, size=(33, 77), options=()):
    screens = []
    for w in (lab.ways["direct"], lab.ways[way]):
        argv = [lab.clis[cli], "exec", "-it", *options, "web", "sh", "-c", command]
        terminal = Terminal(argv, clean_environment(w.env), *size)
        try:
            act(terminal, lab)
            screens.append(terminal.finish())
        finally:
            terminal.close()
    equal(screens[1], screens[0], "the screen")
    equal(screens[1][0], code, "exit code")
    return screens[1]


def detach(lab, cli, way, keys, options):
    """After the detach keys the client ends and the process in the container does not."""
    screens = []
    for w in (lab.ways["direct"], lab.ways[way]):
        mark = "/tmp/alive-" + os.urandom(4).hex()
        command = f"echo ready; trap '' HUP; until [ -e {mark}.go ]; do sleep 0.1; done; echo yes > {mark}"
        argv = [lab.clis[cli], "exec", "-it", *options, "web", "sh", "-c", command]
        terminal = Terminal(argv, clean_environment(w.env))
        try:
            terminal.expect(b"ready")
            for key in keys:
                terminal.type(bytes([key]))
            screens.append(terminal.finish())
        finally:
            terminal.close()
        lab.docker("exec", "web", "touch", mark + ".go")
        until(lambda: lab.docker("exec", "web", "sh", "-c", f"cat {mark} 2>/dev/null || :") == "yes",
              "the work of the process that was detached from")
    equal(screens[1], screens[0], "the screen after the detach keys")
    true(b"read escape sequence" in screens[1][1], f"the client says why it ended: {screens[1]!r}")


def needs(lab, cli):
    if cli not in lab.clis:
        raise Skip("one docker CLI only on this machine")


for _cli in ("new", "old"):
    for _way in ("cert", "bearer"):
        @case(f"terminal-{_cli}-{_way}-talk-and-resize", cli=_cli, way=_way)
        def talks(lab, cli, way):
            needs(lab, cli)
            same_screen(lab, cli, way, TALK, talk, 21)

        @case(f"terminal-{_cli}-{_way}-control-c", cli=_cli, way=_way)
        def interrupts(lab, cli, way):
            needs(lab, cli)
            code, screen = same_screen(lab, cli, way, INTERRUPT, interrupt, 5)
            true(b"caught" in screen, f"the container got it: {screen!r}")

        @case(f"terminal-{_cli}-{_way}-escape-sequences", cli=_cli, way=_way)
        def escapes(lab, cli, way):
            needs(lab, cli)
            code, screen = same_screen(lab, cli, way, COLOURS, colours, 0)
            true(b"\x1b[1;31mred\x1b[0m" in screen and b"\r\n30000\r\nend" in screen, "all of it is there")

        @case(f"terminal-{_cli}-{_way}-detach-keys", cli=_cli, way=_way)
        def detaches(lab, cli, way):
            needs(lab, cli)
            detach(lab, cli, way, b"\x10\x11", ())
            detach(lab, cli, way, b"\x18x", ("--detach-keys", "ctrl-x,x"))
