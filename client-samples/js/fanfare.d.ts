/** `tab`: through another tab of the same origin, which has the connection. */
export type Transport = 'ws' | 'sse' | 'poll' | 'tab';

export interface FanfareOptions {
  /** Channels and patterns: `orders.42`, `orders.*`, `orders.**`. */
  channels: string | readonly string[];
  /** A token that does not change. */
  token?: string;
  /** Gets a token: at the start, before the last one expires, and when one is refused. */
  getToken?: () => string | undefined | Promise<string | undefined>;
  /** Those that may be used; the gateway says which is tried first. All, if it is left out. */
  transports?: readonly Exclude<Transport, 'tab'>[];
  /** Go on after this cursor. */
  cursor?: string;
  /** Begin with what was published since then: `2026-11-21T10:00:00Z`, `90s`, `10m`, `2h`, `1d`. */
  since?: string;
  /** Begin with the last so many events, at most 1000. */
  last?: number;
  /** Further parameters: `{ policy: 'sample', interval: '2s' }`; docs/protocol.md has them. */
  parameters?: Record<string, string>;
  /** The interval of heartbeats to ask for; after twice as long a silence the connection is given up. */
  heartbeatMs?: number;
  /** How long a connection may take to be ready before the next transport is tried; 6,000 if it is left out. */
  openTimeoutMs?: number;
  /**
   * Whether tabs of this origin with the same URL, channels and transports share one connection. On if it is left out
   * and there is no token. With tokens, name who the token is of: `share: userId`.
   */
  share?: boolean | string;
  /** Send cookies to another origin. */
  withCredentials?: boolean;
  /** A WebSocket for where there is none, such as the one of the package `ws` for Node before 22. */
  WebSocket?: unknown;
  /** Another `fetch`. */
  fetch?: typeof globalThis.fetch;
}

/** One event, as the gateway's `format=json` has it. */
export interface FanfareMessage extends Event {
  readonly type: 'message';
  /** The cursor after it. */
  readonly id: string;
  readonly channel: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly key?: string;
  /** RFC 3339. */
  readonly time: string;
  /** Parsed if it is JSON, a string if it is other text, else bytes; null if there is none. */
  readonly data: any;
  /** True if the record has no value: its key was deleted. */
  readonly deleted?: true;
}

/** Events that will not come; `from` up to, and without, `to`. */
export interface FanfareGap extends Event {
  readonly type: 'gap';
  readonly id: string;
  readonly reason:
    | 'retention'
    | 'truncated'
    | 'topic-recreated'
    | 'topic-deleted'
    | 'too-large'
    | 'corrupt'
    | 'replay-limit'
    | 'slow';
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly approximate?: true;
}

/** Connected, for the first time or again. */
export interface FanfareOpen extends Event {
  readonly type: 'open';
  readonly transport: Transport;
  /** The transport of the tab that has the connection; else the same as `transport`. */
  readonly via: Transport;
  readonly cursor: string;
}

/** Not connected: it tries again, after `delayMs` if that is known. */
export interface FanfareReconnecting extends Event {
  readonly type: 'reconnecting';
  readonly transport?: Transport;
  readonly code?: string;
  readonly detail?: string;
  readonly delayMs?: number;
}

/** These subscriptions have ended: a new token does not allow them. */
export interface FanfareRevoked extends Event {
  readonly type: 'revoked';
  readonly channels: readonly string[];
}

/** The gateway has refused for good; `close` follows. Codes: docs/protocol.md, errors. */
export interface FanfareError extends Event {
  readonly type: 'error';
  readonly code: string;
  readonly detail?: string;
  readonly status?: number;
}

export interface FanfareEvents {
  open: FanfareOpen;
  message: FanfareMessage;
  gap: FanfareGap;
  revoked: FanfareRevoked;
  reconnecting: FanfareReconnecting;
  error: FanfareError;
  close: Event;
}

type Handler<K extends keyof FanfareEvents> = ((event: FanfareEvents[K]) => void) | null;

/**
 * A subscription that stays: each event once and in its order, over the best transport that works. It connects by
 * itself after the present code has run, so that handlers can be set first.
 */
export class Fanfare extends EventTarget implements AsyncIterable<FanfareMessage> {
  constructor(url: string, options: FanfareOptions);

  /** The cursor after the last event, from which another Fanfare can go on. */
  readonly cursor: string | undefined;
  readonly state: 'connecting' | 'open' | 'closed';
  readonly transport: Transport | undefined;

  onopen: Handler<'open'>;
  onmessage: Handler<'message'>;
  ongap: Handler<'gap'>;
  onrevoked: Handler<'revoked'>;
  onreconnecting: Handler<'reconnecting'>;
  onerror: Handler<'error'>;
  onclose: Handler<'close'>;

  addEventListener<K extends keyof FanfareEvents>(
    type: K,
    listener: (event: FanfareEvents[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;

  /**
   * The events from now on. Ends with `close`; throws what `error` tells, and if more than 10,000 events wait for the
   * loop: then go on from the last event's `id`.
   */
  [Symbol.asyncIterator](): AsyncIterator<FanfareMessage>;

  /** Ends it for good. */
  close(): void;
}

/** How long to wait after so many failures in a row, in ms. */
export function backoff(failures: number, random?: () => number): number;

/** A parser of server-sent events: takes text as it comes, hands each block to `take`. */
export function eventStream(
  take: (block: { id?: string; event?: string; data?: string; retry?: number }) => void,
): (text: string) => void;
