"""Builds: what one is for a tenant, and what it must not reach, each alone: the engine gets no whole request of it."""

import gzip
import json
import tarfile
import urllib.parse

from check import case, equal, true
from house import IMAGE
from isolation_tar import archive, entry

FIELDS = {"Content-Type": "application/x-tar"}
STAMP = "fairlead.tenant.image"
PLAIN = f"FROM {IMAGE}\n"


def context(dockerfile, *entries, name="Dockerfile"):
    return archive(entry(name, data=dockerfile.encode()), *entries)


def ask(t, body, query="", **fields):
    return t.ask("POST", "/v1.41/build?networkmode=none&" + query if "networkmode" not in query else "/v1.41/build?" + query,
                 body, {**FIELDS, **fields})


def lines(got):
    """What the engine said while it built."""
    equal(got.status, 200, f"build: {got}")
    told = [json.loads(line) for line in got.body.splitlines()]
    true(not any("error" in line for line in told), f"build: {told}")
    return "".join(line.get("stream", "") for line in told)


def query(**values):
    return urllib.parse.urlencode(values)


def sent(house, mark):
    return [s for s in house.recorder.since(mark) if s.route == "/build" and s.whole]


def labels(house, name):
    done = house.engine("image", "inspect", "--format", "{{json .Config.Labels}}", name)
    equal(done.code, 0, f"inspect: {done}")
    return json.loads(done.out)


def refused(house, t, what, body, q="", statuses=(403,), **fields):
    mark = house.recorder.mark()
    got = ask(t, body, q, **fields)
    true(got.status in statuses, f"{what}: {got}")
    true(not sent(house, mark), f"{what}: the engine got a whole request: {sent(house, mark)}")
    return got


@case("life-build")
def life(house):
    acme, beta = house.tenants["acme"], house.tenants["beta"]
    names = []
    try:
        for t in (acme, beta):
            told = lines(ask(t, context(PLAIN + "ARG WHO\nRUN echo $WHO > /who\nLABEL a=b\nCOPY f d/\n", entry("f", data=b"f")),
                             query(t="app:1", buildargs=json.dumps({"WHO": t.name}), labels=json.dumps({"c": "d"}))))
            true("Successfully tagged app:1" in told and t.name + "--" not in told and STAMP not in told, told)
            names.append(f"{t.name}--app:1")
            equal(labels(house, names[-1]), {STAMP: t.name, "a": "b", "c": "d"}, "the engine's labels")
            equal(t.must("run", "--rm", "--network", "none", "app:1", "cat", "/who", "/d/f"), t.name + "\nf", "what was built")
            seen = json.loads(t.must("image", "inspect", "--format", "{{json .Config.Labels}}", "app:1"))
            equal(seen, {"a": "b", "c": "d"}, "the tenant's labels")
        ids = [acme.must("image", "inspect", "--format", "{{.Id}}", "app:1"), beta.must("image", "inspect", "--format", "{{.Id}}", "app:1")]
        true(ids[0] != ids[1], "two images")
        equal(beta.ask("GET", f"/v1.41/images/{ids[0]}/json").status, 404, "beta looks at acme's")
        # The same steps: acme's cache is its own, and nobody else's.
        body = context(PLAIN + "RUN head -c 16 /dev/urandom > /random\n")
        for t in (acme, beta):
            told = lines(ask(t, body))
            true(not told.split("RUN", 1)[1].split("LABEL")[0].count("Using cache"), f"{t.name}: {told}")
            told = lines(ask(t, body))
            true(told.split("RUN", 1)[1].split("LABEL")[0].count("Using cache") == 1, f"{t.name}, again: {told}")
        what_is_read(house, acme)
        images_of_ones_own(house, acme)
    finally:
        for name in names:
            house.engine("rmi", "-f", name)
        for t in (acme, beta):
            t.ask("POST", "/v1.41/images/prune")


def what_is_read(house, t):
    """Contexts as clients send them."""
    plain = PLAIN + "COPY d/f /f\nRUN cat /f\n"
    entries = [entry("./"[:1] + "/d", tarfile.DIRTYPE, mode=0o755), entry("d/f", data=b"f" * 200000), entry("d/l", tarfile.SYMTYPE, "../x")]
    for what, body, q in (("gzip", gzip.compress(context(plain, *entries)), ""),
                          ("the Dockerfile last", archive(*entries, entry("./Dockerfile", data=plain.encode())), ""),
                          ("lower case", context(plain, *entries, name="dockerfile"), ""),
                          ("another name", context(plain, *entries, name="sub/D.x"), query(dockerfile="sub/D.x")),
                          ("a name with dots", context(plain, *entries, name="sub/D.x"), query(dockerfile="/./sub//D.x"))):
        true("ffff" in lines(ask(t, body, q + "&nocache=1")), what)
    # With commands in the tenant's own network, which is made, and within its share.
    mark = house.recorder.mark()
    got = ask(t, context(PLAIN), "networkmode=default&memory=0&version=1&cachefrom=%5B%5D&ulimits=null&rm=0")
    made = sent(house, mark)
    if got.status == 200:
        equal(len(made), 1, "requests")
        true("networkmode=acme--bridge" in made[0].query or "networkmode=" in made[0].query, made[0].query)
        true("rm=1" in made[0].query and "forcerm=1" in made[0].query and "pull" not in made[0].query, made[0].query)
    else:
        true("address pool" in got.message(), f"{got}")
    true(b"X-Registry" not in b"".join(s.fields for s in made), "credentials")


def images_of_ones_own(house, t):
    t.must("tag", IMAGE, "mine:1")
    try:
        told = lines(ask(t, context("ARG B=mine\nFROM $B:1 AS one\nFROM one\nCOPY --from=mine:1 /bin/sh /x\nCOPY --from=0 /bin/sh /y\n")))
        true("Successfully built" in told, told)
        # What ONBUILD left runs in the tenant's own builds only, or without the cache.
        lines(ask(t, context(PLAIN + "ONBUILD RUN echo triggered\n"), query(t="on:1")))
        true("triggered" in lines(ask(t, context("FROM on:1\n"))), "a trigger of its own")
        house.engine("tag", "acme--on:1", "on:1")
        house.engine("rmi", "acme--on:1")
    finally:
        t.must("rmi", "mine:1")
        house.engine("rmi", "on:1")


# 502: what is missing would be pulled, and there is no registry.
def bad_dockerfiles(acme_id):
    for from_ in (acme_id, acme_id[7:], acme_id[7:19], "acme--secret:1", "secret:1", "docker.io/library/acme--secret:1"):
        yield f"FROM {from_}", f"FROM {from_}\n", (404, 403, 502)
        yield f"COPY --from={from_}", PLAIN + f"COPY --from={from_} / /x\n", (404, 403, 502)
        yield f"FROM by ARG {from_}", f"ARG X={from_}\nFROM $X\n", (404, 403, 502)
    for url in ("http://127.0.0.1/", "HTTPS://127.0.0.1/", "git@127.0.0.1:x", "$U", "\"http://127.0.0.1/\""):
        yield f"ADD {url}", PLAIN + f"ENV U=http://127.0.0.1/\nADD {url} /x\n", (403,)
        yield f"ONBUILD ADD {url}", PLAIN + f"ONBUILD ADD {url} /x\n", (403,)
        yield f"ADD [{url}]", PLAIN + "ADD " + json.dumps([url, "/x"]) + "\n", (403,)
    yield "ADD over lines", PLAIN + "ADD f \\\n http://127.0.0.1/ \\\n /x\n", (403,)
    yield "ONBUILD COPY --from", PLAIN + f"ONBUILD COPY --from={acme_id} / /x\n", (403,)
    yield "RUN --mount", PLAIN + f"RUN --mount=type=bind,from={acme_id},target=/x ls /x\n", (400,)
    yield "RUN --network", PLAIN + "RUN --network=host true\n", (400,)
    yield "a label", PLAIN + f"LABEL {STAMP}=acme\n", (403,)
    yield "a quoted label", PLAIN + f"LABEL a=b '{STAMP}'=acme\n", (403,)
    yield "a label by ONBUILD", PLAIN + "ONBUILD LABEL fairlead.tenant=acme\n", (403,)
    yield "no FROM", "RUN true\n", (400,)
    yield "here-document", PLAIN + "RUN <<X\ntrue\nX\n", (400,)


def bad_contexts():
    evil = entry("Dockerfile", data=b"FROM acme--secret:1\n")
    good, link = entry("Dockerfile", data=PLAIN.encode()), tarfile.SYMTYPE
    yield "a second Dockerfile", archive(good, evil), (404, 403, 502)
    yield "one in lower case", archive(entry("dockerfile", data=b"FROM acme--secret:1\n")), (404, 403, 502)
    yield "a symbolic link", archive(entry("x", data=b"FROM acme--secret:1\n"), entry("Dockerfile", link, "x")), (403,)
    yield "a hard link", archive(entry("x", data=b"FROM acme--secret:1\n"), entry("Dockerfile", tarfile.LNKTYPE, "x")), (403,)
    yield "through a link", archive(good, entry("d", link, "."), entry("d/Dockerfile", data=b"FROM acme--secret:1\n")), (403,)
    yield "through a hard link to one", archive(good, entry("d", link, "."), entry("e", tarfile.LNKTYPE, "d"), entry("e/Dockerfile", data=b"x")), (403,)
    yield "a folder", archive(entry("Dockerfile", tarfile.DIRTYPE)), (403,)
    for name in ("../x", "/x", "a/../../x"):
        yield name, archive(good, entry(name)), (403,)
    yield "a device", archive(good, entry("null", tarfile.CHRTYPE, devmajor=1, devminor=3)), (403,)
    yield "a hard link that leads out", archive(good, entry("h", tarfile.LNKTYPE, "../x")), (403,)
    yield "no archive", b"FROM x\n" * 100, (400,)
    yield "a cut archive", archive(good)[:900], (400,)


@case("isolation-build")
def isolation(house):
    acme, beta, plain = (house.tenants[n] for n in ("acme", "beta", "plain"))
    lines(ask(acme, context(PLAIN + "RUN echo secret > /secret\n"), "t=secret:1"))
    try:
        secret = acme.must("image", "inspect", "--format", "{{.Id}}", "secret:1")
        for what, dockerfile, statuses in bad_dockerfiles(secret):
            got = refused(house, beta, what, context(dockerfile), statuses=statuses)
            true("acme--secret" in what or "acme--" not in got.message(), f"{what}: {got}")
        for what, body, statuses in bad_contexts():
            refused(house, beta, what, body, statuses=statuses)
        refused(house, beta, "a folder of it", archive(entry("s", tarfile.SYMTYPE, "t"), entry("t/D", data=b"FROM x\n")), "dockerfile=s/D")
        good = context(PLAIN)
        for q, statuses in (("remote=http://127.0.0.1/", (403,)), ("networkmode=host", (403,)), ("networkmode=container:x", (403,)),
                            ("networkmode=acme--bridge", (403,)), ("extrahosts=a:1", (400, 403)), ("cgroupparent=x", (403,)), ("securityopt=%5B%22x%22%5D", (403,)),
                            ("cachefrom=%5B%22acme--secret:1%22%5D", (403,)), ("version=2", (400,)), ("session=x", (403,)), ("dockerfile=../x", (400,)),
                            ("t=reg.example/x", (403,)), (query(labels=json.dumps({STAMP: "acme"})), (403,)), (query(labels='{"a":1}'), (400,)),
                            (query(buildargs='[]'), (400,)), ("memory=x", (400,)), ("outputs=%5B%7B%22Type%22:%22local%22%7D%5D", (403,))):
            mark = house.recorder.mark()
            got = ask(beta, good, q)
            true(got.status in statuses, f"{q}: {got}")
            true(not sent(house, mark), f"{q}: was sent")
        equal(ask(plain, good).status, 403, "a tenant that may not build")
        # Credentials for registries are not the engine's business here.
        mark = house.recorder.mark()
        lines(ask(beta, good, **{"X-Registry-Config": "e30="}))
        true(b"x-registry" not in sent(house, mark)[0].fields.lower(), "X-Registry-Config")
        equal(labels(house, secret), {STAMP: "acme"}, "acme's image")
    finally:
        acme.must("rmi", "-f", "secret:1")
        beta.ask("POST", "/v1.41/images/prune")
