"""The page for operators says what works: its first lines are run."""

import os
import shutil
import socket

from check import Failure, Skip, case
from machine import execute

HERE = os.path.dirname(os.path.abspath(__file__))


@case("page-ten-lines")
def ten_lines(house):
    if os.getuid() != 0 or not shutil.which("unshare"):
        raise Skip("needs root and unshare")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    env = {**os.environ, "BUILD": house.build}
    done = execute([os.path.join(HERE, "ten_lines.sh"), house.engine_socket, str(port)], env)
    if done.code != 0:
        raise Failure(f"{done}")
