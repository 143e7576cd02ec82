/*
 * endpoint_keys: the query keys of each operation. For endpoint_table.c only.
 */
#ifndef FAIRLEAD_FORMAT_ENDPOINT_KEYS_H
#define FAIRLEAD_FORMAT_ENDPOINT_KEYS_H

#include "format/endpoint.h"

extern const struct query_key query_none[], query_size[], query_list[], query_inspect[],
	query_logs[], query_stats[], query_top[], query_wait[], query_attach[], query_create[],
	query_start[], query_stop[], query_kill[], query_rename[], query_remove[], query_prune[],
	query_archive[], query_archive_put[], query_commit[], query_images[], query_image[],
	query_pull[], query_push[], query_tag[], query_untag[], query_image_prune[], query_load[],
	query_save[], query_save_one[], query_search[], query_history[], query_build[],
	query_build_prune[], query_networks[], query_network[], query_volumes[],
	query_volume_remove[], query_volume_prune[], query_events[], query_usage[], query_ws[];

#endif
