'use strict';
// dockerode: a tenant's whole life. Prints what it saw as one JSON line.
const fs = require('fs');
const path = require('path');
const [modules, image] = process.argv.slice(2);
const Docker = require(path.join(modules, 'dockerode'));

function connection() {
	const address = process.env.DOCKER_HOST;
	if (address.startsWith('unix://')) return { socketPath: address.slice(7) };
	const folder = process.env.DOCKER_CERT_PATH;
	const file = (name) => fs.readFileSync(path.join(folder, name));
	const url = new URL(address.replace('tcp:', 'https:'));
	return { protocol: 'https', host: url.hostname, port: url.port, ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') };
}

function gather(stream) {
	return new Promise((resolve, reject) => {
		const parts = [];
		stream.on('data', (part) => parts.push(part));
		stream.on('end', () => resolve(Buffer.concat(parts).toString()));
		stream.on('error', reject);
	});
}

const error = (promise) => promise.then(() => ['no error'], (e) => [e.statusCode, e.json && e.json.message]);

async function main() {
	const saw = {};
	const docker = new Docker(connection());
	const net = await docker.createNetwork({ Name: 'net', Driver: 'bridge', Labels: { a: 'b' } });
	const volume = await docker.createVolume({ Name: 'data', Labels: { a: 'b' } });
	saw.volume = [(await volume.inspect()).Name, (await docker.listVolumes({ filters: { name: ['data'] } })).Volumes.map((v) => v.Name)];
	const web = await docker.createContainer({
		Image: image, name: 'web', Cmd: ['sh', '-c', 'trap exit TERM; echo up; while :; do sleep 0.2; done'], Labels: { x: 'y' },
		HostConfig: { NetworkMode: 'net', Binds: ['data:/data'], Memory: 67108864 },
		NetworkingConfig: { EndpointsConfig: { net: { Aliases: ['alias'] } } },
	});
	await web.start();
	const facts = await web.inspect();
	saw.web = [facts.Name, facts.Config.Image, facts.HostConfig.NetworkMode, facts.HostConfig.Binds, Object.keys(facts.NetworkSettings.Networks),
		facts.Config.Labels];
	saw.list = (await docker.listContainers({ all: true, filters: { label: ['x=y'] } })).map((c) => [c.Names, c.Image, c.Labels]);
	const other = await docker.createContainer({ Image: image, Cmd: ['sh', '-c', 'ping -c1 -W3 web >/dev/null && ping -c1 -W3 alias > /dev/null && echo reached'],
		HostConfig: { NetworkMode: 'net' } });
	await other.start();
	saw.wait = (await other.wait()).StatusCode;
	saw.logs = (await other.logs({ stdout: true, stderr: true })).toString('latin1').slice(8);
	await other.remove();
	await web.rename({ name: 'front' });
	saw.renamed = (await web.inspect()).Name;
	await web.update({ Memory: 100663296, MemorySwap: 100663296 });
	await web.kill({ signal: 'SIGTERM' });
	await web.wait();
	await web.start({});
	await web.stop({ t: 0 });
	const made = await web.commit({ repo: 'app', tag: '1' });
	saw.commit = [Object.keys(made), (await docker.getImage('app:1').inspect()).RepoTags];
	await web.remove({ force: true, v: true });
	saw.networks = (await docker.listNetworks({ filters: { name: ['net'] } })).map((n) => [n.Name, n.Labels]);
	saw.events = typeof (await gather(await docker.getEvents({ since: 1, until: 2 })));
	saw.removed = (await docker.getImage('app:1').remove()).map((r) => r.Untagged).filter(Boolean);
	saw.errors = [await error(docker.getContainer('front').inspect()), await error(docker.getNetwork('nothing').inspect()),
		await error(docker.getVolume('nothing').inspect()), await error(docker.getImage('nothing').inspect()),
		await error(docker.createContainer({ Image: 'nothing' }))];
	await net.remove();
	await volume.remove();
	saw.left = (await docker.listContainers({ all: true })).length;
	process.stdout.write(JSON.stringify(saw) + '\n');
}

setTimeout(() => { process.stderr.write('hangs\n'); process.exit(3); }, 100000).unref();
main().then(() => process.exit(0), (e) => { process.stderr.write(`${e.stack}\n`); process.exit(1); });
