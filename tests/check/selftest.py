"""The checks find what they are for: each rule is shown a fault.

usage: selftest.py
"""

import unittest

import docs
import man
import source

GOOD = """/*
 * span: views.
 */
#ifndef FAIRLEAD_BASE_SPAN_H
#define FAIRLEAD_BASE_SPAN_H

#endif
"""


class Source(unittest.TestCase):
    def test_includes_only_go_down(self):
        files = {"base/log.h", "state/config.h", "auth/a.h", "watch/w.h"}
        for path, name, faults in [
                ("state/store.c", "base/log.h", 0), ("state/store.c", "state/config.h", 0),
                ("base/text.c", "state/config.h", 1), ("auth/x.c", "watch/w.h", 1),
                ("auth/x.c", "log.h", 1), ("auth/x.c", "base/none.h", 1),
                ("auth/x.c", "../base/log.h", 1)]:
            text = f'#include "{name}"\n'
            self.assertEqual(len(source.check_includes(path, text, files)), faults, (path, name))

    def test_libraries_have_their_place(self):
        for path, name, faults in [
                ("format/json_read.c", "yajl/yajl_parse.h", 0), ("format/http.c", "yajl/yajl_parse.h", 1),
                ("run/admin.c", "evhtp.h", 0), ("front/connection.c", "evhtp/evhtp.h", 1),
                ("net/tls.c", "openssl/ssl.h", 0), ("auth/auth_cert.c", "openssl/ssl.h", 1)]:
            text = f"#include <{name}>\n"
            self.assertEqual(len(source.check_includes(path, text, set())), faults, (path, name))

    def test_includes_do_not_go_round(self):
        self.assertEqual(source.check_cycles({"a": ["b"], "b": ["c"], "c": []}), [])
        self.assertEqual(source.check_cycles({"a": ["b"], "b": ["c"], "c": ["b"]}), ["b -> c -> b"])

    def test_guard(self):
        self.assertEqual(source.check_guard("base/span.h", GOOD), [])
        self.assertEqual(len(source.check_guard("base/text.h", GOOD)), 1)
        self.assertEqual(len(source.check_guard("base/span.h", GOOD + "int x;\n#define Y\n")), 1)

    def test_sizes(self):
        body = "int\nf(void)\n{\n" + "\tx();\n" * 57 + "}\n"
        self.assertEqual(source.check_size("a.c", body), [])
        longer = body.replace("{\n", "{\n\ty();\n")
        self.assertEqual(source.check_size("a.c", "\n" + longer),
                         [(3, "f has 61 lines; 60 are the most")])
        self.assertEqual(source.check_size("a.c", "x\n" * 500), [])
        self.assertEqual(len(source.check_size("a.c", "x\n" * 501)), 1)

    def test_a_prototype_or_table_is_no_function(self):
        text = "int f(int);\n\nint\ng(void)\n{\n}\nstruct x y = {\n};\n"
        self.assertEqual(list(source.functions(text.split("\n"))), [("g", 4, 3)])

    def test_first_comment(self):
        self.assertEqual(source.check_first_comment("gateway/base/span.h", GOOD), [])
        self.assertEqual(len(source.check_first_comment("gateway/base/text.h", GOOD)), 1)
        self.assertEqual(len(source.check_first_comment("tests/unit/x.c", "#include <a.h>\n")), 1)

    def test_text(self):
        self.assertEqual(source.check_text("a\n\tb\n"), [])
        for bad in ["a \n", "a\t\n", "a", "a\n\n"] + [f"/* {w}: x */\n" for w in source.WORDS]:
            self.assertTrue(source.check_text(bad), bad)
        self.assertEqual(source.check_text('mkstemp("' + "X" * 6 + '")\n'), [])


class Documents(unittest.TestCase):
    def test_comments(self):
        text = '{"a": "//x", // y\n"b": /* z */ "\\"//"}'
        self.assertEqual(docs.without_comments(text).split(), ['{"a":', '"//x",', '"b":', '"\\"//"}'])

    def test_sample(self):
        names = ["log.level", "limits.body"]
        same = docs.flatten({"log": {"level": "info"}, "limits": {"body": "1KiB"}}, {"log", "limits"})
        self.assertEqual(docs.compare_sample(names, same, {"log.level": "info", "limits.body": 1024}), [])
        self.assertEqual(len(docs.compare_sample(names, same, {"log.level": "warn", "limits.body": 1})), 2)
        self.assertEqual(len(docs.compare_sample(names + ["x"], same, same)), 1)
        self.assertEqual(len(docs.compare_sample(names[:1], same, same)), 1)

    def test_the_sample_shows_every_option_of_a_tenant(self):
        names = ["preset", "quota.memory"]
        shown = {"acme": {"preset": "tenant", "quota": {"memory": 1}}, "beta": {}}
        self.assertEqual(docs.compare_tenant(names, shown), [])
        self.assertEqual(docs.compare_tenant(names + ["bind"], shown), ["tenants.NAME.bind is missing"])
        self.assertEqual(docs.compare_tenant(names[1:], shown), ["tenants.NAME.preset is no option"])

    def test_comment_above_each_option(self):
        self.assertEqual(docs.missing_comments('// what\n"level": 1\n', ["log.level"]), [])
        self.assertEqual(len(docs.missing_comments('{\n"level": 1\n', ["log.level"])), 1)
        self.assertEqual(len(docs.missing_comments("", ["log.level"])), 1)

    def test_man_page(self):
        page = f"a\n{man.BEGIN}: x\nold\n{man.END}\nb\n"
        self.assertEqual(man.with_options(page, "1\n2\n"), f"a\n{man.BEGIN}: x\n1\n2\n{man.END}\nb\n")
        with self.assertRaises(ValueError):
            man.with_options("a\n", "1\n")


if __name__ == "__main__":
    unittest.main()
