package dev.signalbox.router;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a listener throws away from the flow of messages. */
final class SafeListener implements RouterListener {
    private static final Logger LOG = LoggerFactory.getLogger(SafeListener.class);

    private final RouterListener listener;

    SafeListener(RouterListener listener) {
        this.listener = listener;
    }

    private static void failed(RuntimeException e) {
        LOG.error("a router listener failed; messages are not affected", e);
    }

    @Override
    public void connected(ClientInfo client) {
        try {
            listener.connected(client);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    @Override
    public void disconnected(ClientInfo client, CloseReason reason) {
        try {
            listener.disconnected(client, reason);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    @Override
    public void received(Message message) {
        try {
            listener.received(message);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    @Override
    public void sent(Message message, int clients) {
        try {
            listener.sent(message, clients);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    @Override
    public void failed(Message message, RouteError error) {
        try {
            listener.failed(message, error);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    @Override
    public void handled(String logic, Message message, Duration took) {
        try {
            listener.handled(logic, message, took);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    @Override
    public void logicFailed(String logic, Throwable failure) {
        LOG.warn("logic {} failed", logic, failure);
        try {
            listener.logicFailed(logic, failure);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    @Override
    public void ackRequested(Message message, int attempt) {
        try {
            listener.ackRequested(message, attempt);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    @Override
    public void ackEnded(Message message, AckResult result) {
        try {
            listener.ackEnded(message, result);
        } catch (RuntimeException e) {
            failed(e);
        }
    }
}
