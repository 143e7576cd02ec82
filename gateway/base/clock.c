/*
 * clock: now, and times as text.
 *
 * The calendar is computed here: gmtime_r would read the time zone's file,
 * which a sandboxed worker may not open.
 */
#include <time.h>

#include "base/clock.h"

#define DAY 86400
/* 0000-01-01 and 9999-12-31T23:59:59Z: what four digits of a year can say. */
#define FIRST_SECOND (-62167219200LL)
#define LAST_SECOND 253402300799LL

struct civil {
	int year, month, day, hour, minute, second;
};

static uint64_t
clock_us(clockid_t which)
{
	struct timespec now;

	clock_gettime(which, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t
clock_mono_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

uint64_t
clock_mono_ms(void)
{
	return clock_us(CLOCK_MONOTONIC) / 1000;
}

int64_t
clock_unix_ms(void)
{
	return (int64_t)(clock_us(CLOCK_REALTIME) / 1000);
}

int64_t
clock_unix(void)
{
	return clock_unix_ms() / 1000;
}

/*
 * Days since 1970-01-01 of the proleptic Gregorian calendar. Years are counted
 * from March, so that the leap day is a year's last; 146097 days are 400 years.
 */
static int64_t
days_from_civil(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct civil
civil_from_unix(int64_t seconds)
{
	int64_t days, left, era, of_era, year, of_year, month;
	struct civil c;

	days = seconds / DAY;
	left = seconds % DAY;
	if (left < 0) {
		left += DAY;
		days--;
	}
	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	of_era = days - era * 146097;
	year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	month = (5 * of_year + 2) / 153;
	c.day = (int)(of_year - (153 * month + 2) / 5 + 1);
	c.month = (int)(month < 10 ? month + 3 : month - 9);
	c.year = (int)(year + era * 400 + (c.month <= 2 ? 1 : 0));
	c.hour = (int)(left / 3600);
	c.minute = (int)(left / 60 % 60);
	c.second = (int)(left % 60);
	return c;
}

static char *
put_number(char *p, int value, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		p[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return p + digits;
}

/* Without the zone. */
static char *
put_time(char *p, int64_t seconds)
{
	struct civil c;

	if (seconds < FIRST_SECOND)
		seconds = FIRST_SECOND;
	if (seconds > LAST_SECOND)
		seconds = LAST_SECOND;
	c = civil_from_unix(seconds);
	p = put_number(p, c.year, 4);
	*p++ = '-';
	p = put_number(p, c.month, 2);
	*p++ = '-';
	p = put_number(p, c.day, 2);
	*p++ = 'T';
	p = put_number(p, c.hour, 2);
	*p++ = ':';
	p = put_number(p, c.minute, 2);
	*p++ = ':';
	return put_number(p, c.second, 2);
}

void
clock_rfc3339_ms(int64_t unix_ms, char out[CLOCK_RFC3339_SIZE])
{
	int64_t seconds = unix_ms / 1000, ms = unix_ms % 1000;
	char *p;

	if (ms < 0) {
		ms += 1000;
		seconds--;
	}
	p = put_time(out, seconds);
	*p++ = '.';
	p = put_number(p, (int)ms, 3);
	*p++ = 'Z';
	*p = '\0';
}

void
clock_rfc3339(int64_t unix_seconds, char out[CLOCK_RFC3339_SIZE])
{
	char *p = put_time(out, unix_seconds);

	*p++ = 'Z';
	*p = '\0';
}

/*
 * Reads by a form where '9' is a digit and any other byte stands for itself; the
 * digits come out in a row.
 */
static bool
digits_by_form(struct span s, const char *form, char *digits)
{
	for (size_t i = 0; i < s.len; i++) {
		if (form[i] == '9' && s.p[i] >= '0' && s.p[i] <= '9')
			*digits++ = s.p[i];
		else if (form[i] == '9' || form[i] != s.p[i])
			return false;
	}
	return true;
}

static int
number_of(const char *digits, int count)
{
	int v = 0;

	for (int i = 0; i < count; i++)
		v = v * 10 + (digits[i] - '0');
	return v;
}

static bool
unix_from_digits(const char *digits, int64_t *unix_seconds)
{
	static const int month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct civil c = { number_of(digits, 4), number_of(digits + 4, 2), number_of(digits + 6, 2),
		number_of(digits + 8, 2), number_of(digits + 10, 2), number_of(digits + 12, 2) };
	bool leap = (c.year % 4 == 0 && c.year % 100 != 0) || c.year % 400 == 0;

	if (c.month < 1 || c.month > 12 || c.day < 1)
		return false;
	if (c.day > month_days[c.month - 1] + (leap && c.month == 2 ? 1 : 0))
		return false;
	if (c.hour > 23 || c.minute > 59 || c.second > 59)
		return false;
	*unix_seconds = days_from_civil(c.year, c.month, c.day) * DAY;
	*unix_seconds += ((int64_t)c.hour * 60 + c.minute) * 60 + c.second;
	return true;
}

static bool
parse_by_form(struct span s, struct span form, int64_t *unix_seconds)
{
	char digits[] = "00000000000000";

	return s.len == form.len && digits_by_form(s, form.p, digits) &&
		unix_from_digits(digits, unix_seconds);
}

bool
clock_parse(struct span s, int64_t *unix_seconds)
{
	return parse_by_form(s, SPAN("9999-99-99T99:99:99Z"), unix_seconds) ||
		parse_by_form(s, SPAN("9999-99-99"), unix_seconds);
}

bool
clock_parse_basic(struct span s, int64_t *unix_seconds)
{
	return parse_by_form(s, SPAN("99999999T999999Z"), unix_seconds);
}
