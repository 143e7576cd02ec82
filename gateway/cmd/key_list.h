/*
 * key_list: the credentials as a table or as JSON.
 */
#ifndef FAIRLEAD_CMD_KEY_LIST_H
#define FAIRLEAD_CMD_KEY_LIST_H

#include <stdbool.h>

/* `tenant` NULL: of all. Returns the exit code. */
int key_list(const char *config_path, const char *tenant, bool json);

#endif
