package dev.signalbox.router;

import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection that keeps what it is offered, as long as it has room. */
class FakeConnection implements Connection {
    final Queue<Message> offered = new ConcurrentLinkedQueue<>();
    final Queue<RouteError> refused = new ConcurrentLinkedQueue<>();
    final AtomicReference<@Nullable CloseReason> closed = new AtomicReference<>();
    Consumer<Message> onOffer = message -> {};
    /** What the endpoint does once it is to close the connection, the first time. */
    volatile Consumer<CloseReason> onClose = reason -> {};

    volatile int room;

    FakeConnection() {
        this(Integer.MAX_VALUE);
    }

    FakeConnection(int room) {
        this.room = room;
    }

    @Override
    public boolean offer(Message message) {
        boolean taken = closed.get() == null && offered.size() < room && offered.add(message);
        if (taken) {
            onOffer.accept(message);
        }
        return taken;
    }

    @Override
    public void refused(UUID message, RouteError error) {
        refused.add(error);
    }

    @Override
    public void close(CloseReason reason) {
        if (closed.compareAndSet(null, reason)) {
            onClose.accept(reason);
        }
    }

    @Override
    public String remoteAddress() {
        return "test";
    }
}
