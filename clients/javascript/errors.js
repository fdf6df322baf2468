/** What the protocol says to ask again later. */
const TEMPORARY = new Set(['unreachable', 'mailbox-full', 'slow-consumer', 'overloaded', 'timeout', 'closing']);

/** The server's answer to something that it did not do, or the client's where the server's would be the end of the connection. `code` is for programs: see "error" in docs/protocol.md. */
export class SignalboxError extends Error {
  /** @param {string} code @param {string} message @param {string} [target] */
  constructor(code, message, target) {
    super(message);
    this.name = 'SignalboxError';
    this.code = code;
    this.target = target;
  }

  /** Whether the same may be taken later: the server is busy or stops, or what it needs for that cannot be reached now. */
  get isTemporary() {
    return TEMPORARY.has(this.code);
  }
}

/** The connection broke before the answer came: the server may have done what was asked for, or not. */
export class ConnectionLostError extends Error {
  constructor(message = 'the connection broke before the answer came; it is not known whether the server did it') {
    super(message);
    this.name = 'ConnectionLostError';
  }
}

/** No answer came in time, or no connection. */
export class TimeoutError extends Error {
  constructor(message) {
    super(message);
    this.name = 'TimeoutError';
  }
}

/**
 * Thrown by a handler of messages: the message is refused and does not come again. By a handler of requests: this session does not reply. The sender
 * sees up to 80 characters of the reason.
 */
export class Refusal extends Error {
  constructor(reason) {
    super(reason);
    this.name = 'Refusal';
  }
}
