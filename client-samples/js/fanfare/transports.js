// The transports. Each runs one connection: link.take() gets what comes, and it ends by throwing how it ended.

/** A parser of server-sent events (WHATWG HTML §9.2.6): takes text as it comes, hands each block to `take`. */
export function eventStream(take) {
  let rest = '';
  let block = {};
  return (text) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/); // a CR at the end may be half of a CRLF
    rest = lines.pop();
    for (const line of lines) {
      if (line === '') {
        take(block);
        block = {};
        continue;
      }
      const colon = line.indexOf(':');
      const name = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (name === 'data') {
        block.data = block.data === undefined ? value : block.data + '\n' + value;
      } else if (name === 'event' || (name === 'id' && !value.includes('\0'))) {
        block[name] = value;
      } else if (name === 'retry' && /^\d+$/.test(value)) {
        block.retry = Number(value);
      }
    }
  };
}

export const transports = {
  async ws(link) {
    const url = await link.ticketed();
    await new Promise((_, end) => {
      const socket = new link.options.WebSocket(url.replace(/^http/, 'ws'), ['fanfare.v1.json']);
      const send = (message) => socket.readyState === 1 && socket.send(JSON.stringify(message));
      let delay;
      link.ping = () => send({ type: 'ping', id: 'ping' });
      link.renew = (token) => send({ type: 'token', id: 'token', token });
      link.signal.addEventListener('abort', () => {
        socket.onmessage = socket.onclose = null;
        socket.close();
      });
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(data);
        delay = message.type === 'going-away' ? message.reconnectAfterMs : delay;
        link.take(message);
      };
      socket.onerror = () => {}; // what went wrong is kept from pages; onclose follows
      socket.onclose = ({ code, reason }) =>
        end({
          delay: code === 3000 ? 0 : delay,
          clean: code !== 1006,
          expired: code === 3000,
          fatal: code === 3003 || reason === 'disconnected',
          blocked: [1002, 1007, 1008, 1009].includes(code), // coming back would end in the same way
          code: code === 3003 ? 'token-revoked' : reason === 'disconnected' ? reason : 'closed-' + code,
          detail: reason,
        });
    });
  },

  // fetch and not EventSource, which cannot send a token and keeps heartbeats and refusals to itself
  async sse(link) {
    const answer = await link.fetch(link.url(), { headers: { Accept: 'text/event-stream' } });
    if (!/^text\/event-stream/.test(answer.headers.get('Content-Type'))) {
      throw { detail: 'not a stream: something between here and the gateway has answered' };
    }
    link.renew = async (token) => {
      const headers = { Authorization: 'Bearer ' + token };
      const session = '/v1/sessions/' + link.session + '/token';
      await link.fetch(session, { method: 'POST', headers }).catch(() => link.end({ clean: true, delay: 0 }));
    };
    let delay;
    const feed = eventStream(({ id, event, data, retry }) => {
      delay = retry ?? delay;
      if (data !== undefined) {
        const message = JSON.parse(data);
        link.take(message);
        if (event === 'ready') {
          delay = undefined; // it comes again before an end that is meant; without, the connection was cut
        } else if (event === 'error') {
          const expired = message.code === 'token-expired';
          const fatal = ['token-revoked', 'disconnected'].includes(message.code);
          link.end({ ...message, clean: true, expired, fatal, delay: expired ? 0 : delay });
        }
      } else if (id) {
        link.moved(id);
      }
    });
    const decoder = new TextDecoder();
    for (const reader = answer.body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) {
        throw { clean: delay !== undefined, delay, detail: 'the stream has ended' };
      }
      link.heard();
      feed(decoder.decode(value, { stream: true }));
    }
  },

  async poll(link) {
    // the first answer comes at once: it tells that this works, and the cursor from which on all is delivered
    for (let wait = 0; ; wait = Math.ceil(link.offer.waitMs / 1000)) {
      const answer = await link.fetch(link.url({ wait }));
      const { events, gaps = [], cursor } = await answer.json();
      link.heard();
      gaps.forEach((gap) => link.take({ ...gap, type: 'gap' }));
      events.forEach((event) => link.take(event));
      link.moved(cursor);
      link.opened();
      if (link.isSurpassed()) {
        throw { clean: true, delay: 0, detail: 'a better transport is worth another try' };
      }
    }
  },

  // what another tab of the same origin receives
  async tab(link) {
    await new Promise((_, end) => link.tabs.follow(link, end));
  },
};
