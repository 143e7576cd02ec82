"""Sessions in which nothing is said for half a minute. They wait beside the other cases."""

import time

from check import Background, Failure, case, equal
from machine import execute
from wire import Exec, ask

SILENCE = 30
WAITING = []


def background(name, function):
    WAITING.append(Background(name, function))


def collect(tally):
    for one in WAITING:
        tally.run(one.name, one.join)


def silent_output(lab, way):
    command = [lab.clis["new"], "exec", "-i", "web", "sh", "-c", f"cat; sleep {SILENCE}; echo awake; exit 4"]
    got = execute(command, lab.ways[way].env, b"good night ")
    equal((got.code, got.out, got.err), (4, b"good night awake\n", b""), f"output after {SILENCE} s of silence")


def silent_client(lab, way):
    """Nothing either way, then a byte from the client, then its echo."""
    session = Exec(lab.ways[way], lab.ids["web"], ["cat"])
    time.sleep(SILENCE)
    session.wire.send(b"still here")
    equal(session.frame(), (1, b"still here"), f"echo after {SILENCE} s of silence")
    session.wire.finish()
    equal(session.wire.read_to_end(), b"", "the rest")
    session.wire.close()


def silent_wait(lab, way, name):
    """A wait has no byte of its answer for as long as the container runs."""
    answer = ask(lab.ways[way], "POST", f"/v1.41/containers/{name}/wait")
    if answer.status != 200 or answer.json()["StatusCode"] != 12:
        raise Failure(f"wait answers {answer.status} {answer.body!r}")


@case("quiet-started")
def start(lab):
    for way in ("cert", "bearer"):
        name = "nap-" + way
        lab.container(name, "acme", "sh", "-c", f"sleep {SILENCE}; exit 12")
        for function, arguments in ((silent_output, ()), (silent_client, ()), (silent_wait, (name,))):
            background(f"quiet-{way}-{function.__name__.replace('_', '-')}",
                       lambda f=function, w=way, a=arguments: f(lab, w, *a))
