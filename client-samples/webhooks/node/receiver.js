// WEBHOOK_SECRET=whsec_… node receiver.js [PORT] [FOLDER]: receives webhooks on this machine's PORT (3000). FOLDER
// (inbox) has a file for each event: named after its webhook-id, with its body until it is handled, empty afterwards.
// One process to a folder; Node 18.2 or later on Linux or macOS.
import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, readdir, rm, stat, truncate } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';

const BODY_MAX = 512 * 1024; // an event has 256 KiB, and a third more as base64 in a structured body
const WAITING_MAX = Number(process.env.WAITING_MAX ?? 10_000);
const AGAIN_MS = 5000;
const KEPT_MS = 4 * 24 * 3_600_000; // longer than a dispatcher tries, so that no attempt of it is new

if (!process.env.WEBHOOK_SECRET) throw new Error('WEBHOOK_SECRET is not set');
const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const workMillis = Number(process.env.WORK_MILLIS ?? 0);
const [port = '3000', folder = 'inbox'] = process.argv.slice(2);
let waiting = 0;
let stopping = false;
let working = Promise.resolve();

// What your app does with an event. It comes again if this throws, or if the process dies meanwhile.
async function handle(id, body) {
  await sleep(workMillis); // work is slow: see that the answers are not
  console.log(`handled ${id}, ${body.length} bytes: ${body.toString('utf8', 0, 200)}`);
}

// Answers once the event is safe; the work comes after.
async function receive(request) {
  if (request.method !== 'POST') return 405;
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= BODY_MAX) chunks.push(chunk); // what is too much is read, so that the answer is, too
  }
  if (length > BODY_MAX) return 413;
  const body = Buffer.concat(chunks); // the bytes as they came: that is what is signed
  try {
    webhook.verify(body, request.headers, { jsonParse: false });
  } catch (refused) {
    console.error(`refused: ${refused.message}`);
    return 400;
  }
  if (waiting >= WAITING_MAX) return 503; // the dispatcher comes again
  await accept(request.headers['webhook-id'], body);
  return 204;
}

async function accept(id, body) {
  const name = createHash('sha256').update(id).digest('hex');
  const draft = join(folder, `${name}.${randomUUID()}`);
  const file = await open(draft, 'wx');
  try {
    await file.writeFile(Buffer.concat([Buffer.from(`${id}\n`), body]));
    await file.sync();
  } finally {
    await file.close();
  }
  let known = false;
  try {
    await link(draft, join(folder, name)); // of several at once only one succeeds
  } catch (failure) {
    if (failure.code !== 'EEXIST') throw failure;
    known = true;
  } finally {
    await rm(draft);
  }
  const entries = await open(folder);
  await entries.sync();
  await entries.close();
  if (!known) enqueue(name);
}

// One after the other, in the order of their arrival.
function enqueue(name) {
  waiting++;
  working = working.then(() => work(name));
}

async function work(name) {
  if (stopping) return; // its file is there when we start again
  const path = join(folder, name);
  try {
    const content = await readFile(path);
    const end = content.indexOf('\n');
    await handle(content.toString('utf8', 0, end), content.subarray(end + 1));
    await truncate(path);
  } catch (failure) {
    console.error(`comes again: ${failure.message}`);
    setTimeout(() => enqueue(name), AGAIN_MS).unref();
  }
  waiting--;
}

async function takeUp() {
  await mkdir(folder, { recursive: true });
  const left = [];
  for (const name of await readdir(folder)) {
    const { size, mtimeMs } = await stat(join(folder, name));
    if (name.includes('.')) await rm(join(folder, name)); // was never answered
    else if (size > 0) left.push({ name, mtimeMs });
  }
  left.sort((a, b) => a.mtimeMs - b.mtimeMs).forEach(({ name }) => enqueue(name));
}

async function forget() {
  for (const name of await readdir(folder)) {
    const { size, mtimeMs } = await stat(join(folder, name)).catch(() => ({ size: 1 }));
    if (size === 0 && mtimeMs < Date.now() - KEPT_MS && !name.includes('.')) await rm(join(folder, name));
  }
}

const server = createServer({ requestTimeout: 30_000 }, async (request, response) => {
  let status = 500;
  try {
    status = await receive(request);
  } catch (failure) {
    console.error(`not accepted: ${failure.message}`);
  }
  const headers = status === 405 ? { allow: 'POST' } : status === 503 ? { 'retry-after': 60 } : {};
  response.writeHead(status, stopping ? { ...headers, connection: 'close' } : headers).end();
});

function stop() {
  if (stopping) return;
  stopping = true;
  server.close(async () => {
    await working; // what is being handled; what waits has its file
    process.exit(0);
  });
  server.closeIdleConnections();
}

await takeUp();
await forget();
setInterval(() => forget().catch(console.error), 3_600_000).unref();
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
server.listen(Number(port), '127.0.0.1', () =>
  console.error(`receiving on http://127.0.0.1:${server.address().port}`),
);
