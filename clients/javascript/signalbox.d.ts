/** What came from a client, a logic or a topic. */
export interface Message {
  readonly id: string;
  /** An address, such as `client:bob` or `logic:clock`. */
  readonly from: string;
  readonly topic?: string;
  /** Its place in the topic; a volatile message has none. */
  readonly offset?: number;
  /** The topic itself, if `topic` is a pattern. */
  readonly in?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | Uint8Array;
  readonly text: string;
  readonly json: unknown;
}

/** A place in a topic: after the message with this offset, in the life that `epoch` names. */
export interface Place {
  epoch: string;
  offset: number;
}

/** Messages of a topic that this client will not get; without offsets if the topic has begun anew. */
export interface Gap {
  topic: string;
  expected?: number;
  next?: number;
  epoch?: string;
  /** Whether each of them is left out since a newer message with its key follows. */
  conflated: boolean;
}

/** Text, bytes, or whatever JSON can say. */
export type Payload = string | ArrayBuffer | ArrayBufferView | object | number | boolean | null;

export type State = 'connecting' | 'open' | 'waiting' | 'closed';

export interface Options {
  /** A token, or what gives one for each connection. */
  token: string | (() => string | Promise<string>);
  /** Called for each message to this client; one that wants to be acknowledged is, once this has settled. */
  onMessage?: (message: Message) => unknown;
  /** Answers requests with the payload of the reply. Without it, or if it throws, the request is refused; with a `Refusal`, for its reason. */
  onRequest?: (request: Message) => Payload | Promise<Payload>;
  /** Whether to come back to the session after a break; true by default. */
  resume?: boolean;
  /** Milliseconds to wait for an answer or a connection; 10,000 by default. */
  timeout?: number;
  backoff?: { first?: number; most?: number; random?: () => number };
  WebSocket?: typeof globalThis.WebSocket;
}

export interface SignalboxEvents {
  state: CustomEvent<State>;
  message: CustomEvent<Message>;
  /** The server has subscribed this session to a topic. */
  subscribed: CustomEvent<Subscription>;
  /** The server has ended a subscription, or it ended with its session. */
  unsubscribed: CustomEvent<{ topic: string }>;
  /** It is the same session after a break. */
  resumed: CustomEvent<{ session: string }>;
  /** It is another session after a break: what was sent to the old one meanwhile is lost. */
  restarted: CustomEvent<{ session: string }>;
  /** Something failed that no call waits for. */
  problem: CustomEvent<Error>;
  /** There will be no other connection. */
  closed: CustomEvent<{ code: number; reason: string }>;
}

export interface SubscriptionEvents {
  message: CustomEvent<Message>;
  gap: CustomEvent<Gap>;
}

export interface Subscription extends EventTarget {
  readonly topic: string;
  readonly epoch?: string;
  readonly offset?: number;
  /** Whether the server began it, and not this client. */
  readonly chosen: boolean;
  unsubscribe(): Promise<void>;
  addEventListener<K extends keyof SubscriptionEvents>(
    type: K, listener: (event: SubscriptionEvents[K]) => void, options?: boolean | AddEventListenerOptions): void;
}

export interface Signalbox extends EventTarget {
  readonly state: State;
  readonly client?: string;
  readonly session?: string;
  send(to: string | string[], payload: Payload, options?: {
    headers?: Record<string, string>; ack?: boolean; within?: number; timeout?: number;
  }): Promise<{ message?: string; accepted?: number; acked?: boolean }>;
  request(to: string, payload: Payload, options?: {
    headers?: Record<string, string>; within?: number;
  }): Promise<Message>;
  publish(topic: string, payload: Payload, options?: {
    headers?: Record<string, string>; key?: string; timeout?: number;
  }): Promise<Place & { repeated: boolean }>;
  publishVolatile(topic: string, payload: Payload, options?: { headers?: Record<string, string> }): Promise<void>;
  subscribe(topic: string, options?: {
    from?: 'now' | 'oldest' | Place; onMessage?: (message: Message) => void; onGap?: (gap: Gap) => void;
  }): Promise<Subscription>;
  presence(topic: string): Promise<{ clients: string[]; count: number }>;
  close(): void;
  addEventListener<K extends keyof SignalboxEvents>(
    type: K, listener: (event: SignalboxEvents[K]) => void, options?: boolean | AddEventListenerOptions): void;
}

/** Connects, and stays connected until `close`. */
export function connect(url: string | URL, options: Options): Signalbox;

export class SignalboxError extends Error {
  readonly code: string;
  readonly target?: string;
  /** Whether the same may be taken later: the server is busy or stops, or what it needs for that cannot be reached now. */
  readonly isTemporary: boolean;
}
export class ConnectionLostError extends Error {}
export class TimeoutError extends Error {}
/** Thrown by `onMessage`: the message is refused and does not come again. By `onRequest`: this session does not reply. */
export class Refusal extends Error {
  constructor(reason: string);
}
