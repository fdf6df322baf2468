package dev.signalbox.router;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Messages that wait for their client to acknowledge them. Thread-safe; bounded by its options. */
final class Acknowledgements {
    private final RouterOptions.Acknowledgements bounds;
    private final Clients clients;
    private final Deadlines deadlines;
    private final RouterListener listener;
    private final Map<UUID, Inbox.Waiting> byId = new ConcurrentHashMap<>();
    private final Map<String, Inbox> inboxes = new ConcurrentHashMap<>();
    private final Semaphore room;
    private final AtomicLong bytes = new AtomicLong();

    Acknowledgements(
            RouterOptions.Acknowledgements bounds, Clients clients, Deadlines deadlines, RouterListener listener) {
        this.bounds = bounds;
        this.clients = clients;
        this.deadlines = deadlines;
        this.listener = listener;
        this.room = new Semaphore(bounds.total());
    }

    /** Sends until acknowledged, or joins the message with the same id that waits already. */
    CompletableFuture<AckResult> send(Message message, Address.Client client, Instant until) {
        Inbox.Waiting fresh = new Inbox.Waiting(message.withIntent(new Intent.Confirm(until)), client);
        Inbox.Waiting existing = byId.putIfAbsent(message.id(), fresh);
        if (existing != null) {
            return join(existing, client);
        }
        if (!reserve(fresh)) {
            byId.remove(message.id(), fresh);
            end(fresh, overloaded("this node"));
            return fresh.result;
        }
        fresh.timer = deadlines.at(until, () -> finish(fresh, () -> new AckResult.Expired(fresh.sent())));
        if (!addToInbox(fresh)) {
            finish(fresh, () -> overloaded(client.toString()));
            return fresh.result;
        }
        pump(client.id());
        if (byId.get(message.id()) != fresh) {
            // It expired between the timer and the inbox, and so was not there to be removed.
            forget(fresh);
        }
        return fresh.result;
    }

    private static CompletableFuture<AckResult> join(Inbox.Waiting existing, Address.Client client) {
        return existing.client.equals(client)
                ? existing.result
                : CompletableFuture.completedFuture(new AckResult.Rejected(RouteError.to(
                        client, ErrorCode.MALFORMED, "a message with this id waits for another client; use a new id")));
    }

    private static AckResult overloaded(String who) {
        return new AckResult.Rejected(RouteError.of(
                ErrorCode.OVERLOADED, who + " has reached its limit of unacknowledged messages; send again later"));
    }

    private boolean reserve(Inbox.Waiting waiting) {
        if (!room.tryAcquire()) {
            return false;
        }
        if (bytes.addAndGet(waiting.size()) > bounds.bytesTotal()) {
            release(waiting);
            return false;
        }
        return true;
    }

    private void release(Inbox.Waiting waiting) {
        bytes.addAndGet(-waiting.size());
        room.release();
    }

    private boolean addToInbox(Inbox.Waiting waiting) {
        while (true) {
            Inbox inbox = inboxOf(waiting.client);
            switch (inbox.add(waiting)) {
                case YES -> {
                    return true;
                }
                case FULL -> {
                    return false;
                }
                case RETIRED -> inboxes.remove(waiting.client.id(), inbox);
            }
        }
    }

    private Inbox inboxOf(Address.Client client) {
        return inboxes.computeIfAbsent(client.id(), id -> new Inbox(id, clients, bounds, listener));
    }

    /** The client's answer; false if nothing waits for it. */
    boolean answer(Address.Client client, UUID message, AckResult result) {
        Inbox.Waiting waiting = byId.get(message);
        if (waiting == null || !waiting.client.equals(client)) {
            return false;
        }
        finish(waiting, () -> result);
        return true;
    }

    /** Sends what waits for a client, if it is connected. */
    void pump(String client) {
        Inbox inbox = inboxes.get(client);
        if (inbox != null) {
            inbox.pump();
        }
    }

    /** The result is asked for, and told, only once the message is out of its inbox and can be sent no more. */
    private void finish(Inbox.Waiting waiting, Supplier<AckResult> result) {
        if (byId.remove(waiting.message.id(), waiting)) {
            Deadlines.Timer timer = waiting.timer;
            if (timer != null) {
                timer.cancel();
            }
            release(waiting);
            forget(waiting);
            end(waiting, result.get());
        }
    }

    private void end(Inbox.Waiting waiting, AckResult result) {
        waiting.result.complete(result);
        listener.ackEnded(waiting.message, result);
    }

    private void forget(Inbox.Waiting waiting) {
        Inbox inbox = inboxes.get(waiting.client.id());
        if (inbox == null) {
            return;
        }
        if (inbox.remove(waiting)) {
            inboxes.remove(waiting.client.id(), inbox);
        } else {
            inbox.pump();
        }
    }

    void closeAll() {
        for (Inbox.Waiting waiting : List.copyOf(byId.values())) {
            finish(waiting, () -> new AckResult.Closed(waiting.sent()));
        }
    }
}
