// The parts that need no gateway, and what a gateway says too rarely to wait for it: from a small server.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { test } from 'node:test';
import { Fanfare, backoff, eventStream } from '../fanfare.js';

test('waits longer after each failure, at random, and never longer than 20 s', () => {
  const most = (failures) => backoff(failures, () => 1);
  assert.deepEqual([0, 1, 2, 5, 6, 1000].map(most), [500, 1000, 2000, 16000, 20000, 20000]);
  assert.equal(backoff(3, () => 0), 0);
});

const STREAM = [
  'retry: 2000\n\n',
  'id: a\nevent: ready\ndata: {"n":1}\n\n',
  ': comment\n',
  'id: b\n\n',
  'data: first\r\ndata:second\rdata:  third\r\n\r\n',
  'data\n\nid: with\0null\nretry: 1s\nunknown: x\ndata: x\n\n',
  'data: cut off at the end',
].join('');
const BLOCKS = [
  { retry: 2000 },
  { id: 'a', event: 'ready', data: '{"n":1}' },
  { id: 'b' },
  { data: 'first\nsecond\n third' },
  { data: '' },
  { data: 'x' },
];

test('reads a stream alike wherever it is cut', () => {
  for (let size = 1; size <= STREAM.length; size++) {
    const blocks = [];
    const feed = eventStream((block) => blocks.push(block));
    for (let at = 0; at < STREAM.length; at += size) {
      feed(STREAM.slice(at, at + size));
    }
    assert.deepEqual(blocks, BLOCKS, `in pieces of ${size}`);
  }
});

test('refuses to begin where nothing can work', () => {
  const options = { channels: 'a', transports: ['ws'], WebSocket: undefined };
  if (!globalThis.WebSocket) {
    assert.throws(() => new Fanfare('http://127.0.0.1:1', options), /WebSocket/);
  }
  assert.throws(() => new Fanfare('not a url', { channels: 'a' }), TypeError);
});

const NEGOTIATED = {
  transport: 'sse',
  url: '/v1/events?transport=sse',
  heartbeatMs: 1000,
  fallbacks: [{ transport: 'poll', url: '/v1/events?transport=poll', waitMs: 1000 }],
};
const READY = 'id: c1\nevent: ready\ndata: {"type":"ready","cursor":"c1","session":"s","heartbeatMs":1000}\n\n';

/** Answers negotiations, and all else by `serve`; the client's events are in `events`. */
async function stage(t, serve, options = {}) {
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    const url = new URL(request.url, 'http://x');
    if ((await serve(request, response, url)) === undefined && url.pathname === '/v1/negotiate') {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(NEGOTIATED));
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = 'http://127.0.0.1:' + server.address().port;
  const fanfare = new Fanfare(url, { channels: 'a', transports: ['sse', 'poll'], openTimeoutMs: 300, ...options });
  t.after(() => {
    fanfare.close();
    server.closeAllConnections?.();
    server.close();
  });
  return fanfare;
}

function refuse(response, status, code, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/problem+json', ...headers });
  response.end(JSON.stringify({ code, detail: 'because' }));
  return true;
}

const next = async (fanfare, type) => (await once(fanfare, type))[0];

test('waits as long as Retry-After says', async (t) => {
  let refused = 0;
  const fanfare = await stage(t, (request, response) => {
    if (++refused === 1) {
      return refuse(response, 503, 'not-ready', { 'Retry-After': '1' });
    }
  });
  const { code, delayMs } = await next(fanfare, 'reconnecting');
  assert.equal(code, 'not-ready');
  assert.ok(delayMs >= 1000 && delayMs <= 2000, `${delayMs} ms`);
});

test('comes back over the same transport after a stream that said when and ended', async (t) => {
  const cursors = [];
  const serve = (request, response, url) => {
    if (url.pathname === '/v1/events') {
      assert.equal(url.searchParams.get('priority'), 'low');
      cursors.push(url.searchParams.get('cursor'));
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.end(cursors.length === 1 ? 'retry: 20\n\n' : 'retry: 9999\n\n' + READY + 'id: c2\n\nretry: 5\n\n');
      return true;
    }
  };
  const fanfare = await stage(t, serve, { parameters: { priority: 'low' } });
  assert.equal((await next(fanfare, 'reconnecting')).delayMs, 20);
  assert.equal((await next(fanfare, 'open')).transport, 'sse');
  assert.equal((await next(fanfare, 'reconnecting')).delayMs, 5);
  assert.equal((await next(fanfare, 'open')).transport, 'sse');
  assert.deepEqual(cursors, [null, null, 'c2']);
});

test('takes the next transport where a stream does not get through', async (t) => {
  const fanfare = await stage(t, (request, response, url) => {
    if (url.searchParams.get('transport') === 'sse') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders(); // and then nothing
      return true;
    }
    if (url.searchParams.get('transport') === 'poll') {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const answer = JSON.stringify({ events: [{ id: 'c2', channel: 'a', data: 7 }], cursor: 'c2' });
      setTimeout(() => response.end(answer), url.searchParams.get('cursor') ? 500 : 0);
      return true;
    }
  });
  const message = next(fanfare, 'message');
  assert.match((await next(fanfare, 'reconnecting')).detail, /nothing came/);
  assert.equal((await next(fanfare, 'open')).transport, 'poll');
  assert.equal((await message).data, 7);
});

test('takes another transport after three short lives', async (t) => {
  const fanfare = await stage(t, (request, response, url) => {
    if (url.searchParams.get('transport') === 'sse') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('retry: 5\n\n' + READY, () => response.destroy());
      return true;
    }
    if (url.searchParams.get('transport') === 'poll') {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"events":[],"cursor":"c1"}');
      return true;
    }
  });
  const opened = [];
  for (let i = 0; i < 4; i++) {
    opened.push((await next(fanfare, 'open')).transport);
  }
  assert.deepEqual(opened, ['sse', 'sse', 'sse', 'poll']);
});

test('does not blame a transport for a gateway that is away', async (t) => {
  let away = false;
  const fanfare = await stage(t, (request, response, url) => {
    if (away) {
      request.socket.destroy();
      return true;
    }
    if (url.pathname === '/v1/events') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('retry: 5\n\n' + READY, () => setTimeout(() => (away = true) && response.destroy(), 50));
      return true;
    }
  });
  await next(fanfare, 'open');
  for (let i = 0; i < 3; i++) {
    await next(fanfare, 'reconnecting');
  }
  away = false;
  assert.equal((await next(fanfare, 'open')).transport, 'sse');
});

test('gets another token when one is refused, and gives up without one', async (t) => {
  const tokens = [];
  const serve = (request, response, url) => {
    tokens.push(request.headers.authorization);
    if (request.headers.authorization !== 'Bearer second') {
      return refuse(response, 401, 'invalid-token');
    }
    if (url.pathname === '/v1/events') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('retry: 5\n\n' + READY);
      return true;
    }
  };
  const supply = ['first', 'second'];
  const fanfare = await stage(t, serve, { getToken: async () => supply.shift() });
  await next(fanfare, 'open');
  assert.deepEqual(tokens, ['Bearer first', 'Bearer second', 'Bearer second']);

  const fixed = await stage(t, serve, { token: 'first' });
  const closed = next(fixed, 'close');
  const { code, detail, status } = await next(fixed, 'error');
  assert.deepEqual([code, detail, status], ['invalid-token', 'because', 401]);
  await closed;
  assert.equal(fixed.state, 'closed');
});

test('comes back with a new token when a stream ends for the old one', async (t) => {
  let given = 0;
  const fanfare = await stage(
    t,
    (request, response, url) => {
      if (url.pathname === '/v1/events') {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('retry: 5000\n\n' + READY);
        if (request.headers.authorization === 'Bearer t1') {
          const error = { type: 'error', cursor: 'c1', code: 'token-expired', detail: 'x' };
          response.end(`id: c1\nevent: error\ndata: ${JSON.stringify(error)}\n\nretry: 5000\n\n`);
        }
        return true;
      }
    },
    { getToken: () => 't' + ++given },
  );
  const { code, delayMs } = await next(fanfare, 'reconnecting');
  assert.deepEqual([code, delayMs], ['token-expired', 0]);
  await next(fanfare, 'open');
  assert.equal(given, 2);
});

test('a loop ends with the client, and throws what the gateway refuses for good', async (t) => {
  const refused = await stage(t, (request, response) => refuse(response, 403, 'forbidden'));
  await assert.rejects(async () => {
    for await (const _ of refused);
  }, /because/);
  const closed = await stage(t, () => undefined);
  setTimeout(() => closed.close(), 50);
  for await (const _ of closed);
});
