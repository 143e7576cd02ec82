/*
 * hyper_vectors: requests that the public Hyper client signed, with its signatures.
 */
#ifndef TESTS_UNIT_HYPER_VECTORS_H
#define TESTS_UNIT_HYPER_VECTORS_H

static const struct hyper_vector {
	const char *name, *method, *target, *host, *body, *content_type, *date;
	const char *access_key, *secret, *region, *authorization;
} hyper_vectors[] = {
	{
		.name = "exec start",
		.method = "POST",
		.target = "/v1.23/exec/e90e34656806/start",
		.host = "127.0.0.1:8443",
		.body = "{\"Detach\":false,\"Tty\":false}",
		.content_type = "application/json",
		.date = "20260102T030405Z",
		.access_key = "AKTENANTA0000000000000000000001",
		.secret = "SKtenantA-secret-0000000000000000000000000001",
		.region = "us-west-1",
		.authorization =
			"HYPER-HMAC-SHA256 Credential=AKTENANTA0000000000000000000001/20260102/"
			"us-west-1/hyper/hyper_request, SignedHeaders=content-type;host;x-hyper"
			"-content-sha256;x-hyper-date, Signature=7da2f0e7a757c2972b0b3ab036b8ad"
			"99dfaed34e91c6d32af98b504387e79bb6",
	},
	{
		.name = "list with query, port 443",
		.method = "GET",
		.target = "/v1.23/containers/json?all=1&limit=5&filters=%7B%22label%22%3A%7B%22a%"
			  "20b%3Dc%2Bd%22%3Atrue%7D%7D",
		.host = "us-west-1.hyper.sh:443",
		.body = "",
		.content_type = "application/json",
		.date = "20260102T235959Z",
		.access_key = "AKTENANTA0000000000000000000001",
		.secret = "SKtenantA-secret-0000000000000000000000000001",
		.region = "ignored-because-host-is-hyper.sh",
		.authorization =
			"HYPER-HMAC-SHA256 Credential=AKTENANTA0000000000000000000001/20260102/"
			"ignored-because-host-is-hyper.sh/hyper/hyper_request, SignedHeaders=co"
			"ntent-type;host;x-hyper-content-sha256;x-hyper-date, Signature=18263cb"
			"86fa6fa48569ed3fe9bf5caedceb629d8ad188b23213d37aac2eb8032",
	},
	{
		.name = "exec create, long key",
		.method = "POST",
		.target = "/v1.23/containers/web/exec",
		.host = "127.0.0.1:8443",
		.body = "{\"User\":\"\",\"Privileged\":false,\"Tty\":false,\"Container\":\"\",\"AttachStdin\""
			":false,\"AttachStderr\":true,\"AttachStdout\":true,\"Detach\":false,\"DetachK"
			"eys\":\"\",\"Cmd\":[\"sh\",\"-c\",\"echo h\303\251 > /dev/null\"]}\n",
		.content_type = "application/json",
		.date = "20260102T030405Z",
		.access_key = "AKTENANTB",
		.secret = "a much longer secret key / with + odd = characters that exceeds the 64"
			  " byte sha256 block size for sure",
		.region = "RegionOne",
		.authorization =
			"HYPER-HMAC-SHA256 Credential=AKTENANTB/20260102/RegionOne/hyper/hyper_"
			"request, SignedHeaders=content-type;host;x-hyper-content-sha256;x-hype"
			"r-date, Signature=7c8b278ee3f6b8d22fa4f41ba25aee956fab9943f0955e265356"
			"b047d7a3b034",
	},
};
#define HYPER_VECTORS (sizeof(hyper_vectors) / sizeof(hyper_vectors[0]))

#endif
