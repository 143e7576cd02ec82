"""A tenant's Hyper key, signing with the scenarios' own signer."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "scenario"))
from lib import hyper  # noqa: E402


class Signer:
    def __init__(self, access_key, secret, region):
        self.key = (access_key, secret, region)

    def sign(self, method, target, host, body=b"", late=0):
        """The headers that a signed request carries; `late` seconds away from now."""
        return dict(hyper.sign(method, target, host, body, *self.key, date=hyper.stamp(late)))
