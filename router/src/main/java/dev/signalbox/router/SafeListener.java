package dev.signalbox.router;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a listener throws away from the flow of messages. */
final class SafeListener implements RouterListener {
    private static final Logger LOG = LoggerFactory.getLogger(SafeListener.class);

    private final RouterListener listener;
    private volatile @Nullable ClusterMember cluster;

    SafeListener(RouterListener listener) {
        this.listener = listener;
    }

    /** From now on other nodes are told of sessions, too. */
    void announces(ClusterMember member) {
        cluster = member;
    }

    private static void failed(Throwable e) {
        LOG.error("a router listener failed; messages are not affected", e);
    }

    @Override
    public void connected(SessionInfo session) {
        ClusterMember others = cluster;
        if (others != null) {
            others.joined(session);
        }
        try {
            listener.connected(session);
        } catch (Throwable e) {
            failed(e);
        }
    }

    @Override
    public void disconnected(SessionInfo session, CloseReason reason) {
        ClusterMember others = cluster;
        boolean moves = others != null && reason == CloseReason.RESUMED;
        if (others != null) {
            others.left(session.address(), moves);
        }
        try {
            listener.disconnected(session, reason);
        } catch (Throwable e) {
            failed(e);
        }
        if (!moves) {
            ended(session.address());
        }
    }

    @Override
    public void ended(Address.Session session) {
        try {
            listener.ended(session);
        } catch (Throwable e) {
            failed(e);
        }
    }

    @Override
    public void received(Message message) {
        try {
            listener.received(message);
        } catch (Throwable e) {
            failed(e);
        }
    }

    @Override
    public void sent(Message message, int clients) {
        try {
            listener.sent(message, clients);
        } catch (Throwable e) {
            failed(e);
        }
    }

    @Override
    public void failed(Message message, RouteError error) {
        try {
            listener.failed(message, error);
        } catch (Throwable e) {
            failed(e);
        }
    }

    @Override
    public void refused(UUID message, RouteError error) {
        try {
            listener.refused(message, error);
        } catch (Throwable e) {
            failed(e);
        }
    }

    @Override
    public void handled(String logic, Message message, Duration took) {
        try {
            listener.handled(logic, message, took);
        } catch (Throwable e) {
            failed(e);
        }
    }

    @Override
    public void logicFailed(String logic, Throwable failure) {
        LOG.warn("logic {} failed", logic, failure);
        try {
            listener.logicFailed(logic, failure);
        } catch (Throwable e) {
            failed(e);
        }
    }

    @Override
    public void ackRequested(Message message, int attempt) {
        try {
            listener.ackRequested(message, attempt);
        } catch (Throwable e) {
            failed(e);
        }
    }

    @Override
    public void ackEnded(Message message, AckResult result) {
        try {
            listener.ackEnded(message, result);
        } catch (Throwable e) {
            failed(e);
        }
    }
}
