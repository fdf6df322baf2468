package dev.signalbox.router;

import org.jspecify.annotations.Nullable;

/** Decides what is let in: by limits, by middleware, by permissions, and by whether the node takes anything. Thread-safe. */
final class Entrance {
    private final Limits limits;
    private final MiddlewareChain receiving;
    private final RouterListener listener;
    private volatile Authorizer authorizer = Authorizer.WITHOUT_TOPICS;
    private volatile boolean draining;
    private volatile boolean closed;

    Entrance(Limits limits, RouterListener listener) {
        this.limits = limits;
        this.receiving = new MiddlewareChain(listener);
        this.listener = listener;
    }

    MiddlewareChain receiving() {
        return receiving;
    }

    void authorize(Authorizer changed) {
        authorizer = changed;
    }

    /** Whether new clients, and what clients send, are refused for now. */
    boolean isDraining() {
        return draining;
    }

    void drain(boolean changed) {
        draining = changed;
    }

    boolean isClosed() {
        return closed;
    }

    /** For good, also for the server's own code. */
    void close() {
        closed = true;
    }

    /** A message at the entrance, and what stops it there, if anything does. */
    record Entrant(Message message, @Nullable RouteError error) {
        /** The same with an error that it has otherwise not. */
        Entrant check(@Nullable RouteError another) {
            return error == null && another != null ? new Entrant(message, another) : this;
        }
    }

    /** Why a message of the server's own code is not let in; null if it is. */
    @Nullable
    RouteError refusal(Message message) {
        return closed ? RouteError.closing() : limits.check(message);
    }

    Entrant fromServer(Message message) {
        return new Entrant(message, refusal(message));
    }

    Entrant fromClient(Message message, LiveSession session) {
        listener.received(message);
        // While draining, replies are still wanted: they are what somebody inside waits for.
        boolean unwanted = draining && !(message.intent() instanceof Intent.Reply);
        RouteError error = unwanted ? RouteError.closing() : limits.check(message);
        if (error != null) {
            return new Entrant(message, error);
        }
        return switch (receiving.apply(message)) {
            case Decision.Accept(Message seen) -> new Entrant(seen, forbidden(seen, session));
            case Decision.Reject(String reason) -> new Entrant(message, RouteError.rejected(reason));
        };
    }

    /** The first target that the user may not send to. Replies go to the asker, and need no permission. */
    private @Nullable RouteError forbidden(Message message, LiveSession session) {
        if (message.intent() instanceof Intent.Reply) {
            return null;
        }
        for (Address target : message.targets()) {
            RouteError error = forbidden(session, operation(target), target);
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    private static Authorizer.Operation operation(Address target) {
        return target instanceof Address.Topic ? Authorizer.Operation.PUBLISH : Authorizer.Operation.SEND;
    }

    private @Nullable RouteError forbidden(LiveSession session, Authorizer.Operation operation, Address address) {
        String subject = address instanceof Address.Topic topic ? TopicPresence.subject(topic.name()) : null;
        if (subject != null) {
            return forbiddenPresence(session, operation, address, subject);
        }
        try {
            return authorizer.allows(session.principal(), operation, address)
                    ? null
                    : RouteError.forbidden(operation, address);
        } catch (Throwable e) {
            listener.logicFailed("authorizer", e);
            return RouteError.forbidden(operation, address);
        }
    }

    /** What tells of the presence in a topic is for those who may subscribe to that, and nobody publishes to it. */
    private @Nullable RouteError forbiddenPresence(
            LiveSession session, Authorizer.Operation operation, Address address, String subject) {
        if (operation != Authorizer.Operation.SUBSCRIBE
                || subject.isEmpty()
                || TopicPresence.subject(subject) != null) {
            return RouteError.forbidden(operation, address);
        }
        return forbidden(session, operation, Address.topic(subject));
    }

    boolean mayPublish(LiveSession session, Address.Topic topic) {
        return forbidden(session, Authorizer.Operation.PUBLISH, topic) == null;
    }

    /** Why a session may not subscribe to a topic; null if it may. */
    @Nullable
    RouteError mayNotSubscribe(LiveSession session, Address.Topic topic) {
        return draining ? RouteError.closing() : forbidden(session, Authorizer.Operation.SUBSCRIBE, topic);
    }
}
