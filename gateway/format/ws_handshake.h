/*
 * ws_handshake: the HTTP request that opens a WebSocket (RFC 6455 4.2), judged,
 * and what its answer needs. No extension and no subprotocol is ever agreed to:
 * a browser that insists on a subprotocol closes the connection itself.
 */
#ifndef FAIRLEAD_FORMAT_WS_HANDSHAKE_H
#define FAIRLEAD_FORMAT_WS_HANDSHAKE_H

#include "format/http.h"

#define WS_ACCEPT_SIZE 29

/* 0; or the status to answer, one sentence in `*why` (static): 400, or 426 when it asks for no
 * WebSocket or for another version than 13 (the answer then has WS_UPGRADE_FIELDS). */
unsigned ws_handshake_check(const struct http_request *q, const char **why);

#define WS_UPGRADE_FIELDS                                                                          \
	"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"

/*
 * A browser sends its user's certificate wherever a page tells it to connect, and names the page's
 * origin; so only pages of the origins listed may (RFC 6455 10.2). `origins` ends with NULL and is
 * NULL when empty; "*" is any. Who sends no Origin is no browser.
 */
bool ws_origin_ok(const struct http_request *q, char *const *origins);

/* Sec-WebSocket-Accept for the key of a request that was checked. */
void ws_accept(const struct http_request *q, char out[WS_ACCEPT_SIZE]);

#endif
