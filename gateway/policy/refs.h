/*
 * refs: how what was found goes into the request that is sent.
 */
#ifndef FAIRLEAD_POLICY_REFS_H
#define FAIRLEAD_POLICY_REFS_H

#include "contract/gate.h"

/* Writes what was found of a reference into its place: a string or a key of x->tree, or a pair of x->query
 * (once only). GATE_PASS, or GATE_REFUSE without memory. */
enum gate_answer refs_write(struct exchange *x, const struct ref *ref);
/* Prints x->tree anew into x->out, when the body makes one. The same answers. */
enum gate_answer refs_print(struct exchange *x);

#endif
