"""What streams to the engine as it is: the administrator's tars."""

import hashlib
import io
import os
import tarfile

from check import case, equal, true
from house import FOREVER, IMAGE

SIZE = 30 << 20  # much more than limits.body


def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


@case("uploads-administrator")
def administrator(house):
    """cp both ways, build, import, save and load, all larger than what is held of a body."""
    root, data = house.tenants["root"], os.urandom(1 << 20) * (SIZE >> 20)
    wanted = hashlib.sha256(data).hexdigest()
    root.must("run", "-d", "--name", "box", "--network", "none", IMAGE, *FOREVER)
    try:
        path = os.path.join(house.folder, "upload")
        with open(path, "wb") as f:
            f.write(data)
        root.must("cp", path, "box:/file")
        equal(root.must("exec", "box", "sha256sum", "/file").split()[0], wanted, "the file in the container")
        done = root.cli("cp", "box:/file", "-")
        with tarfile.open(fileobj=io.BytesIO(done.out)) as archive:
            equal(hashlib.sha256(archive.extractfile("file").read()).hexdigest(), wanted, "the file that came back")
        done = root.cli("cp", "-", "box:/nowhere", stdin=tar({"file": data}))
        true(done.code != 0 and b"nowhere" in done.err, f"{done}")
        context = tar({"Dockerfile": f"FROM {IMAGE}\nCOPY file /file\n".encode(), "file": data})
        root.must("build", "-t", "root-built", "-", stdin=context, env={"DOCKER_BUILDKIT": "0"})
        equal(root.must("run", "--rm", "--network", "none", "root-built", "sha256sum", "/file").split()[0], wanted, "the built image")
        root.must("import", "-", "root-imported", stdin=tar({"file": data}))
        saved = root.cli("save", "root-built")
        root.must("rmi", "root-built")
        root.must("load", stdin=saved.out)
        equal(root.must("run", "--rm", "--network", "none", "root-built", "sha256sum", "/file").split()[0], wanted, "the loaded image")
    finally:
        root.cli("rm", "-f", "box")
        root.cli("rmi", "root-built", "root-imported")
