package dev.signalbox.router;

import dev.signalbox.router.ClientSession.Publishing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What this node appends to the history of one topic. One append is under way at a time, with all that came while the one before was; so the
 * messages of a sender stay in order, also if an append has to be repeated. Used in the turns of a {@link SharedTopic}.
 */
final class TopicAppends {
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final long APPEND_BYTES = 1 << 20;

    /** A message to be appended, and who waits for what comes of it. */
    record Wish(
            ClusterFrame.Entry entry, TopicHistory.Entry sealed, Instant until, CompletableFuture<Publishing> outcome) {
        private void refuse(RouteError error) {
            outcome.complete(new Publishing.Refused(error));
        }

        private int bytes() {
            return sealed.content().bytes().length;
        }
    }

    private final TopicLog log;
    private final SharedTopics node;
    private final Consumer<Runnable> turns;
    private final Supplier<Optional<Position>> seen;
    private final Runnable onDoubt;
    private final Queue<Wish> waiting = new ArrayDeque<>();
    private List<Wish> underWay = List.of();
    private Instant until = Instant.EPOCH;
    /** Why the append that is under way has failed, the last time; null if it has not. */
    private @Nullable String failure;
    /** Whether it may have been stored all the same. */
    private boolean doubtful;

    /**
     * Appends.
     *
     * @param turns runs something in a turn
     * @param seen the last place that is known here
     * @param onDoubt is run once nobody waits any more for entries that may have been stored, or may be
     */
    TopicAppends(
            TopicLog log,
            SharedTopics node,
            Consumer<Runnable> turns,
            Supplier<Optional<Position>> seen,
            Runnable onDoubt) {
        this.log = log;
        this.node = node;
        this.turns = turns;
        this.seen = seen;
        this.onDoubt = onDoubt;
    }

    void add(Wish wish) {
        if (node.isClosed()) {
            wish.refuse(RouteError.closing());
            return;
        }
        if (failure != null && !node.waits()) {
            wish.refuse(RouteError.historyAway(log.name(), failure));
            return;
        }
        waiting.add(wish);
        next();
    }

    /** Refuses all that waits, and what is still added. */
    void close() {
        List<Wish> lost = new ArrayList<>(underWay);
        lost.addAll(waiting);
        underWay = List.of();
        waiting.clear();
        lost.forEach(wish -> wish.refuse(RouteError.closing()));
    }

    private void next() {
        if (!underWay.isEmpty() || waiting.isEmpty()) {
            return;
        }
        underWay = take();
        until = underWay.getFirst().until();
        failure = null;
        doubtful = false;
        send();
    }

    private List<Wish> take() {
        List<Wish> taken = new ArrayList<>();
        long bytes = 0;
        Wish next = waiting.peek();
        while (next != null
                && taken.size() < TopicHistory.MAX_ENTRIES
                && (taken.isEmpty() || bytes + next.bytes() <= APPEND_BYTES)) {
            taken.add(next);
            bytes += next.bytes();
            waiting.remove();
            next = waiting.peek();
        }
        return taken;
    }

    /** Repeated with the same entries, and before all others: those that are there already keep their place. */
    private void send() {
        if (underWay.isEmpty()) {
            return;
        }
        List<TopicHistory.Entry> entries = underWay.stream().map(Wish::sealed).toList();
        var _ = node.append(log, entries, seen.get(), 0)
                .whenComplete((appended, thrown) -> turns.accept(() -> ended(appended, thrown)));
    }

    private void ended(TopicHistory.@Nullable Appended appended, @Nullable Throwable thrown) {
        if (appended != null) {
            appended(appended);
        } else {
            failed(thrown == null ? new IllegalStateException("a history answered nothing") : thrown);
        }
    }

    private void appended(TopicHistory.Appended appended) {
        List<Wish> done = underWay;
        boolean repeated = failure != null;
        underWay = List.of();
        failure = null;
        for (int i = 0; i < done.size(); i++) {
            TopicHistory.Place place = appended.places().get(i);
            // After a failure it may be this node's own first attempt that the history knows, of which nobody was told.
            if (!place.repeated() || repeated) {
                node.stored(new ClusterFrame.Stored(
                        appended.epoch(), place.offset(), done.get(i).entry()));
            }
        }
        for (int i = 0; i < done.size(); i++) {
            TopicHistory.Place place = appended.places().get(i);
            Position position = new Position(appended.epoch(), place.offset());
            done.get(i).outcome().complete(new Publishing.Published(position, place.repeated() && !repeated));
        }
        next();
    }

    private void failed(Throwable thrown) {
        Instant now = node.now();
        doubtful |= SharedTopics.maybeStored(thrown);
        failure = SharedTopics.reason(thrown);
        if (now.isBefore(until) && (doubtful || node.waits()) && !node.isClosed()) {
            expire(now, failure);
            node.later(RETRY, () -> turns.accept(this::send));
        } else {
            giveUp(now, failure);
        }
    }

    private void giveUp(Instant now, String why) {
        List<Wish> lost = underWay;
        boolean unsure = doubtful;
        underWay = List.of();
        failure = null;
        lost.forEach(wish -> wish.refuse(
                unsure ? RouteError.maybePublished(log.name(), why) : RouteError.historyAway(log.name(), why)));
        if (unsure) {
            onDoubt.run();
        }
        expire(now, why);
        next();
    }

    /** Refuses what has waited for as long as it may: while the history is away, that is not at all unless this node lets it wait. */
    private void expire(Instant now, String why) {
        boolean waits = node.waits() && !node.isClosed();
        Wish next = waiting.peek();
        while (next != null && !(waits && next.until().isAfter(now))) {
            waiting.remove();
            next.refuse(RouteError.historyAway(log.name(), why));
            next = waiting.peek();
        }
    }
}
