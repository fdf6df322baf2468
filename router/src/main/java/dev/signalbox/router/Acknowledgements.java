package dev.signalbox.router;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Messages that wait for their client to acknowledge them. Thread-safe; bounded by its options. */
final class Acknowledgements {
    private final Users users;
    private final Deadlines deadlines;
    private final RouterListener listener;
    private final Map<UUID, Inbox.Waiting> byId = new ConcurrentHashMap<>();
    private final Budget budget;

    Acknowledgements(RouterOptions.Acknowledgements bounds, Users users, Deadlines deadlines, RouterListener listener) {
        this.users = users;
        this.deadlines = deadlines;
        this.listener = listener;
        this.budget = new Budget(bounds.total(), bounds.bytesTotal());
    }

    /**
     * Sends until acknowledged, or joins the message with the same id that waits already.
     *
     * @param target a client or a session
     * @param sender the session that sends and waits; null if the server's own code does
     */
    CompletableFuture<AckResult> send(Message message, Address target, Instant until, @Nullable Attachment sender) {
        LiveSession only = target instanceof Address.Session session ? users.session(session.id()) : null;
        if (target instanceof Address.Session && only == null) {
            return rejected(message, RouteError.gone(target));
        }
        Inbox.Waiting fresh =
                new Inbox.Waiting(message.withIntent(new Intent.Confirm(until)), target, only, sender, this::abandoned);
        Inbox.Waiting existing = byId.putIfAbsent(message.id(), fresh);
        if (existing != null) {
            return join(existing, target);
        }
        if (reserve(fresh)) {
            begin(fresh, until);
        }
        // A copy: what one caller does to it, such as a timeout, is not the others' concern.
        return fresh.result.copy();
    }

    /** As {@link #send}, to a session on another node, which says how it ends: see {@link #settle}. */
    CompletableFuture<AckResult> sendElsewhere(
            Message message, Address.Session target, Instant until, @Nullable Attachment sender) {
        Inbox.Waiting fresh = new Inbox.Waiting(message, target, null, sender, this::abandoned);
        Inbox.Waiting existing = byId.putIfAbsent(message.id(), fresh);
        if (existing != null) {
            return join(existing, target);
        }
        if (reserve(fresh)) {
            expireAt(until, fresh);
        }
        return fresh.result.copy();
    }

    private void expireAt(Instant until, Inbox.Waiting waiting) {
        waiting.timer = deadlines.at(until, () -> finish(waiting, () -> new AckResult.Expired(waiting.sent())));
    }

    /** A message is about to be carried to another node. */
    void mayArrive(UUID message) {
        Optional.ofNullable(byId.get(message)).ifPresent(Inbox.Waiting::mayArrive);
    }

    /** Another node says how a message ended. */
    void settle(UUID message, AckResult result) {
        Optional.ofNullable(byId.get(message)).ifPresent(waiting -> finish(waiting, () -> result));
    }

    /** The node that a message came from does not wait for it any more. */
    void forget(UUID message) {
        settle(
                message,
                new AckResult.Rejected(
                        RouteError.of(ErrorCode.CLOSING, "nobody waits for the acknowledgement any more")));
    }

    private CompletableFuture<AckResult> rejected(Message message, RouteError error) {
        AckResult result = new AckResult.Rejected(error);
        listener.ackEnded(message, result);
        return CompletableFuture.completedFuture(result);
    }

    private static CompletableFuture<AckResult> join(Inbox.Waiting existing, Address target) {
        return existing.target.equals(target)
                ? existing.result.copy()
                : CompletableFuture.completedFuture(new AckResult.Rejected(RouteError.to(
                        target, ErrorCode.MALFORMED, "a message with this id waits for another client; use a new id")));
    }

    private static RouteError overloaded(String who) {
        return RouteError.of(
                ErrorCode.OVERLOADED, who + " has reached its limit of unacknowledged messages; send again later");
    }

    /** False if it may not wait, and has ended. */
    private boolean reserve(Inbox.Waiting waiting) {
        if (!budget.take(waiting.bytes(), waiting.sender != null)) {
            byId.remove(waiting.message().id(), waiting);
            end(waiting, new AckResult.Rejected(overloaded("this node")));
            return false;
        }
        RouteError refusal = waiting.sender == null ? null : waiting.sender.begin(waiting);
        if (refusal != null && byId.remove(waiting.message().id(), waiting)) {
            budget.give(waiting.bytes(), true);
            end(waiting, new AckResult.Rejected(refusal));
        }
        return refusal == null;
    }

    private void begin(Inbox.Waiting fresh, Instant until) {
        expireAt(until, fresh);
        switch (add(fresh)) {
            case FULL -> finish(fresh, () -> new AckResult.Rejected(overloaded(fresh.target.toString())));
            case GONE -> finish(fresh, () -> new AckResult.Rejected(RouteError.gone(fresh.target)));
            case YES -> pump(fresh);
        }
    }

    private Inbox.Added add(Inbox.Waiting waiting) {
        LiveSession only = waiting.only();
        return only == null
                ? users.with(user(waiting), user -> user.add(waiting))
                : only.user().add(waiting).orElse(Inbox.Added.GONE);
    }

    private static String user(Inbox.Waiting waiting) {
        return switch (waiting.target) {
            case Address.Client(String user) -> user;
            case Address.Session session -> session.user();
            default -> throw new IllegalStateException("only clients acknowledge, not " + waiting.target);
        };
    }

    private void pump(Inbox.Waiting fresh) {
        User user = users.find(user(fresh));
        if (user == null) {
            return;
        }
        if (byId.get(fresh.message().id()) != fresh) {
            // Race: it ended between the timer and the inbox, and so was not there to be removed.
            user.remove(fresh);
            users.retire(user);
        } else {
            user.pump();
        }
    }

    /** A client's answer; false if nothing waits for it. */
    boolean answer(LiveSession session, UUID message, AckResult result) {
        Inbox.Waiting waiting = byId.get(message);
        return waiting != null
                && user(waiting).equals(session.address().user())
                && (waiting.only() == null || waiting.only() == session)
                && finish(waiting, () -> result);
    }

    /** A session ended: what waited for it alone can no longer be acknowledged. */
    void gone(LiveSession session) {
        for (Inbox.Waiting waiting : session.user().waitingFor(session)) {
            finish(waiting, () -> new AckResult.Rejected(RouteError.gone(waiting.target)));
        }
    }

    /** Its sender ended. */
    private void abandoned(Inbox.Waiting waiting) {
        finish(
                waiting,
                () -> new AckResult.Rejected(
                        RouteError.of(ErrorCode.CLOSING, "the session that sent the message ended first")));
    }

    /** The result is asked for, and told, only once the message is out of its inbox and can be sent no more. */
    private boolean finish(Inbox.Waiting waiting, Supplier<AckResult> result) {
        if (!byId.remove(waiting.message().id(), waiting)) {
            return false;
        }
        Optional.ofNullable(waiting.timer).ifPresent(Deadlines.Timer::cancel);
        budget.give(waiting.bytes(), waiting.sender != null);
        Optional.ofNullable(waiting.sender).ifPresent(sender -> sender.finish(waiting));
        forget(waiting);
        end(waiting, result.get());
        return true;
    }

    private void forget(Inbox.Waiting waiting) {
        User user = waiting.only() == null
                ? users.find(user(waiting))
                : waiting.only().user();
        if (user != null) {
            user.remove(waiting);
            users.retire(user);
            deadlines.elsewhere(user::pump);
        }
    }

    /** A client's wait is told at once, whatever the server's own code may be busy with. */
    private void end(Inbox.Waiting waiting, AckResult result) {
        if (waiting.sender != null) {
            waiting.result.complete(result);
        }
        deadlines.elsewhere(() -> {
            waiting.result.complete(result);
            listener.ackEnded(waiting.message(), result);
        });
    }

    void closeAll() {
        for (Inbox.Waiting waiting : List.copyOf(byId.values())) {
            finish(waiting, () -> new AckResult.Closed(waiting.sent()));
        }
    }
}
