// Against a live gateway with anonymous access: FANFARE_URL=http://localhost:8080 npm test, for which `./fanfare up`
// does. FANFARE_SECRET is the secret with which tokens of the issuer `samples` are signed, if it takes such.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, test } from 'node:test';
import { Fanfare } from '../fanfare.js';

const { FANFARE_URL: url, FANFARE_SECRET: secret } = process.env;
const WebSocket = globalThis.WebSocket ?? (await import('ws').then((ws) => ws.default).catch(() => undefined));
const skip = url ? false : 'no FANFARE_URL';
const transports = ['ws', 'sse', 'poll'].filter((transport) => transport !== 'ws' || WebSocket);

/** A network that can be cut, and that lets no WebSocket through if it is told not to. */
async function network(t, { blocksWebSockets = false } = {}) {
  const sockets = new Set();
  const { hostname, port } = new URL(url);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    socket.once('data', (head) => {
      if (blocksWebSockets && /upgrade: websocket/i.test(head)) {
        socket.destroy();
        return;
      }
      const gateway = connect(port, hostname);
      gateway.on('error', () => {}).on('close', () => socket.destroy());
      socket.on('close', () => gateway.destroy());
      gateway.write(head);
      socket.pipe(gateway).pipe(socket);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  });
  return {
    url: 'http://127.0.0.1:' + server.address().port,
    cut: () => sockets.forEach((socket) => socket.resetAndDestroy?.() ?? socket.destroy()),
  };
}

function token(life, claims = {}) {
  const part = (json) => Buffer.from(JSON.stringify(json)).toString('base64url');
  const exp = Math.ceil(Date.now() / 1000) + life;
  const fanfare = { subscribe: ['**'] };
  const signed = [{ alg: 'HS256' }, { iss: 'samples', aud: 'fanfare', sub: 'u', exp, fanfare, ...claims }];
  const text = signed.map(part).join('.');
  return text + '.' + createHmac('sha256', Buffer.from(secret)).update(text).digest('base64url');
}

/** Publishes numbers to a channel of its own, and knows a client that gets them. */
function subscription(t, at, options) {
  const channel = 'n-' + randomUUID();
  const fanfare = new Fanfare(at, { channels: channel, WebSocket, ...options });
  t.after(() => fanfare.close());
  const got = [];
  const said = [];
  let last = 0;
  let arrived = () => {};
  fanfare.onmessage = ({ data }) => arrived(got.push(data));
  fanfare.onopen = ({ transport }) => said.push('open ' + transport);
  fanfare.onreconnecting = ({ code, detail }) => said.push('reconnecting: ' + (code ?? detail));
  fanfare.onerror = ({ code }) => said.push('error: ' + code);
  return {
    channel,
    fanfare,
    said,
    async publish(count) {
      for (let i = 0; i < count; i++) {
        const body = JSON.stringify(++last);
        const headers = { 'Content-Type': 'application/json' };
        const answer = await fetch(`${url}/v1/events?channel=${channel}`, { method: 'POST', headers, body });
        assert.equal(answer.status, 202);
      }
    },
    async verify() {
      while (got.length < last) {
        await new Promise((resolve) => (arrived = resolve));
      }
      assert.deepEqual(got, Array.from({ length: last }, (_, i) => i + 1), said.join());
    },
  };
}

describe('before a gateway', { concurrency: true }, () => {
  for (const transport of transports) {
    test(`misses nothing over ${transport} when connections are cut`, { skip, timeout: 30_000 }, async (t) => {
      const cable = await network(t);
      const { fanfare, publish, verify } = subscription(t, cable.url, { transports: [transport] });
      assert.equal((await once(fanfare, 'open'))[0].transport, transport);
      for (let round = 0; round < 3; round++) {
        await publish(10);
        cable.cut();
        await publish(10);
        await verify();
      }
    });
  }

  test('goes on over another transport', { skip, timeout: 30_000 }, async (t) => {
    const first = await network(t, { blocksWebSockets: true });
    const { fanfare, publish, verify } = subscription(t, first.url);
    assert.equal((await once(fanfare, 'open'))[0].transport, 'sse');
    await publish(10);
    await verify();
  });

  test('goes on from the cursor of another client', { skip, timeout: 30_000 }, async (t) => {
    const one = subscription(t, url, { transports: ['sse'] });
    await once(one.fanfare, 'open');
    await one.publish(10);
    await one.verify();
    const { cursor } = one.fanfare;
    one.fanfare.close();
    await one.publish(5);
    const got = [];
    const two = new Fanfare(url, { channels: one.channel, cursor, transports: ['poll'] });
    t.after(() => two.close());
    for await (const { data } of two) {
      if (got.push(data) === 5) {
        break;
      }
    }
    assert.deepEqual(got, [11, 12, 13, 14, 15]);
  });

  test('tells in one word why it is refused', { skip, timeout: 30_000 }, async (t) => {
    const { fanfare, said } = subscription(t, url, { channels: 'not a channel' });
    await once(fanfare, 'close');
    assert.deepEqual(said, ['error: invalid-channel']);
    const broken = subscription(t, url, { cursor: 'none', transports: ['sse'] });
    await once(broken.fanfare, 'close');
    assert.deepEqual(broken.said, ['error: invalid-cursor']);
  });

  for (const transport of secret ? transports : []) {
    test(`outlives its token over ${transport}`, { skip, timeout: 30_000 }, async (t) => {
      let given = 0;
      const getToken = () => {
        given++;
        return token(2);
      };
      const { fanfare, said, publish, verify } = subscription(t, url, { transports: [transport], getToken });
      await once(fanfare, 'open');
      while (given < 3) {
        await publish(1);
        await verify();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      // a stream gets its new token in time; a poll is refused, and comes back with one
      assert.deepEqual(said.slice(1), transport === 'poll' ? said.slice(1) : []);
    });
  }

  test('takes no for an answer without a token', { skip: skip || !secret, timeout: 30_000 }, async (t) => {
    const expired = subscription(t, url, { token: token(-60) });
    await once(expired.fanfare, 'close');
    assert.deepEqual(expired.said, ['error: token-expired']);
    const forbidden = subscription(t, url, { token: token(60, { fanfare: { subscribe: ['other'] } }) });
    await once(forbidden.fanfare, 'close');
    assert.deepEqual(forbidden.said, ['error: forbidden']);
  });
});
