/*
 * auth: the auth schemes that there are; see contract/identity.h for what one is.
 */
#ifndef FAIRLEAD_AUTH_AUTH_H
#define FAIRLEAD_AUTH_AUTH_H

#include "contract/identity.h"

extern const struct auth_scheme auth_hyper;  /* a signed request */
extern const struct auth_scheme auth_bearer; /* a key in the Authorization field */
extern const struct auth_scheme auth_cert;   /* the connection's client certificate */

/*
 * For the schemes: fills `who` from a credential of the store. AUTH_WRONG when it is
 * revoked, expired, or of a tenant that the configuration does not have.
 */
enum auth_answer auth_accept(const struct auth_question *q, const struct credential *c,
	struct identity *who);

#endif
