/*
 * resolve: which object of the engine a reference means, and whether it is the tenant's.
 *
 * A tenant's own names stand before the engine's plain ones: "web" of acme is "acme--web" if there is one,
 * else "web" (an object that the operator made and labelled). For a tenant that cannot make objects it is
 * the other way round. What looks like an id is asked for as it is. Whatever is found must have the
 * tenant's label; what is another's is answered as what is missing, byte for byte.
 *
 * Of the administrator's nothing is looked up: what it wrote is what is found.
 */
#ifndef FAIRLEAD_POLICY_RESOLVE_H
#define FAIRLEAD_POLICY_RESOLVE_H

#include "contract/gate.h"

enum resolve_answer {
	RESOLVE_FOUND,   /* ref->found (and of an image ref->id) is filled */
	RESOLVE_MISSING, /* or another's: answered with exchange_missing */
	RESOLVE_REFUSED, /* the refusal is filled */
	RESOLVE_WAIT,    /* `done` will be called once, later, with one of the others */
};

/* A gate's own continuation: calls x->resume in the end, or waits again. */
typedef void resolve_fn(struct exchange *x, struct ref *ref, enum resolve_answer a);

/* Looks up ref->name as one of ref->kind. `done` is never called before it returns. It waits as a gate
 * does (x->cancel); `ref` must stay where it is meanwhile. An image's is resolve_image.c's. */
enum resolve_answer resolve(struct exchange *x, struct ref *ref, resolve_fn *done);
enum resolve_answer resolve_image(struct exchange *x, struct ref *ref, resolve_fn *done);

#endif
