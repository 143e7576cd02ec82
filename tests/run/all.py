#!/usr/bin/python3
"""Runs the process tests of this folder; ends with a line that counts them."""
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
suite = unittest.defaultTestLoader.discover(HERE, pattern="test_*.py")
result = unittest.TextTestRunner(warnings="ignore", verbosity=2).run(suite)
bad = len({test.id() for test, _ in result.failures + result.errors})
print("run: %d passed, %d failed" % (result.testsRun - bad - len(result.skipped), bad))
sys.exit(bad > 0 or result.testsRun == 0)
