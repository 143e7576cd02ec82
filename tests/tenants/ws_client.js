// One WebSocket by Node's `ws`. Standard input says where and what to do; standard output gets what came of it.
// {url, ca, cert, key, fields, script: [{binary: BASE64} | {text} | {wait: WORDS} | {slow: MS} | {close: CODE}]}
'use strict';
const WebSocket = require(process.argv[2] + '/ws');
const todo = JSON.parse(require('fs').readFileSync(0));
const fs = require('fs');

const got = { texts: [], data: [], code: null, reason: '', status: null, body: '' };
const ws = new WebSocket(todo.url, {
  ca: fs.readFileSync(todo.ca), cert: fs.readFileSync(todo.cert), key: fs.readFileSync(todo.key),
  headers: todo.fields || {}, perMessageDeflate: true,
});
let seen = '';
const waiting = [];

function report() {
  const data = Buffer.concat(got.data);
  process.stdout.write(JSON.stringify({ ...got, data: data.toString('base64') }), () => process.exit(0));
}

function look() {
  while (waiting.length && seen.includes(waiting[0].words)) waiting.shift().go();
}

async function play() {
  for (const step of todo.script) {
    if ('binary' in step) ws.send(Buffer.from(step.binary, 'base64'));
    if ('text' in step) ws.send(step.text);
    if ('wait' in step) await new Promise((go) => { waiting.push({ words: step.wait, go }); look(); });
    if ('slow' in step) {
      ws.pause();
      await new Promise((go) => setTimeout(go, step.slow));
      ws.resume();
    }
    if ('close' in step) ws.close(step.close);
  }
}

ws.on('open', play);
ws.on('message', (data, binary) => {
  if (binary) got.data.push(data);
  else got.texts.push(data.toString());
  if (seen.length < 1 << 20) seen += data.toString('latin1');
  look();
});
ws.on('unexpected-response', (request, response) => {
  got.status = response.statusCode;
  response.on('data', (piece) => { got.body += piece; });
  response.on('end', report);
});
ws.on('close', (code, reason) => { got.code = code; got.reason = reason.toString(); report(); });
ws.on('error', (e) => { if (got.status === null) { got.reason = String(e); report(); } });
