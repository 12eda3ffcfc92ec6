// A client of Fanfare's gateway for browsers and Node 18 or later. It delivers each event once and in its order, over
// the best transport that works, and goes on from its cursor after whatever has cut it off: docs/clients.md.

import { Choice } from './fanfare/choice.js';
import { Link } from './fanfare/link.js';
import { Requests, described } from './fanfare/requests.js';
import { TAB, Tabs, canShare } from './fanfare/tabs.js';

export { backoff } from './fanfare/choice.js';
export { eventStream } from './fanfare/transports.js';

const LATE = 90_000; // browsers delay what hidden tabs wait for, by a minute at most
const QUEUE_MAX = 10_000; // events that wait for a `for await` loop
const TYPES = ['open', 'message', 'gap', 'revoked', 'reconnecting', 'error', 'close'];

export class Fanfare extends EventTarget {
  #options;
  #cursor;
  #state = 'connecting';
  #transport;
  #client; // what links and tabs see of this
  #link;
  #tabs;
  #wake;
  #wakesAt = Infinity;
  #listening = new AbortController();

  constructor(url, options) {
    super();
    const { transports: wanted = ['ws', 'sse', 'poll'], cursor, share } = options;
    const socket = options.WebSocket ?? globalThis.WebSocket;
    const base = new URL(url, globalThis.location?.href).href.replace(/\/$/, '');
    this.#options = {
      openTimeoutMs: 6_000,
      fetch: (...request) => globalThis.fetch(...request),
      ...options,
      WebSocket: socket,
      channels: [options.channels].flat(),
      transports: wanted.filter((transport) => transport !== 'ws' || socket),
    };
    const { channels, transports, parameters } = this.#options;
    if (transports.length === 0) {
      throw new TypeError('there is no WebSocket here: pass one as the option WebSocket, or allow sse and poll');
    }
    this.#cursor = cursor;
    const self = this;
    this.#client = {
      base,
      options: this.#options,
      requests: new Requests(base, this.#options),
      choice: new Choice(),
      get cursor() {
        return self.#cursor;
      },
      start: () => this.#start(),
      deliver: (...step) => this.#deliver(...step),
      opened: (...how) => this.#opened(...how),
      paused: ({ transport }) => this.#down({ transport, detail: 'the tab that receives for this one reconnects' }),
      tell: () => this.#tell(),
      isStuck: () => this.#link?.isSilent ?? Date.now() > this.#wakesAt + LATE,
      restart: (detail) => this.#restart(detail),
    };
    // with a token of its own each page might be another user's
    if (canShare() && (share ?? !(options.token || options.getToken))) {
      const name = JSON.stringify(['fanfare', base, [...channels].sort(), transports, parameters, share]);
      const start = cursor ?? options.since ?? options.last;
      this.#tabs = this.#client.tabs = new Tabs(name, this.#client, start !== undefined);
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
    const { choice, requests } = this.#client;
    while (this.#state !== 'closed') {
      let offer;
      let ended;
      try {
        offer = this.#tabs?.follows ? TAB : await choice.next(() => requests.negotiate());
        if (offer !== TAB && this.#tabs?.follows) {
          continue; // another tab has taken over meanwhile
        }
        ended = await this.#connect(offer);
      } catch (failure) {
        ended = described(failure);
      }
      if (this.#state === 'closed') {
        return;
      }
      if (offer === TAB && !ended.clean) {
        this.#tabs.takeOver();
        ended.delay = 0;
      }
      if (ended.fatal || (ended.expired && !this.#options.getToken)) {
        this.#emit('error', { code: ended.code, detail: ended.detail, status: ended.status });
        this.close();
        return;
      }
      if (ended.expired) {
        requests.refuse();
      }
      const delay = choice.after(offer, ended);
      if (ended.ready || offer !== TAB) {
        const { code, detail } = ended;
        const delayMs = delay < Infinity ? Math.round(delay) : undefined;
        this.#down({ transport: offer?.transport, code, detail, delayMs });
      }
      await this.#sleep(delay);
    }
  }

  async #connect(offer) {
    this.#link = new Link(offer, this.#client);
    try {
      return await this.#link.run();
    } finally {
      this.#link = undefined;
    }
  }

  #start() {
    const { since, last } = this.#options;
    const start = this.#cursor !== undefined ? { cursor: this.#cursor } : since !== undefined ? { since } : { last };
    return start.last === undefined && !start.cursor && !start.since ? {} : start;
  }

  #opened(offer, via) {
    this.#client.choice.worked(offer);
    this.#state = 'open';
    this.#transport = offer.transport;
    this.#emit('open', { transport: offer.transport, via, cursor: this.#cursor });
    this.#tell();
  }

  /** Takes one step. */
  #deliver(type, id, detail) {
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

  /** Tells the other tabs how things are. */
  #tell() {
    if (this.#tabs?.leads) {
      const heartbeatMs = this.#link?.offer.heartbeatMs;
      this.#tabs.say({ state: this.#state, cursor: this.#cursor, transport: this.#transport, heartbeatMs });
    }
  }

  /** Ends the connection and makes the next one at once. */
  #restart(detail) {
    this.#link?.end({ clean: true, delay: 0, detail });
    this.#wake?.();
  }

  #down(detail) {
    this.#state = 'connecting';
    this.#emit('reconnecting', detail);
    this.#tell();
  }

  #emit(type, detail) {
    this.dispatchEvent(Object.assign(new Event(type), detail));
  }

  // --- waiting, and what wakes ---

  #sleep(delay) {
    this.#wakesAt = Date.now() + delay;
    return new Promise((resolve) => {
      const timer = delay < Infinity ? setTimeout(resolve, delay) : undefined;
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
      this.#client.choice.forgive();
      this.#link?.probe();
      this.#wake?.();
    });
    on(globalThis.document, 'visibilitychange', () => {
      if (globalThis.document.visibilityState === 'visible') {
        this.#link?.check();
        this.#wake?.();
      }
    });
    // a page that is put aside must not lead the others, and sleeps until it is shown again
    on(globalThis, 'pagehide', () => {
      this.#tabs?.leave();
      this.#link?.end({ clean: true, delay: Infinity, detail: 'the page is hidden' });
    });
    on(globalThis, 'pageshow', ({ persisted }) => {
      if (persisted) {
        this.#tabs?.join();
        this.#restart('the page is shown again');
      }
    });
  }
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
