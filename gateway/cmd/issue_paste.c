/*
 * issue_paste: a credential as the lines that make a client use it.
 */
#include "cmd/issue.h"

#include <string.h>

/* "gw.example.com:2376" */
static void
add_address(struct text *out, const struct issue *i)
{
	const struct config_address *listen = &i->config->listen[0];
	const char *host = i->host;
	bool port;

	if (!host && strcmp(listen->host, "0.0.0.0") != 0 && strcmp(listen->host, "::") != 0) {
		text_add_str(out, listen->text);
		return;
	}
	if (!host)
		host = "HOST";
	port = strchr(host, ':') && host[strlen(host) - 1] != ']';
	text_add_str(out, host);
	if (!port)
		text_addf(out, ":%u", listen->port);
}

/* What HOST stands for, when it stands there. */
static void
add_note(struct text *out, const struct issue *i)
{
	struct text address;

	text_init(&address, 0);
	add_address(&address, i);
	if (strncmp(address.p ? address.p : "", "HOST:", 5) == 0)
		text_add_str(out,
			"\n# HOST is a name that the gateway's certificate has; --host NAME fills it in.\n");
	text_free(&address);
}

/* As one word of a shell. */
static void
add_word(struct text *out, const char *s)
{
	text_add_char(out, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			text_add_str(out, "'\\''");
		else
			text_add_char(out, *s);
	}
	text_add_char(out, '\'');
}

static void
add_environment(struct text *out, const struct issue *i)
{
	text_add_str(out, "export DOCKER_HOST=tcp://");
	add_address(out, i);
	text_add_str(out, " DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=");
}

void
paste_bearer(struct text *out, const struct issue *i, const char *key)
{
	text_addf(out, "# The key is shown this once:\n%s\n", key);
	text_addf(out,
		"\n# docker, with the gateway's authority in ca.pem:\n"
		"mkdir -p -m 700 \"$HOME/.fairlead/%s\" && cp ca.pem \"$HOME/.fairlead/%s/\"\n"
		"cat >\"$HOME/.fairlead/%s/config.json\" <<'END'\n"
		"{\"HttpHeaders\": {\"Authorization\": \"Bearer %s\"}}\n"
		"END\n"
		"export DOCKER_CONFIG=\"$HOME/.fairlead/%s\"\n",
		i->name, i->name, i->name, key, i->name);
	add_environment(out, i);
	text_addf(out, "\"$HOME/.fairlead/%s\"\n", i->name);
	text_add_str(out,
		"\n# docker-py, with the same DOCKER_CONFIG (from_env() takes certificates only):\n"
		"# docker.DockerClient(base_url='https://");
	add_address(out, i);
	text_add_str(out, "', tls=docker.tls.TLSConfig(ca_cert='ca.pem', verify=True))\n");
	text_addf(out, "\n# curl:\ncurl --cacert ca.pem -H 'Authorization: Bearer %s' https://",
		key);
	add_address(out, i);
	text_add_str(out, "/containers/json\n");
	add_note(out, i);
}

void
paste_hyper(struct text *out, const struct issue *i, const char *access_key, const char *secret)
{
	const char *region = i->config->hyper_region;

	text_addf(out, "# The secret key is shown this once:\n%s %s\n", access_key, secret);
	text_addf(out,
		"\n# Hyper CLI:\nhyper config --accesskey %s --secretkey %s --default-region ",
		access_key, secret);
	add_word(out, region);
	text_add_str(out, " tcp://");
	add_address(out, i);
	text_add_str(out, "\nhyper -H tcp://");
	add_address(out, i);
	text_add_str(out, " ps\n\n# or, in ~/.hyper/config.json:\n{\"clouds\": {\"tcp://");
	add_address(out, i);
	text_addf(out,
		"\": {\"accesskey\": \"%s\", \"secretkey\": \"%s\", \"region\": ", access_key,
		secret);
	text_add_json(out, span_of(region));
	text_add_str(out, "}}}\n");
	add_note(out, i);
}

/* key=value pairs of a docker context are one word, parted by commas, in CSV. */
static void
add_context_file(struct text *out, const char *key, const char *folder, const char *file)
{
	text_addf(out, ",%s=%s/%s", key, folder, file);
}

/* Names of contexts have no '@'. */
static void
add_context_name(struct text *out, const char *name)
{
	for (; *name; name++)
		text_add_char(out, *name == '@' ? '-' : *name);
}

void
paste_cert(struct text *out, const struct issue *i, const char *folder)
{
	struct text value;

	text_init(&value, 0);
	text_add_str(&value, "host=tcp://");
	add_address(&value, i);
	add_context_file(&value, "ca", folder, "ca.pem");
	add_context_file(&value, "cert", folder, "cert.pem");
	add_context_file(&value, "key", folder, "key.pem");
	text_add_str(out, "# docker, as a context:\ndocker context create ");
	add_context_name(out, i->name);
	text_add_str(out, " --docker ");
	add_word(out, value.p ? value.p : "");
	text_free(&value);
	text_add_str(out, "\ndocker --context ");
	add_context_name(out, i->name);
	text_add_str(out, " ps\n\n# or by the environment (compose, docker-py, dockerode too):\n");
	add_environment(out, i);
	add_word(out, folder);
	text_add_char(out, '\n');
	add_note(out, i);
}
