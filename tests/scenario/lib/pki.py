"""pki: throw-away certificates: the gateway's, tenants' clients', and those of an authority nobody trusts."""

import os
import subprocess


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def authority(folder, name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.pem",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")


def certificate(folder, issuer, name, alt, usage):
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.csr")
    with open(f"{folder}/{name}.ext", "w") as f:
        f.write(f"subjectAltName={alt}\nextendedKeyUsage={usage}\nbasicConstraints=CA:FALSE\n")
    openssl("x509", "-req", "-in", f"{folder}/{name}.csr", "-CA", f"{folder}/{issuer}.pem", "-CAkey",
            f"{folder}/{issuer}.key", "-days", "1", "-extfile", f"{folder}/{name}.ext", "-out", f"{folder}/{name}.pem")


def make(folder):
    os.makedirs(folder, exist_ok=True)
    authority(folder, "ca")
    authority(folder, "otherca")
    certificate(folder, "ca", "server", "DNS:localhost,IP:127.0.0.1", "serverAuth")
    for name in ("acme", "beta", "revoked"):
        tenant = "acme" if name == "revoked" else name
        certificate(folder, "ca", name, f"URI:urn:fairlead:tenant:{tenant}/{name}", "clientAuth")
    # Valid for the authority, and of a tenant who does not exist.
    certificate(folder, "ca", "nobody", "URI:urn:fairlead:tenant:nobody/x", "clientAuth")
    certificate(folder, "otherca", "forged", "URI:urn:fairlead:tenant:acme/acme", "clientAuth")
