/*
 * resolve_image: which image of the engine a reference means, and whether the tenant may see it.
 */
#include "policy/resolve.h"

enum resolve_answer
resolve_image(struct exchange *x, struct ref *ref, resolve_fn *done)
{
	(void)ref;
	(void)done;
	exchange_refuse(x, 501, "not served", "%s: not served", x->endpoint->name);
	return RESOLVE_REFUSED;
}
