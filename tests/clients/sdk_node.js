'use strict';
// dockerode at work. Prints what it saw as one JSON line.
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const [modules, container] = process.argv.slice(2);
const Docker = require(path.join(modules, 'dockerode'));
const { PassThrough } = require('stream');

const SIZE = 1 << 20;
const GUARD = 100000;

function connection() {
	const address = process.env.DOCKER_HOST;
	if (address.startsWith('unix://')) return { socketPath: address.slice(7) };
	const folder = process.env.DOCKER_CERT_PATH;
	const file = (name) => {
		const full = path.join(folder, name);
		return fs.existsSync(full) ? fs.readFileSync(full) : undefined;
	};
	const config = JSON.parse(fs.readFileSync(path.join(process.env.DOCKER_CONFIG, 'config.json')));
	const url = new URL(address.replace('tcp:', 'https:'));
	return {
		protocol: 'https', host: url.hostname, port: url.port, ca: file('ca.pem'), cert: file('cert.pem'),
		key: file('key.pem'), headers: config.HttpHeaders || {},
	};
}

function gather(stream) {
	return new Promise((resolve, reject) => {
		const parts = [];
		stream.on('data', (part) => parts.push(part));
		stream.on('end', () => resolve(Buffer.concat(parts)));
		stream.on('error', reject);
	});
}

async function exec(docker, command, input, options = {}) {
	const made = await docker.getContainer(container).exec({
		Cmd: command, AttachStdin: input !== undefined, AttachStdout: true, AttachStderr: true, ...options.create,
	});
	const stream = await made.start({ hijack: input !== undefined, stdin: input !== undefined, ...options.start });
	let all;
	if (options.create && options.create.Tty) {
		all = [gather(stream)];
	} else {
		const out = new PassThrough();
		const err = new PassThrough();
		docker.modem.demuxStream(stream, out, err);
		stream.on('end', () => { out.end(); err.end(); });
		all = [gather(out), gather(err)];
	}
	if (input !== undefined) stream.end(input);
	const outputs = await Promise.all(all);
	const facts = await made.inspect();
	return [facts.ExitCode, ...outputs];
}

const md5 = (b) => crypto.createHash('md5').update(b).digest('hex');
const error = (promise) => promise.then(() => ['no error'], (e) => [e.statusCode, e.json && e.json.message]);

async function main() {
	const saw = {};
	const options = connection();
	delete process.env.DOCKER_CERT_PATH; // where it is set, dockerode wants a client certificate in it
	const docker = new Docker(options);
	saw.ping = (await docker.ping()).toString();
	saw.version = (await docker.version()).ApiVersion;
	saw.names = (await docker.listContainers({ filters: { name: ['web'] } })).map((c) => c.Names);
	saw.id = (await docker.getContainer(container).inspect()).Id;
	saw.output = (await exec(docker, ['sh', '-c', 'echo out; echo err >&2; exit 3'])).map(String);
	const data = Buffer.alloc(SIZE, 'payload ');
	const echoed = await exec(docker, ['cat'], data);
	saw.echo = [echoed[0], echoed[1].length, md5(echoed[1]) === md5(data)];
	saw.late = (await exec(docker, ['sh', '-c', 'cat; sleep 1; echo late; exit 4'], 'early ')).map(String);
	saw.terminal = (await exec(docker, ['sh', '-c', 'tty; exit 2'], undefined,
		{ create: { Tty: true }, start: { Tty: true } })).map(String);
	saw.missing = await error(docker.getContainer('no-such').inspect());
	const frozen = await docker.getContainer('frozen').inspect(); // the gateway asks by full id: so does this
	saw.paused = await error(docker.getContainer(frozen.Id).exec({ Cmd: ['true'] }));
	saw.logs = (await docker.getContainer(container).logs({ stdout: true, stderr: true, tail: 5 })).toString();
	const many = [];
	for (let i = 0; i < 10; i++) many.push(exec(docker, ['sh', '-c', `cat; echo ${i}`], `input ${i} `));
	saw.many = (await Promise.all(many)).map((m) => m.map(String));
	process.stdout.write(JSON.stringify(saw) + '\n');
}

setTimeout(() => { process.stderr.write('hangs\n'); process.exit(3); }, GUARD).unref();
main().then(() => process.exit(0), (e) => { process.stderr.write(`${e.stack}\n`); process.exit(1); });
