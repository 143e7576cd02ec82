/*
 * gate_auth: the gates that ask the auth schemes.
 */
#ifndef FAIRLEAD_AUTH_GATE_AUTH_H
#define FAIRLEAD_AUTH_GATE_AUTH_H

#include "contract/gate.h"

extern const struct gate gate_auth;        /* who speaks; 401 */
extern const struct gate gate_signed_body; /* the body is the one that was signed; 401 */
extern const struct gate gate_replay; /* a signed request that changes something comes once; 401 */

/* For a body that streams: 401 unless this is the digest that was signed. */
enum gate_answer gate_signed_body_judge(struct exchange *x,
	const unsigned char digest[SECRET_SHA256_LEN]);

#endif
