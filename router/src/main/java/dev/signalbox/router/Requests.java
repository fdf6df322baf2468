package dev.signalbox.router;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Requests that wait for their reply. Thread-safe; bounded by {@link RouterOptions#maxRequests()}. */
final class Requests {
    /** What a request counts for while it waits: the message itself is not kept. */
    private static final int BYTES = 512;

    /** One that waits. */
    final class Pending implements Attachment.Wait {
        private final UUID id;
        private final Address requester;
        private final Address target;
        private final @Nullable Attachment sender;
        private final CompletableFuture<Message> reply = new CompletableFuture<>();
        private volatile Deadlines.@Nullable Timer timer;
        /** The sessions on this node that it was put to; null as long as that is under way. */
        private volatile @Nullable List<LiveSession> asked;
        /** Of these, who will not answer. */
        private volatile List<LiveSession> refusing = List.of();
        /** What the last one of them said. */
        private volatile @Nullable RouteError refusal;

        private Pending(Message request, @Nullable Attachment sender) {
            this.id = request.id();
            this.requester = request.replyTo();
            this.target = request.targets().getFirst();
            this.sender = sender;
        }

        Address requester() {
            return requester;
        }

        void complete(Message message) {
            reply.complete(message);
        }

        /** A client's wait is told at once, whatever the server's own code may be busy with. */
        void fail(RouteError error) {
            if (sender != null) {
                reply.completeExceptionally(new RequestException(error));
            } else {
                deadlines.elsewhere(() -> reply.completeExceptionally(new RequestException(error)));
            }
        }

        CompletableFuture<Message> reply() {
            return reply;
        }

        @Override
        public int bytes() {
            return BYTES;
        }

        @Override
        public void abandon() {
            Requests.this.fail(
                    id, RouteError.of(ErrorCode.CLOSING, "the session that asked ended before there was a reply"));
        }

        private synchronized void refuse(LiveSession session, RouteError error) {
            refusal = error;
            if (!refusing.contains(session)) {
                refusing = Stream.concat(refusing.stream(), Stream.of(session)).toList();
            }
        }

        private boolean isPutTo(LiveSession session) {
            return target.equals(session.user().address()) || target.equals(session.address());
        }

        /** Whether a session on this node is left that was asked and has not said that it will not answer. */
        private boolean mayBeAnsweredHere() {
            List<LiveSession> all = asked;
            if (all == null) {
                return true;
            }
            List<LiveSession> silent = refusing;
            return all.stream()
                    .anyMatch(each -> !silent.contains(each)
                            && users.session(each.address().id()) == each);
        }

        /** Logic is trusted, and may have passed a request on; a client answers only what was put to it. */
        private boolean mayBeAnsweredBy(Message message) {
            return message.source() instanceof Address.Logic
                    || target.equals(message.source())
                    || Optional.of(target).equals(message.origin());
        }
    }

    private final Map<UUID, Pending> pending = new ConcurrentHashMap<>();
    /** What was put to clients and sessions. */
    private final Map<Address, Set<UUID>> byTarget = new ConcurrentHashMap<>();

    private final int bound;
    private final Budget budget;
    private final Users users;
    private final Deadlines deadlines;
    private volatile Predicate<UUID> elsewhere = id -> false;

    Requests(int bound, Users users, Deadlines deadlines) {
        this.bound = bound;
        this.users = users;
        this.budget = new Budget(bound, Long.MAX_VALUE / 2);
        this.deadlines = deadlines;
    }

    /** Begins to wait; if that is impossible, the result has failed already. */
    Pending open(Message request, Instant deadline, @Nullable Attachment sender) {
        Pending opened = new Pending(request, sender);
        if (!budget.take(BYTES, sender != null)) {
            opened.fail(RouteError.of(
                    ErrorCode.OVERLOADED, "too many requests wait for a reply (" + bound + " may); ask again later"));
        } else if (pending.putIfAbsent(request.id(), opened) != null) {
            budget.give(BYTES, sender != null);
            opened.fail(RouteError.of(ErrorCode.MALFORMED, "a request with this id is waiting already; use a new id"));
        } else {
            begin(opened, deadline);
        }
        return opened;
    }

    private void begin(Pending opened, Instant deadline) {
        RouteError refusal = opened.sender == null ? null : opened.sender.begin(opened);
        if (refusal != null) {
            fail(opened.id, refusal);
            return;
        }
        Deadlines.Timer timer = deadlines.at(deadline, () -> expire(opened));
        opened.timer = timer;
        if (pending.get(opened.id) != opened) {
            // Race: it ended before the timer was there to be cancelled.
            timer.cancel();
        }
    }

    private void release(Pending ended) {
        budget.give(BYTES, ended.sender != null);
        if (ended.sender != null) {
            ended.sender.finish(ended);
        }
    }

    /** A client is about to be asked. Call {@link #asked} afterwards. */
    void put(Pending opened) {
        byTarget.compute(opened.target, (same, known) -> {
            Set<UUID> ids = known == null ? ConcurrentHashMap.newKeySet() : known;
            ids.add(opened.id);
            return ids;
        });
        if (pending.get(opened.id) != opened) {
            // Race: it ended just before it was noted.
            forgetTarget(opened);
        }
    }

    /** These sessions on this node have been asked: once none is left that may answer, the wait ends. */
    void asked(Pending opened, List<LiveSession> sessions) {
        opened.asked = sessions;
        // Race: some may have ended, or refused, before they were noted.
        endUnlessAnswerable(opened.id, RouteError.gone(opened.target));
    }

    /** A session will not answer what was put to it; others may. False if it was not asked, or nothing waits for it any more. */
    boolean refuse(UUID request, LiveSession session, RouteError error) {
        Pending found = pending.get(request);
        if (found == null || !found.isPutTo(session)) {
            return false;
        }
        found.refuse(session, error);
        endUnlessAnswerable(request, error);
        return true;
    }

    private void forgetTarget(Pending ended) {
        byTarget.computeIfPresent(ended.target, (same, ids) -> {
            ids.remove(ended.id);
            return ids.isEmpty() ? null : ids;
        });
    }

    /** {@code others} says whether another node may answer a request that nobody on this one will. */
    void answeredBy(Predicate<UUID> others) {
        elsewhere = others;
    }

    /** A session has ended on this node, and will answer nothing here. */
    void gone(LiveSession session, CloseReason reason) {
        gone(session.address(), reason);
        gone(session.user().address(), reason);
    }

    private void gone(Address target, CloseReason reason) {
        Set<UUID> ids = byTarget.get(target);
        if (ids != null) {
            RouteError error = RouteError.gone(target, reason);
            List.copyOf(ids).forEach(id -> endUnlessAnswerable(id, error));
        }
    }

    /** {@code error} is what the requester is told, unless a session has said why it does not answer. */
    private void endUnlessAnswerable(UUID request, RouteError error) {
        Pending found = pending.get(request);
        if (found != null && !found.mayBeAnsweredHere() && !elsewhere.test(request)) {
            RouteError refusal = found.refusal;
            fail(request, refusal == null ? error : refusal);
        }
    }

    private void expire(Pending opened) {
        fail(
                opened.id,
                RouteError.to(
                        opened.target, ErrorCode.TIMEOUT, "no reply came in time; ask again, or allow more time"));
    }

    /** Who waits for a reply to {@code request}; null if nobody does. */
    @Nullable
    Address requester(UUID request) {
        Pending found = pending.get(request);
        return found == null ? null : found.requester();
    }

    /** Ends the wait for {@code request}, if the reply's sender is entitled to; null if nothing waits. */
    @Nullable
    Pending take(UUID request, Message reply) {
        Pending found = pending.get(request);
        return found != null && found.mayBeAnsweredBy(reply) && remove(found) ? found : null;
    }

    /** A reply from another node, which has checked that its sender is entitled to it. */
    void answered(UUID request, Message reply) {
        Pending found = pending.get(request);
        if (found != null && remove(found)) {
            found.complete(reply);
        }
    }

    void fail(UUID request, RouteError error) {
        Pending found = pending.get(request);
        if (found != null && remove(found)) {
            found.fail(error);
        }
    }

    private boolean remove(Pending found) {
        if (!pending.remove(found.id, found)) {
            return false;
        }
        release(found);
        Optional.ofNullable(found.timer).ifPresent(Deadlines.Timer::cancel);
        if (!(found.target instanceof Address.Logic)) {
            forgetTarget(found);
        }
        return true;
    }

    /** How many wait. */
    int size() {
        return pending.size();
    }

    void failAll(RouteError error) {
        List.copyOf(pending.keySet()).forEach(id -> fail(id, error));
    }
}
