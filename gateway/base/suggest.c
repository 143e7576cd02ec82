/*
 * suggest: edit distance between two short words (optimal string alignment).
 */
#include "base/suggest.h"

#include <ctype.h>
#include <string.h>

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static int
lower(char c)
{
	return tolower((unsigned char)c);
}

/* Row `i` of the table from the two rows before it. */
static void
suggest_row(struct span a, struct span b, size_t i, unsigned rows[3][SUGGEST_MAX + 1])
{
	unsigned *row = rows[i % 3];
	const unsigned *above = rows[(i + 2) % 3];
	const unsigned *two_above = rows[(i + 1) % 3];

	row[0] = (unsigned)i;
	for (size_t j = 1; j <= b.len; j++) {
		unsigned cost = lower(a.p[i - 1]) != lower(b.p[j - 1]);

		row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + cost);
		if (i > 1 && j > 1 && lower(a.p[i - 1]) == lower(b.p[j - 2]) &&
			lower(a.p[i - 2]) == lower(b.p[j - 1]))
			row[j] = least(row[j], two_above[j - 2] + 1);
	}
}

unsigned
suggest_distance(struct span a, struct span b)
{
	unsigned rows[3][SUGGEST_MAX + 1];

	if (a.len > SUGGEST_MAX || b.len > SUGGEST_MAX)
		return SUGGEST_FAR;
	memset(rows, 0, sizeof(rows));
	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a.len; i++)
		suggest_row(a, b, i, rows);
	return rows[a.len % 3][b.len];
}

bool
suggest_is_near(unsigned distance, size_t len)
{
	return distance < len && distance <= 1 + len / 4;
}
