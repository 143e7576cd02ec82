/*
 * version: what `fairlead --version` says.
 */
#ifndef FAIRLEAD_BASE_VERSION_H
#define FAIRLEAD_BASE_VERSION_H

#define FAIRLEAD_VERSION "0.1.0"

#endif
