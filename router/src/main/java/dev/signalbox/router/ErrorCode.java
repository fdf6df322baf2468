package dev.signalbox.router;

import java.util.Locale;

/** Why a message did not get where it should. The names are part of the protocol and do not change. */
public enum ErrorCode {
    /** No logic of that name is registered. */
    UNKNOWN_LOGIC,
    /** No client with that id is connected. */
    UNKNOWN_CLIENT,
    /** No request with that id waits for this reply: it was answered, it expired, or it was put to somebody else. */
    UNKNOWN_REQUEST,
    /** The logic has as much waiting as it may have. */
    MAILBOX_FULL,
    /** The sender may not do this; see {@link Authorizer}. */
    FORBIDDEN,
    /** Middleware, or the receiving client, refused it. */
    REJECTED,
    /** The payload, the headers or the list of targets is over the limit. */
    TOO_LARGE,
    /** The logic runs beside the flow and takes no messages. */
    PASSIVE_LOGIC,
    /** The client does not read what was already sent to it, and cannot take more. */
    SLOW_CONSUMER,
    /** The receiver is, or may be, on another node of the cluster, which cannot be reached now. */
    UNREACHABLE,
    /** The node has as much pending as it may have. */
    OVERLOADED,
    /** The logic threw an exception instead of replying. */
    LOGIC_FAILED,
    /** No reply, or no acknowledgement, before the deadline. */
    TIMEOUT,
    /** What was asked for makes no sense: the message says why. */
    MALFORMED,
    /** The router stops; connect again and repeat. */
    CLOSING;

    /** As it stands in the protocol, for example {@code unknown-logic}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
