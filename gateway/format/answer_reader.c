/*
 * answer_reader: what resolving an object needs of its inspect answer, read while it comes.
 */
#include <stdlib.h>

#include "format/answer_reader.h"
#include "format/json_pick.h"

#define ID_SIZE 64
#define OWNER_SIZE 64 /* names of tenants are shorter */
#define NAME_SIZE 256 /* longer ones are nothing that a request could ask for */

enum container_slot { CONTAINER_ID, CONTAINER_NAME, CONTAINER_CONFIG, CONTAINER_OWNER };
enum object_slot { OBJECT_ID, OBJECT_NAME, OBJECT_OWNER, OBJECT_DRIVER, OBJECT_OPTIONS };
enum exec_slot { EXEC_ID, EXEC_CONTAINER, EXEC_PRIVILEGED, EXEC_TTY };

/* What makes of a volume something else than a folder of the engine's. */
static const char *const volume_options[] = { "type", "device", "o" };

#define OPTIONS (sizeof(volume_options) / sizeof(volume_options[0]))
#define SLOTS (OBJECT_OPTIONS + OPTIONS)
#define DRIVER_SIZE 16

struct answer_reader {
	struct json_pick *pick;
	struct json_pick_slot slots[SLOTS];
	char id[ID_SIZE], container[ID_SIZE], owner[OWNER_SIZE], name[NAME_SIZE],
		driver[DRIVER_SIZE];
};

static struct answer_reader *
reader_start(struct answer_reader *r, size_t slots, size_t most)
{
	r->pick = json_pick_new(r->slots, slots, most);
	if (!r->pick) {
		free(r);
		return NULL;
	}
	return r;
}

struct answer_reader *
answer_reader_container(const char *owner_label, size_t most)
{
	struct answer_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->slots[CONTAINER_ID] = (struct json_pick_slot){ .path = { "Id" },
		.type = JSON_STRING,
		.text = r->id,
		.size = sizeof(r->id) };
	r->slots[CONTAINER_NAME] = (struct json_pick_slot){ .path = { "Name" },
		.type = JSON_STRING,
		.text = r->name,
		.size = sizeof(r->name) };
	r->slots[CONTAINER_CONFIG] =
		(struct json_pick_slot){ .path = { "Config" }, .type = JSON_OBJECT };
	r->slots[CONTAINER_OWNER] =
		(struct json_pick_slot){ .path = { "Config", "Labels", owner_label },
			.type = JSON_STRING,
			.text = r->owner,
			.size = sizeof(r->owner) };
	return reader_start(r, CONTAINER_OWNER + 1, most);
}

/* A volume has no Id. */
struct answer_reader *
answer_reader_object(const char *owner_label, size_t most)
{
	struct answer_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->slots[OBJECT_ID] = (struct json_pick_slot){ .path = { "Id" },
		.type = JSON_STRING,
		.text = r->id,
		.size = sizeof(r->id) };
	r->slots[OBJECT_NAME] = (struct json_pick_slot){ .path = { "Name" },
		.type = JSON_STRING,
		.text = r->name,
		.size = sizeof(r->name) };
	r->slots[OBJECT_OWNER] = (struct json_pick_slot){ .path = { "Labels", owner_label },
		.type = JSON_STRING,
		.text = r->owner,
		.size = sizeof(r->owner) };
	r->slots[OBJECT_DRIVER] = (struct json_pick_slot){ .path = { "Driver" },
		.type = JSON_STRING,
		.text = r->driver,
		.size = sizeof(r->driver) };
	for (size_t i = 0; i < OPTIONS; i++)
		r->slots[OBJECT_OPTIONS + i] =
			(struct json_pick_slot){ .path = { "Options", volume_options[i] },
				.type = JSON_STRING };
	return reader_start(r, SLOTS, most);
}

struct answer_reader *
answer_reader_exec(size_t most)
{
	struct answer_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->slots[EXEC_ID] = (struct json_pick_slot){ .path = { "ID" },
		.type = JSON_STRING,
		.text = r->id,
		.size = sizeof(r->id) };
	r->slots[EXEC_CONTAINER] = (struct json_pick_slot){ .path = { "ContainerID" },
		.type = JSON_STRING,
		.text = r->container,
		.size = sizeof(r->container) };
	r->slots[EXEC_PRIVILEGED] =
		(struct json_pick_slot){ .path = { "ProcessConfig", "privileged" },
			.type = JSON_BOOL };
	r->slots[EXEC_TTY] =
		(struct json_pick_slot){ .path = { "ProcessConfig", "tty" }, .type = JSON_BOOL };
	return reader_start(r, EXEC_TTY + 1, most);
}

void
answer_reader_free(struct answer_reader *r)
{
	if (!r)
		return;
	json_pick_free(r->pick);
	free(r);
}

int
answer_reader_feed(struct answer_reader *r, struct span piece)
{
	return json_pick_feed(r->pick, piece);
}

/* The string of a slot; p NULL when there is none, or none that could be held. */
static struct span
slot_text(const struct json_pick_slot *slot)
{
	if (!slot->found || slot->len > slot->size)
		return (struct span){ NULL, 0 };
	return (struct span){ slot->text, slot->len };
}

int
answer_reader_end_container(struct answer_reader *r, struct answer_container *out)
{
	*out = (struct answer_container){ 0 };
	if (json_pick_end(r->pick) || !r->slots[CONTAINER_CONFIG].found)
		return -1;
	out->id = slot_text(&r->slots[CONTAINER_ID]);
	out->owner = slot_text(&r->slots[CONTAINER_OWNER]);
	out->name = slot_text(&r->slots[CONTAINER_NAME]);
	return text_is_full_id(out->id) ? 0 : -1;
}

int
answer_reader_end_object(struct answer_reader *r, struct answer_object *out)
{
	*out = (struct answer_object){ 0 };
	if (json_pick_end(r->pick) || !r->slots[OBJECT_NAME].found)
		return -1;
	out->id = slot_text(&r->slots[OBJECT_ID]);
	out->name = slot_text(&r->slots[OBJECT_NAME]);
	out->owner = slot_text(&r->slots[OBJECT_OWNER]);
	out->plain = span_eq(slot_text(&r->slots[OBJECT_DRIVER]), SPAN("local"));
	for (size_t i = 0; i < OPTIONS; i++)
		if (r->slots[OBJECT_OPTIONS + i].found)
			out->plain = false;
	return 0;
}

int
answer_reader_end_exec(struct answer_reader *r, struct answer_exec *out)
{
	*out = (struct answer_exec){ 0 };
	if (json_pick_end(r->pick) || !r->slots[EXEC_PRIVILEGED].found || !r->slots[EXEC_TTY].found)
		return -1;
	out->id = slot_text(&r->slots[EXEC_ID]);
	out->container = slot_text(&r->slots[EXEC_CONTAINER]);
	out->privileged = r->slots[EXEC_PRIVILEGED].truth;
	out->tty = r->slots[EXEC_TTY].truth;
	return text_is_full_id(out->id) && text_is_full_id(out->container) ? 0 : -1;
}
