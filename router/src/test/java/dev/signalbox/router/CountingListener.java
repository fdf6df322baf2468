package dev.signalbox.router;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it is told. */
final class CountingListener implements RouterListener {
    final List<String> events = new CopyOnWriteArrayList<>();
    /** The users of sessions that ended, on any node. */
    final List<String> ended = new CopyOnWriteArrayList<>();

    @Override
    public void connected(SessionInfo session) {
        events.add("connected " + session.user());
    }

    @Override
    public void disconnected(SessionInfo session, CloseReason reason) {
        events.add("disconnected " + session.user() + " " + reason);
    }

    @Override
    public void ended(Address.Session session) {
        ended.add(session.user());
    }

    @Override
    public void received(Message message) {
        events.add("received " + message.payload());
    }

    @Override
    public void sent(Message message, int clients) {
        events.add("sent " + message.payload() + " to " + clients);
    }

    @Override
    public void failed(Message message, RouteError error) {
        events.add("failed " + message.payload() + " " + error.code());
    }

    @Override
    public void refused(UUID message, RouteError error) {
        events.add("refused " + message + " " + error.code());
    }

    @Override
    public void handled(String logic, Message message, Duration took) {
        events.add("handled " + message.payload() + " by " + logic);
    }

    @Override
    public void logicFailed(String logic, Throwable failure) {
        events.add("logicFailed " + logic + " " + failure.getMessage());
    }

    @Override
    public void ackRequested(Message message, int attempt) {
        events.add("ackRequested " + message.payload() + " " + attempt);
    }

    @Override
    public void ackEnded(Message message, AckResult result) {
        events.add("ackEnded " + message.payload() + " " + result.getClass().getSimpleName());
    }
}
