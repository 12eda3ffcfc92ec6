// A client of Fanfare's gateway for browsers and Node 18 or later. It delivers each event once and in its order, over
// the best transport that works, and goes on from its cursor after whatever has cut it off: docs/clients.md.

const WAIT_MIN = 500; // ms
const WAIT_MAX = 20_000;
const BLOCKED = 600_000; // after so long a transport that did not work is tried again
const PROBE = 3_000; // how long a connection may take to answer when the network has changed
const CHAIN = 1_000; // how long a tab waits for what it missed of the others, before it fetches it itself
const WAITING_MAX = 1_000; // events that a tab keeps meanwhile
const QUEUE_MAX = 10_000; // events that wait for a `for await` loop

/** How long to wait after so many failures in a row: "full jitter", so that clients do not come back together. */
export function backoff(failures, random = Math.random) {
  return random() * Math.min(WAIT_MAX, WAIT_MIN * 2 ** Math.min(failures, 10));
}

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

// --- the transports --------------------------------------------------------------------------------------------------
// Each runs one connection: link.take() gets what comes, and it ends by throwing how it ended.

const transports = {
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
    link.ping = () => link.tabs.say({ hello: true });
    await new Promise((_, end) => link.tabs.follow(link, end));
  },
};

/** Tabs of one origin that share a connection: whoever holds the lock leads, and tells the others what comes. */
class Tabs {
  leads = false;
  apart; // fetches by itself what the leader cannot give it: what lies between its own cursor and the leader's
  #name;
  #owner;
  #channel;
  #stop;
  #release;
  #link;
  #waiting = []; // heard, but not the next for this tab

  constructor(name, owner, apart) {
    this.#name = name;
    this.#owner = owner;
    this.apart = apart;
  }

  join() {
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#stop = new AbortController();
    const lead = () => {
      this.leads = true;
      this.apart = false;
      this.#waiting = [];
      this.#link?.end({ clean: true, delay: 0, detail: 'this tab leads now' });
      this.#owner.tell();
      return new Promise((release) => (this.#release = release));
    };
    navigator.locks.request(this.#name, { signal: this.#stop.signal }, lead).catch(() => {});
  }

  leave() {
    this.#stop.abort();
    this.#release?.();
    this.#channel.close();
    this.#waiting = [];
    this.leads = false;
  }

  say(message) {
    this.#channel.postMessage(message);
  }

  follow(link) {
    this.#link = link;
    link.signal.addEventListener('abort', () => (this.#link = clearTimeout(link.chain)));
    this.#catchUp();
    this.say({ hello: true });
  }

  #hear(message) {
    if (message.hello || this.leads) {
      if (message.hello && this.leads) {
        this.#owner.tell();
      }
      return;
    }
    this.#link?.heard();
    if (message.state) {
      this.#meet(message);
      return;
    }
    this.#waiting.push(message);
    this.#waiting.splice(0, this.#waiting.length - WAITING_MAX);
    this.#catchUp();
  }

  #meet({ state, cursor, heartbeatMs, transport }) {
    const link = this.#link;
    if (state !== 'open') {
      link?.paused();
    } else if (link && (this.#owner.cursor ?? cursor) === cursor) {
      link.moved(cursor);
      link.opened({ heartbeatMs, transport });
      link.chain = clearTimeout(link.chain);
    } else if (link) {
      this.#doubt();
    } else if (this.apart && this.#owner.cursor === cursor) {
      this.#meetAgain();
    }
  }

  /** Each message says which cursor it follows, so that none is missed or taken twice, whoever leads. */
  #catchUp() {
    const at = this.#waiting.findIndex(({ prev, id }) => prev === this.#owner.cursor || id === this.#owner.cursor);
    if (at < 0) {
      if (this.#waiting.length > 0) {
        this.#doubt();
      }
    } else if (this.#link) {
      const link = this.#link;
      link.chain = clearTimeout(link.chain);
      for (const { prev, id, type, detail } of this.#waiting.splice(0)) {
        if (prev === this.#owner.cursor && this.#link === link) {
          link.opened();
          this.#owner.deliver(type, id, detail);
        }
      }
    } else if (this.apart) {
      this.#meetAgain();
    }
  }

  #doubt() {
    const link = this.#link;
    if (link) {
      link.chain ??= setTimeout(() => {
        this.apart = true;
        link.end({ clean: true, delay: 0, detail: 'this tab has missed something of the others' });
      }, CHAIN);
    }
  }

  #meetAgain() {
    this.apart = false;
    this.#owner.restart('another tab is where this one is');
  }

  /** While this tab has a connection of its own: whether the leader is where it is now. */
  moved() {
    if (this.apart) {
      this.#catchUp();
    }
  }
}

// --- the client ------------------------------------------------------------------------------------------------------

const TYPES = ['open', 'message', 'gap', 'revoked', 'reconnecting', 'error', 'close'];

export class Fanfare extends EventTarget {
  #base;
  #options;
  #cursor;
  #state = 'connecting';
  #transport;
  #token;
  #link;
  #tabs;
  #wake;
  #blocked = new Map(); // transport → until when it is not tried
  #strikes = new Map();
  #worked = new Set();
  #listening = new AbortController();

  constructor(url, options) {
    super();
    const { transports: wanted = ['ws', 'sse', 'poll'], cursor, share } = options;
    const socket = options.WebSocket ?? globalThis.WebSocket;
    this.#base = new URL(url, globalThis.location?.href).href.replace(/\/$/, '');
    this.#options = {
      openTimeoutMs: 6_000,
      fetch: (...request) => globalThis.fetch(...request),
      ...options,
      WebSocket: socket,
      channels: [options.channels].flat(),
      transports: wanted.filter((transport) => transport !== 'ws' || socket),
    };
    if (this.#options.transports.length === 0) {
      throw new TypeError('there is no WebSocket here: pass one as the option WebSocket, or allow sse and poll');
    }
    this.#cursor = cursor;
    // with a token of its own each page might be another user's
    const shares = share ?? !(options.token || options.getToken);
    if (shares && globalThis.navigator?.locks && globalThis.BroadcastChannel && globalThis.document) {
      const { channels, transports, parameters } = this.#options;
      const name = JSON.stringify(['fanfare', this.#base, [...channels].sort(), transports, parameters, share]);
      const start = cursor ?? options.since ?? options.last;
      this.#tabs = new Tabs(name, this, start !== undefined);
      this.#tabs.join();
    }
    this.#watchPage();
    queueMicrotask(() => this.#run());
  }

  /** The cursor after the last event, from which another Fanfare can go on. */
  get cursor() {
    return this.#cursor;
  }

  /** `connecting`, `open` or `closed`. */
  get state() {
    return this.#state;
  }

  /** `ws`, `sse`, `poll` or `tab`, while it is open. */
  get transport() {
    return this.#state === 'open' ? this.#transport : undefined;
  }

  close() {
    if (this.#state !== 'closed') {
      this.#state = 'closed';
      this.#listening.abort();
      this.#link?.end({});
      this.#wake?.();
      this.#tabs?.leave();
      this.#emit('close', {});
    }
  }

  async *[Symbol.asyncIterator]() {
    const queue = [];
    const stop = new AbortController();
    let failure;
    let wake = () => {};
    const on = (type, take) =>
      this.addEventListener(type, (event) => wake(take(event)), { signal: stop.signal });
    const fail = (detail, code) => (failure ??= Object.assign(new Error(detail), { code }));
    on('message', (event) => {
      if (!failure && queue.push(event) > QUEUE_MAX) {
        fail(`the loop is too slow: more than ${QUEUE_MAX} events wait for it`, 'too-slow');
      }
    });
    on('error', ({ code, detail }) => fail(detail ?? code, code));
    on('close', () => {});
    try {
      for (;;) {
        if (queue.length > 0) {
          yield queue.shift();
        } else if (failure) {
          throw failure;
        } else if (this.#state === 'closed') {
          return;
        } else {
          await new Promise((resolve) => (wake = resolve));
        }
      }
    } finally {
      stop.abort();
    }
  }

  // --- connections, one after the other ---

  async #run() {
    let offers;
    let failures = 0;
    let cuts = 0;
    let suspect; // has not worked: if the gateway answers, it is this transport's fault
    while (this.#state !== 'closed') {
      let offer;
      let ended;
      try {
        if (this.#tabs && !this.#tabs.leads && !this.#tabs.apart) {
          offer = { transport: 'tab', heartbeatMs: 15_000 };
        } else {
          offers ??= await this.#negotiate();
          suspect = suspect && this.#strike(suspect);
          offer = offers.find(({ transport }) => !this.#isBlocked(transport));
        }
        if (!offer) {
          this.#blocked.clear();
          throw { detail: 'the gateway answers, but no transport gets through' };
        }
        ended = await this.#attempt(offer, offers);
      } catch (failure) {
        suspect = undefined;
        ended = described(failure);
      }
      if (this.#state === 'closed') {
        return;
      }
      if (offer?.transport === 'tab' && !ended.clean) {
        this.#tabs.apart = true; // the leader does not answer
        ended.delay = 0;
      }
      if (ended.fatal || (ended.expired && !this.#options.getToken)) {
        this.#emit('error', { code: ended.code, detail: ended.detail, status: ended.status });
        this.close();
        return;
      }
      this.#token = ended.expired ? undefined : this.#token;
      let delay = ended.delay;
      if (ended.ready) {
        failures = 0;
        delay ??= backoff(0);
        // three short lives in a row: something between here and the gateway does not bear it
        cuts = ended.clean || ended.lived > 4 * ended.period ? 0 : cuts + 1;
        if (ended.blocked || cuts === 3) {
          this.#blocked.set(offer.transport, Date.now() + BLOCKED);
          cuts = 0;
        }
      } else if (ended.expired) {
        delay = failures++ > 0 ? backoff(failures) : 0;
      } else if (delay === undefined && offer) {
        suspect = offer.transport;
        offers = undefined;
        delay = 0;
      } else {
        delay ??= backoff(failures++);
      }
      if (ended.ready || offer?.transport !== 'tab') {
        const { code, detail } = ended;
        this.#down({ transport: offer?.transport, code, detail, delayMs: Math.round(delay) });
      }
      await this.#sleep(delay);
    }
  }

  /** One that has worked before may fail once because the gateway came back just then. */
  #strike(transport) {
    const strikes = (this.#strikes.get(transport) ?? 0) + 1;
    this.#strikes.set(transport, strikes);
    if (strikes > (this.#worked.has(transport) ? 1 : 0)) {
      this.#blocked.set(transport, Date.now() + BLOCKED);
    }
  }

  #isBlocked(transport) {
    return this.#blocked.get(transport) > Date.now();
  }

  async #negotiate() {
    const { transports: able, channels, heartbeatMs } = this.#options;
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), 3 * this.#options.openTimeoutMs);
    try {
      const answer = await this.#fetch('/v1/negotiate', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ transports: able, channels, heartbeatMs, format: 'json' }),
        signal: stop.signal,
      });
      const { fallbacks, ...best } = await answer.json();
      return [best, ...fallbacks];
    } finally {
      clearTimeout(late);
    }
  }

  /** Runs one connection; returns how it ended. */
  #attempt(offer, offers = []) {
    return new Promise((resolve) => {
      const stop = new AbortController();
      const better = offers.slice(0, offers.indexOf(offer));
      const started = Date.now();
      let heard = started;
      let period = offer.heartbeatMs ?? offer.waitMs;
      let watch;
      const watching = () => {
        clearTimeout(opening);
        clearInterval(watch);
        watch = setInterval(check, period / 2);
      };
      const check = () => {
        const silence = Date.now() - heard;
        if (silence >= 2 * period) {
          link.end({ detail: `silence for ${silence} ms` });
        } else if (silence >= period) {
          link.ping?.();
        }
      };
      const limit = this.#options.openTimeoutMs * (offer.transport === 'poll' ? 3 : 1);
      const opening = setTimeout(() => link.end({ detail: `nothing came for ${limit} ms` }), limit);
      const link = {
        offer,
        check,
        options: this.#options,
        tabs: this.#tabs,
        signal: stop.signal,
        ready: false,
        heard: () => (heard = Date.now()),
        fetch: (path, request) => this.#fetch(path, { signal: stop.signal, ...request }),
        url: (more = {}) =>
          offer.url + '&' + new URLSearchParams({ ...this.#options.parameters, ...this.#start(), ...more }),
        ticketed: async () => {
          const ticket = (await this.#bearer()) && (await (await link.fetch('/v1/tickets', { method: 'POST' })).json());
          return this.#base + link.url(ticket ? { ticket: ticket.ticket } : {});
        },
        isSurpassed: () => better.some(({ transport }) => !this.#isBlocked(transport)),
        take: (message) => link.heard() && !stop.signal.aborted && this.#take(link, message),
        moved: (cursor) => stop.signal.aborted || this.deliver(undefined, cursor),
        opened: ({ heartbeatMs = period, session, transport = offer.transport } = {}) => {
          if (!link.ready) {
            link.ready = true;
            link.session = session;
            period = heartbeatMs;
            watching();
            this.#worked.add(offer.transport);
            this.#strikes.delete(offer.transport);
            this.#state = 'open';
            this.#transport = offer.transport;
            this.#emit('open', { transport: offer.transport, via: transport, cursor: this.#cursor });
            this.tell();
          }
        },
        paused: () => {
          if (link.ready) {
            link.ready = false;
            this.#down({ transport: offer.transport, detail: 'the tab that receives for this one reconnects' });
          }
          watching();
        },
        probe: () => {
          const asked = Date.now();
          link.ping?.();
          setTimeout(() => heard < asked && link.end({ detail: 'no answer on this network' }), link.ping ? PROBE : 0);
        },
        end: (ended) => {
          if (!stop.signal.aborted) {
            clearTimeout(opening);
            clearInterval(watch);
            stop.abort();
            this.#link = undefined;
            resolve({ ready: link.ready, lived: Date.now() - started, period, ...ended });
          }
        },
      };
      this.#link = link;
      transports[offer.transport](link).catch((failure) => link.end(described(failure)));
    });
  }

  #start() {
    const { since, last } = this.#options;
    const start = this.#cursor !== undefined ? { cursor: this.#cursor } : since !== undefined ? { since } : { last };
    return start.last === undefined && !start.cursor && !start.since ? {} : start;
  }

  #take(link, message) {
    const { type, id, cursor, ...rest } = message;
    switch (type) {
      case undefined:
      case 'event':
        if (rest.data_base64 !== undefined) {
          rest.data = Uint8Array.from(atob(rest.data_base64), (char) => char.charCodeAt(0));
          delete rest.data_base64;
        }
        this.deliver('message', id, rest);
        break;
      case 'ready':
        this.deliver(undefined, cursor);
        link.opened(message);
        break;
      case 'cursor':
        this.deliver(undefined, cursor);
        break;
      case 'gap':
      case 'revoked':
        this.deliver(type, cursor ?? this.#cursor, rest);
        break;
      case 'token-expiring':
        this.deliver(undefined, cursor ?? this.#cursor);
        this.#renew(link);
        break;
      default: // answers, and notices whose sense is in the close that follows
    }
  }

  /** Takes one step; for this file only. */
  deliver(type, id, detail) {
    const prev = this.#cursor;
    this.#cursor = id;
    if (this.#tabs?.leads && (type || id !== prev)) {
      this.#tabs.say({ prev, id, type, detail });
    }
    if (type) {
      this.#emit(type, { ...detail, id });
    }
    if (id !== prev) {
      this.#tabs?.moved();
    }
  }

  /** Tells the other tabs how things are; for this file only. */
  tell() {
    if (this.#tabs?.leads) {
      const heartbeatMs = this.#link?.offer.heartbeatMs;
      this.#tabs.say({ state: this.#state, cursor: this.#cursor, transport: this.#transport, heartbeatMs });
    }
  }

  /** Ends the connection and makes the next one at once; for this file only. */
  restart(detail) {
    this.#link?.end({ clean: true, delay: 0, detail });
    this.#wake?.();
  }

  #down(detail) {
    this.#state = 'connecting';
    this.#emit('reconnecting', detail);
    this.tell();
  }

  #emit(type, detail) {
    this.dispatchEvent(Object.assign(new Event(type), detail));
  }

  // --- tokens and requests ---

  async #bearer() {
    const { token, getToken } = this.#options;
    this.#token ??= getToken ? Promise.resolve(getToken()) : token;
    try {
      return await this.#token;
    } catch (failure) {
      this.#token = undefined;
      throw { detail: 'getToken failed: ' + failure };
    }
  }

  async #renew(link) {
    if (this.#options.getToken) {
      this.#token = undefined;
      const token = await this.#bearer().catch(() => {}); // without, the session ends, and that is seen to then
      if (token && !link.signal.aborted) {
        await link.renew?.(token);
      }
    }
  }

  async #fetch(path, { headers = {}, ...request } = {}) {
    const token = headers.Authorization ? undefined : await this.#bearer();
    const answer = await this.#options.fetch(this.#base + path, {
      cache: 'no-store',
      credentials: this.#options.withCredentials ? 'include' : 'same-origin',
      headers: token ? { Authorization: 'Bearer ' + token, ...headers } : headers,
      ...request,
    });
    if (answer.ok) {
      return answer;
    }
    const isProblem = /^application\/problem\+json/.test(answer.headers.get('Content-Type'));
    const { code, detail } = isProblem ? await answer.json() : {};
    const { status } = answer;
    const after = Number(answer.headers.get('Retry-After') ?? NaN);
    throw {
      code: code ?? 'http-' + status,
      detail,
      status,
      delay: after >= 0 ? after * 1000 + Math.random() * 1000 : undefined,
      expired: status === 401,
      // the gateway itself says that asking again is of no use
      fatal: Boolean(code) && status >= 400 && status < 500 && ![401, 406, 426, 429].includes(status),
    };
  }

  // --- waiting, and what wakes ---

  #sleep(delay) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delay);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #watchPage() {
    const { signal } = this.#listening;
    const on = (target, type, act) => target?.addEventListener?.(type, act, { signal });
    on(globalThis, 'online', () => {
      this.#blocked.clear(); // another network may let through what the last one did not
      this.#link?.probe();
      this.#wake?.();
    });
    on(globalThis.document, 'visibilitychange', () => {
      if (globalThis.document.visibilityState === 'visible') {
        this.#link?.check();
        this.#wake?.();
      }
    });
    // a page that is put aside must not lead the others
    on(globalThis, 'pagehide', () => {
      this.#tabs?.leave();
      this.#link?.end({ clean: true, delay: 0, detail: 'the page is hidden' });
    });
    on(globalThis, 'pageshow', ({ persisted }) => {
      if (persisted) {
        this.#tabs?.join();
        this.restart('the page is shown again');
      }
    });
  }
}

/** What was thrown, as how a connection ended. */
function described(failure) {
  return failure instanceof Error ? { detail: String(failure) } : failure;
}

for (const type of TYPES) {
  const handlers = new WeakMap();
  Object.defineProperty(Fanfare.prototype, 'on' + type, {
    get() {
      return handlers.get(this) ?? null;
    },
    set(handler) {
      this.removeEventListener(type, handlers.get(this));
      handlers.set(this, handler);
      this.addEventListener(type, handler);
    },
  });
}
