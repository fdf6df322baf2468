package dev.signalbox.router;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Requests that wait for their reply. Thread-safe; bounded by {@link RouterOptions#maxRequests()}. */
final class Requests {

    /** One that waits. */
    static final class Pending {
        private final Message request;
        private final CompletableFuture<Message> reply = new CompletableFuture<>();
        private volatile Deadlines.@Nullable Timer timer;

        private Pending(Message request) {
            this.request = request;
        }

        Address requester() {
            return request.source();
        }

        void complete(Message message) {
            reply.complete(message);
        }

        void fail(RouteError error) {
            reply.completeExceptionally(new RequestException(error));
        }

        CompletableFuture<Message> reply() {
            return reply;
        }

        /** Logic is trusted, and may have passed a request on; a client answers only what was put to it. */
        private boolean mayBeAnsweredBy(Address replier) {
            return replier instanceof Address.Logic || request.targets().contains(replier);
        }

        private void cancelTimer() {
            Deadlines.Timer current = timer;
            if (current != null) {
                current.cancel();
            }
        }
    }

    private final Map<UUID, Pending> pending = new ConcurrentHashMap<>();
    private final AtomicInteger size = new AtomicInteger();
    private final int bound;
    private final Deadlines deadlines;

    Requests(int bound, Deadlines deadlines) {
        this.bound = bound;
        this.deadlines = deadlines;
    }

    /** Begins to wait; if that is impossible, the result has failed already. */
    Pending open(Message request, Instant deadline) {
        Pending opened = new Pending(request);
        if (size.incrementAndGet() > bound) {
            size.decrementAndGet();
            opened.fail(RouteError.of(
                    ErrorCode.OVERLOADED, bound + " requests wait for a reply, the limit; ask again later"));
            return opened;
        }
        if (pending.putIfAbsent(request.id(), opened) != null) {
            size.decrementAndGet();
            opened.fail(RouteError.of(ErrorCode.MALFORMED, "a request with this id is waiting already; use a new id"));
            return opened;
        }
        opened.timer = deadlines.at(deadline, () -> expire(request));
        return opened;
    }

    private void expire(Message request) {
        fail(
                request.id(),
                RouteError.to(
                        request.targets().getFirst(),
                        ErrorCode.TIMEOUT,
                        "no reply came in time; ask again, or allow more time"));
    }

    /** Who waits for a reply to {@code request}; null if nobody does. */
    @Nullable
    Address requester(UUID request) {
        Pending found = pending.get(request);
        return found == null ? null : found.requester();
    }

    /** Ends the wait for {@code request}, if {@code replier} is entitled to; null if nothing waits. */
    @Nullable
    Pending take(UUID request, Address replier) {
        Pending found = pending.get(request);
        return found != null && found.mayBeAnsweredBy(replier) && remove(request, found) ? found : null;
    }

    void fail(UUID request, RouteError error) {
        Pending found = pending.get(request);
        if (found != null && remove(request, found)) {
            found.fail(error);
        }
    }

    private boolean remove(UUID request, Pending found) {
        if (!pending.remove(request, found)) {
            return false;
        }
        size.decrementAndGet();
        found.cancelTimer();
        return true;
    }

    void failAll(RouteError error) {
        List.copyOf(pending.keySet()).forEach(id -> fail(id, error));
    }
}
