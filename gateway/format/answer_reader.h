/*
 * answer_reader: what resolving an object needs of its inspect answer, read while it comes.
 * Nothing of the answer is held but these few values; what is checked is told in json_pick.h.
 */
#ifndef FAIRLEAD_FORMAT_ANSWER_READER_H
#define FAIRLEAD_FORMAT_ANSWER_READER_H

#include <stdbool.h>

#include "base/text.h"
#include "format/answer.h"

struct answer_exec {
	struct span id, container; /* 64 hex each */
	bool privileged;           /* ProcessConfig.privileged */
	bool tty;                  /* ProcessConfig.tty */
};

/* A network, or a volume (whose id has p NULL). A text that is too long to be held has p NULL. */
struct answer_object {
	struct span id, name, owner;
	bool plain; /* a volume: a folder of the engine's own, and nothing else */
};

struct answer_reader;

/* Of GET /containers/{id}/json, GET /networks/{id} or GET /volumes/{name}, and GET /exec/{id}/json. An answer longer than `most` bytes
 * is refused; `owner_label` lives longer. NULL without memory. */
struct answer_reader *answer_reader_container(const char *owner_label, size_t most);
struct answer_reader *answer_reader_object(const char *owner_label, size_t most);
struct answer_reader *answer_reader_exec(size_t most);
/* -1 when the answer cannot be read: so will the end be. */
int answer_reader_feed(struct answer_reader *r, struct span piece);
/* The answer has ended; each for what it was made for. Spans point into the reader. -1 when it
 * was not read, or is not of the form it should have. An owner longer than any tenant's name is none. */
int answer_reader_end_container(struct answer_reader *r, struct answer_container *out);
int answer_reader_end_object(struct answer_reader *r, struct answer_object *out);
int answer_reader_end_exec(struct answer_reader *r, struct answer_exec *out);
void answer_reader_free(struct answer_reader *r);

#endif
