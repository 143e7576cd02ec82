/*
 * endpoint_keys: the query keys of each operation, with their types.
 *
 * Sources: the Engine API's reference 1.24 to 1.51, moby daemon/server/router.
 */
#include <limits.h>

#include "format/endpoint_keys.h"

/* clang-format off */

const struct query_key query_none[] = {
	{ .name = NULL },
};

const struct query_key query_size[] = {
	{ "h", QUERY_NUMBER, 1, 65535, NULL },
	{ "w", QUERY_NUMBER, 1, 65535, NULL },
	{ .name = NULL },
};

/* Those that name another object (ancestor, before, since, network, volume) are looked up first. */
const struct query_key query_list[] = {
	{ "all",       QUERY_BOOL,     0, 0, NULL },
	{ "limit",     QUERY_NUMBER,  -1, INT_MAX, NULL }, /* docker-py: -1 for "no limit" */
	{ "size",      QUERY_BOOL,     0, 0, NULL },
	{ "filters",   QUERY_FILTERS,  0, 0, "status|name|id|exited|health|label|ancestor|before|since|network|volume|publish|expose|is-task" },
	{ "trunc_cmd", QUERY_DROPPED,  0, 0, NULL }, /* docker-py */
	{ .name = NULL },
};

const struct query_key query_inspect[] = {
	{ "size", QUERY_BOOL, 0, 0, NULL },
	{ .name = NULL },
};

const struct query_key query_logs[] = {
	{ "follow",     QUERY_BOOL, 0, 0, NULL },
	{ "stdout",     QUERY_BOOL, 0, 0, NULL },
	{ "stderr",     QUERY_BOOL, 0, 0, NULL },
	{ "since",      QUERY_TIME, 0, 0, NULL },
	{ "until",      QUERY_TIME, 0, 0, NULL },
	{ "timestamps", QUERY_BOOL, 0, 0, NULL },
	{ "tail",       QUERY_TAIL, 0, 0, NULL },
	{ "details",    QUERY_BOOL, 0, 0, NULL },
	{ .name = NULL },
};

const struct query_key query_stats[] = {
	{ "stream",   QUERY_BOOL, 0, 0, NULL },
	{ "one-shot", QUERY_BOOL, 0, 0, NULL },
	{ .name = NULL },
};

const struct query_key query_top[] = {
	{ "ps_args", QUERY_PS, 0, 0, NULL },
	{ .name = NULL },
};

const struct query_key query_wait[] = {
	{ "condition", QUERY_CHOICE, 0, 0, "not-running|next-exit|removed" },
	{ .name = NULL },
};

const struct query_key query_attach[] = {
	{ "logs",       QUERY_BOOL,        0, 0, NULL },
	{ "stream",     QUERY_BOOL,        0, 0, NULL },
	{ "stdin",      QUERY_BOOL,        0, 0, NULL },
	{ "stdout",     QUERY_BOOL,        0, 0, NULL },
	{ "stderr",     QUERY_BOOL,        0, 0, NULL },
	{ "detachKeys", QUERY_DETACH_KEYS, 0, 0, NULL },
	{ "hijack",     QUERY_DROPPED,     0, 0, NULL }, /* dockerode's own option */
	{ .name = NULL },
};

/* Who gave a container its name gives its links too: "link" removes one of another container. */
const struct query_key query_create[] = {
	{ "name",     QUERY_NAME, 0, 0,  NULL },
	{ "platform", QUERY_TEXT, 0, 64, NULL },
	{ .name = NULL },
};

/* A checkpoint's folder is a path of the host. */
const struct query_key query_start[] = {
	{ "detachKeys",     QUERY_DETACH_KEYS, 0, 0, NULL },
	{ "checkpoint",     QUERY_REFUSED,     0, 0, NULL },
	{ "checkpoint-dir", QUERY_REFUSED,     0, 0, NULL },
	{ .name = NULL },
};

const struct query_key query_stop[] = {
	{ "t",      QUERY_NUMBER, -1, 86400, NULL },
	{ "signal", QUERY_SIGNAL,  0, 0,     NULL },
	{ .name = NULL },
};

const struct query_key query_kill[] = {
	{ "signal", QUERY_SIGNAL, 0, 0, NULL },
	{ .name = NULL },
};

const struct query_key query_rename[] = {
	{ "name", QUERY_NAME, 1, 0, NULL },
	{ .name = NULL },
};

const struct query_key query_remove[] = {
	{ "v",     QUERY_BOOL,    0, 0, NULL },
	{ "force", QUERY_BOOL,    0, 0, NULL },
	{ "link",  QUERY_REFUSED, 0, 0, NULL },
	{ .name = NULL },
};

const struct query_key query_prune[] = {
	{ "filters", QUERY_FILTERS, 0, 0, "label|label!|until" },
	{ .name = NULL },
};

const struct query_key query_archive[] = {
	{ "path", QUERY_PATH, 0, 0, NULL },
	{ .name = NULL },
};

const struct query_key query_archive_put[] = {
	{ "path",                 QUERY_PATH, 0, 0, NULL },
	{ "noOverwriteDirNonDir", QUERY_BOOL, 0, 0, NULL },
	{ "copyUIDGID",           QUERY_BOOL, 0, 0, NULL },
	{ .name = NULL },
};

/* "changes" may set labels. */
const struct query_key query_commit[] = {
	{ "container", QUERY_CONTAINER, 1, 0,    NULL },
	{ "repo",      QUERY_REPO,      0, 1,    NULL },
	{ "tag",       QUERY_TAG,       0, 0,    NULL },
	{ "comment",   QUERY_TEXT,      0, 1024, NULL },
	{ "author",    QUERY_TEXT,      0, 256,  NULL },
	{ "pause",     QUERY_BOOL,      0, 0,    NULL },
	{ "changes",   QUERY_REFUSED,   0, 0,    NULL },
	{ .name = NULL },
};

const struct query_key query_images[] = {
	{ "all",         QUERY_BOOL,    0, 0,   NULL },
	{ "filters",     QUERY_FILTERS, FILTER_LABEL_NONE, 0,   "dangling|label|reference|since|before|until" },
	{ "filter",      QUERY_REFERENCE, 0, 0, NULL },
	{ "shared-size", QUERY_BOOL,    0, 0,   NULL },
	{ "digests",     QUERY_BOOL,    0, 0,   NULL },
	{ "manifests",   QUERY_DROPPED, 0, 0,   NULL },
	{ "identity",    QUERY_DROPPED, 0, 0,   NULL },
	{ "only_ids",    QUERY_DROPPED, 0, 0,   NULL }, /* docker-py */
	{ .name = NULL },
};

const struct query_key query_image[] = {
	{ "manifests", QUERY_DROPPED, 0, 0, NULL },
	{ "platform",  QUERY_TEXT,    0, 256, NULL },
	{ .name = NULL },
};

const struct query_key query_history[] = {
	{ "platform", QUERY_TEXT, 0, 256, NULL },
	{ .name = NULL },
};

/* "fromSrc" makes an image of a URL or of the body; it stands first, so that who imports hears of it. */
const struct query_key query_pull[] = {
	{ "fromSrc",   QUERY_REFUSED, 0, 0,   NULL },
	{ "fromImage", QUERY_PULL,    1, 0,   NULL },
	{ "tag",       QUERY_TAG,     0, 0,   NULL },
	{ "platform",  QUERY_TEXT,    0, 64,  NULL },
	{ "repo",      QUERY_REFUSED, 0, 0,   NULL },
	{ "message",   QUERY_REFUSED, 0, 0,   NULL },
	{ "changes",   QUERY_REFUSED, 0, 0,   NULL },
	{ .name = NULL },
};

const struct query_key query_push[] = {
	{ "tag",      QUERY_TEXT, 0, 128, NULL },
	{ "platform", QUERY_TEXT, 0, 256, NULL },
	{ .name = NULL },
};

const struct query_key query_tag[] = {
	{ "repo",  QUERY_REPO,    1, 1,   NULL },
	{ "tag",   QUERY_TAG,     0, 0,   NULL },
	{ "force", QUERY_DROPPED, 0, 0,   NULL },
	{ .name = NULL },
};

/* "force" of an id takes all its names away. What that may be is asked before. */
const struct query_key query_untag[] = {
	{ "force",     QUERY_BOOL,    0, 0,   NULL },
	{ "noprune",   QUERY_BOOL,    0, 0,   NULL },
	{ "platforms", QUERY_REFUSED, 0, 0,   NULL },
	{ .name = NULL },
};

const struct query_key query_image_prune[] = {
	{ "filters", QUERY_FILTERS, FILTER_LABEL_IMAGE, 0, "dangling|label|label!|until" },
	{ .name = NULL },
};

const struct query_key query_load[] = {
	{ "quiet",    QUERY_BOOL, 0, 0,   NULL },
	{ "platform", QUERY_TEXT, 0, 256, NULL },
	{ .name = NULL },
};

const struct query_key query_save[] = {
	{ "names",    QUERY_IMAGE, 1, 16,  NULL },
	{ "platform", QUERY_TEXT,  0, 256, NULL },
	{ .name = NULL },
};

const struct query_key query_save_one[] = {
	{ "platform", QUERY_TEXT, 0, 256, NULL },
	{ .name = NULL },
};

const struct query_key query_search[] = {
	{ "term",    QUERY_TEXT,    0, 256, NULL },
	{ "limit",   QUERY_NUMBER,  0, 100, NULL },
	{ "filters", QUERY_FILTERS, 0, 0,   "is-automated|is-official|stars" },
	{ .name = NULL },
};

/* The engine's own network, its host's names, a context fetched from a URL, another's cache, BuildKit. */
const struct query_key query_build[] = {
	{ "dockerfile",   QUERY_PATH,    0, 0,       NULL },
	{ "t",            QUERY_REPO,    0, 16,      NULL },
	{ "q",            QUERY_BOOL,    0, 0,       NULL },
	{ "nocache",      QUERY_BOOL,    0, 0,       NULL },
	{ "pull", QUERY_BUILD, 0, 0, NULL },
	{ "rm", QUERY_FIXED, 0, 0, "1" },
	{ "forcerm", QUERY_FIXED, 0, 0, "1" },
	{ "memory", QUERY_BUILD, 0, 0, NULL },
	{ "memswap", QUERY_BUILD, 0, 0, NULL },
	{ "cpushares",    QUERY_NUMBER,  0, 262144,  NULL },
	{ "cpuperiod", QUERY_BUILD, 0, 0, NULL },
	{ "cpuquota", QUERY_BUILD, 0, 0, NULL },
	{ "cpusetcpus",   QUERY_REFUSED, 0, 0,       NULL },
	{ "cpusetmems",   QUERY_REFUSED, 0, 0,       NULL },
	{ "shmsize",      QUERY_NUMBER,  0, LONG_MAX, NULL },
	{ "buildargs",    QUERY_MAP,     0, 0,       NULL },
	{ "labels",       QUERY_LABELS,  0, 0,       NULL },
	{ "target",       QUERY_TEXT,    0, 128,     NULL },
	{ "platform",     QUERY_TEXT,    0, 64,      NULL },
	{ "squash",       QUERY_REFUSED, 0, 0,       NULL },
	{ "remote",       QUERY_REFUSED, 0, 0,       NULL },
	{ "networkmode", QUERY_BUILD, 0, 0, NULL },
	{ "extrahosts",   QUERY_REFUSED, 0, 0,       NULL },
	{ "cgroupparent", QUERY_REFUSED, 0, 0,       NULL },
	{ "ulimits",      QUERY_REFUSED, 0, 0,       NULL },
	{ "securityopt",  QUERY_REFUSED, 0, 0,       NULL },
	{ "isolation",    QUERY_REFUSED, 0, 0,       NULL },
	{ "cachefrom",    QUERY_REFUSED, 0, 0,       NULL },
	{ "outputs",      QUERY_REFUSED, 0, 0,       NULL },
	{ "session",      QUERY_REFUSED, 0, 0,       NULL },
	{ "buildid",      QUERY_DROPPED, 0, 0,       NULL },
	{ "version",      QUERY_CHOICE,  0, 0,       "1" },
	{ .name = NULL },
};

/* BuildKit's cache has no owners. "docker system prune" asks for it with the rest, and finds nothing. */
const struct query_key query_build_prune[] = {
	{ "filters",        QUERY_FIXED,   0, 0, "{\"id\":[\"-\"]}" },
	{ "all",            QUERY_DROPPED, 0, 0, NULL },
	{ "keep-storage",   QUERY_DROPPED, 0, 0, NULL },
	{ "reserved-space", QUERY_DROPPED, 0, 0, NULL },
	{ "max-used-space", QUERY_DROPPED, 0, 0, NULL },
	{ "min-free-space", QUERY_DROPPED, 0, 0, NULL },
	{ .name = NULL },
};

const struct query_key query_networks[] = {
	{ "filters", QUERY_FILTERS, 0, 0, "name|id|driver|type|scope|label|dangling" },
	{ .name = NULL },
};

const struct query_key query_network[] = {
	{ "verbose", QUERY_REFUSED, 0, 0, NULL },
	{ "scope",   QUERY_CHOICE,  0, 0, "local|swarm|global" },
	{ .name = NULL },
};

/* Some have no labels: the answer tells whose they are. */
const struct query_key query_volumes[] = {
	{ "filters", QUERY_FILTERS, FILTER_LABEL_NONE, 0, "name|driver|label|dangling" },
	{ .name = NULL },
};

const struct query_key query_volume_remove[] = {
	{ "force", QUERY_BOOL, 0, 0, NULL },
	{ .name = NULL },
};

const struct query_key query_volume_prune[] = {
	{ "filters", QUERY_FILTERS, 0, 0, "label|label!|all" },
	{ .name = NULL },
};

/* Of its own objects only, whatever is asked for: the answer is filtered. */
const struct query_key query_events[] = {
	{ "since",   QUERY_TIME,    0, 0, NULL },
	{ "until",   QUERY_TIME,    0, 0, NULL },
	{ "filters", QUERY_FILTERS, FILTER_LABEL_NONE, 0, "type|event|label|container|network|volume|image|scope" },
	{ .name = NULL },
};

const struct query_key query_usage[] = {
	{ "type",    QUERY_CHOICE,  0, 0, "container|image|volume|build-cache" },
	{ "verbose", QUERY_BOOL,    0, 0, NULL },
	{ .name = NULL },
};

/* GET /exec/{id}/ws: what exec start's body says. */
const struct query_key query_ws[] = {
	{ "tty", QUERY_BOOL,   0, 0,     NULL },
	{ "h",   QUERY_NUMBER, 1, 65535, NULL },
	{ "w",   QUERY_NUMBER, 1, 65535, NULL },
	{ .name = NULL },
};
