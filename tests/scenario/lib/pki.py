"""pki: certificates that the product's own tools do not make: of an authority nobody trusts, of nobody's tenant, ..."""

import subprocess


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def new_key(folder, name):
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", f"{folder}/{name}-key.pem")


def authority(folder, name):
    new_key(folder, name)
    openssl("req", "-x509", "-new", "-key", f"{folder}/{name}-key.pem", "-days", "2", "-subj", f"/CN={name}",
            "-out", f"{folder}/{name}.pem", "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")


def certificate(folder, issuer, name, uri):
    new_key(folder, name)
    openssl("req", "-new", "-key", f"{folder}/{name}-key.pem", "-subj", f"/CN={name}", "-out", f"{folder}/{name}.csr")
    with open(f"{folder}/{name}.ext", "w") as f:
        f.write(f"subjectAltName=URI:{uri}\nextendedKeyUsage=clientAuth\nbasicConstraints=CA:FALSE\n")
    openssl("x509", "-req", "-in", f"{folder}/{name}.csr", "-CA", f"{folder}/{issuer}.pem", "-CAkey",
            f"{folder}/{issuer}-key.pem", "-days", "1", "-extfile", f"{folder}/{name}.ext", "-out", f"{folder}/{name}.pem")


def odd_ones(folder):
    """Beside the authority that is there."""
    authority(folder, "otherca")
    certificate(folder, "otherca", "forged", "urn:fairlead:tenant:acme/laptop")
    certificate(folder, "ca", "by-rule", "urn:fairlead:tenant:acme/laptop")
    certificate(folder, "ca", "nobody", "urn:fairlead:tenant:nobody")
    certificate(folder, "ca", "prefix", "urn:fairlead:tenant:")
    certificate(folder, "ca", "unrelated", "spiffe://example.com/acme")
