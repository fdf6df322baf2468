package dev.signalbox.router;

/** Why a connection ended. Endpoints translate it into what their protocol knows. */
public enum CloseReason {
    /** The client left, or its network did. */
    GONE,
    /** The server wants it gone. */
    REMOVED,
    /** The user opened one session more than they may have, and this was the oldest. */
    REPLACED,
    /** The client came back to the session over another connection. */
    RESUMED,
    /** The user has as many sessions as they may have, and the newcomer has to go. */
    TOO_MANY_SESSIONS,
    /** It did not read what was sent to it. */
    SLOW_CONSUMER,
    /** Nothing was heard from it for too long. */
    IDLE,
    /** It sent more messages a second than it may. */
    TOO_FAST,
    /** A message of its took too long to come in. */
    TOO_SLOW,
    /** It sent more in one message than it may. */
    TOO_LARGE,
    /** It did not keep to the protocol. */
    MALFORMED,
    /** Its token has run out: with a new one, the client may come back to its session. */
    EXPIRED,
    /** Its token is missing or not accepted. */
    UNAUTHENTICATED,
    /** It did not authenticate in time. */
    AUTHENTICATION_TIMEOUT,
    /** The node stops; the client should connect again. */
    RESTARTING,
    /** A fault on our side. */
    FAILED
}
