package dev.signalbox.router;

import dev.signalbox.router.ClientSession.Publishing;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the topics that all nodes share have in common on this one: their history, and what may wait for it. Thread-safe. */
final class SharedTopics implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedTopics.class);

    /** Publications that may wait for the history at a time. */
    private static final int MAX_WAITING = 100_000;

    /** Why the history did not do something, and for which topic. */
    private record Problem(String topic, String reason) {}

    private final TopicHistory history;
    private final HistoryEntries entries;
    private final ClusterOptions options;
    private final ClusterParts parts;
    private final ClusterSender sender;
    private final Budget waiting;
    private final HistoryComparisons comparisons = new HistoryComparisons();
    private final LongAdder rejected = new LongAdder();
    private volatile @Nullable Problem problem;
    private volatile boolean closed;

    SharedTopics(
            TopicHistory history,
            HistoryEntries entries,
            ClusterOptions options,
            ClusterParts parts,
            ClusterSender sender) {
        this.history = history;
        this.entries = entries;
        this.options = options;
        this.parts = parts;
        this.sender = sender;
        this.waiting = new Budget(MAX_WAITING, options.waitingBytes());
    }

    /** Whether what is published while the history is away waits for it. */
    boolean waits() {
        return options.buffer();
    }

    boolean isClosed() {
        return closed;
    }

    HistoryComparisons comparisons() {
        return comparisons;
    }

    Instant now() {
        return parts.clock().instant();
    }

    void later(Duration delay, Runnable work) {
        parts.deadlines().at(now().plus(delay), () -> parts.deadlines().elsewhere(work));
    }

    /** A wish to publish that may wait: give its outcome to whom it concerns. Its outcome is there already if it may not. */
    TopicAppends.Wish wish(String topic, Message message, @Nullable String key) {
        Instant now = now();
        String id = key == null ? message.id().toString() : digest(key);
        ClusterFrame.Entry entry = new ClusterFrame.Entry(topic, id, now.toEpochMilli(), message);
        TopicHistory.Entry sealed = entries.seal(entry);
        CompletableFuture<Publishing> outcome = new CompletableFuture<>();
        int size = sealed.content().bytes().length;
        boolean isClients = message.source() instanceof Address.Client;
        if (size > history.maxBytes()) {
            outcome.complete(new Publishing.Refused(RouteError.tooLargeForHistory(topic, history.maxBytes())));
        } else if (!waiting.take(size, isClients)) {
            outcome.complete(new Publishing.Refused(RouteError.linkFull(Address.topic(topic))));
        } else {
            var _ = outcome.whenComplete((done, failure) -> waiting.give(size, isClients));
        }
        return new TopicAppends.Wish(entry, sealed, now.plus(options.lease()), outcome);
    }

    /** Keys are as long as their users like, and nobody can make two that are taken for one. */
    private static String digest(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** {@code above} is an offset that is known to be given away. */
    CompletionStage<TopicHistory.Appended> append(
            TopicLog log, List<TopicHistory.Entry> content, Optional<Position> seen, long above) {
        TopicPolicy policy = log.policy();
        var retention = new TopicHistory.Retention(policy.count(), policy.bytes(), policy.age());
        // Microseconds: no epoch counts as fast, so each begins above those before it, unless nodes' clocks differ by
        // more than one lasts. Never
        // with the very next offset, which would look as if nothing had been lost.
        long known = Math.max(above, log.position().offset());
        long after = Math.max(known + 1, now().toEpochMilli() * 1_000);
        Position fresh = new Position(MessageId.next(), after);
        return watched(
                log.name(), () -> history.append(new TopicHistory.Append(log.name(), content, retention, seen, fresh)));
    }

    CompletionStage<Optional<TopicHistory.Page>> read(String topic, long after, int maxBytes) {
        return watched(topic, () -> history.read(topic, after, maxBytes));
    }

    private <T> CompletionStage<T> watched(String topic, Supplier<CompletionStage<T>> asking) {
        CompletionStage<T> answer;
        try {
            answer = asking.get();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.whenComplete((done, failure) -> note(topic, failure));
    }

    private void note(String topic, @Nullable Throwable failure) {
        if (failure == null) {
            problem = null;
        } else if (!closed) {
            if (problem == null) {
                LOG.warn("the history of topic {} could not be used; it is tried again", topic, failure);
            }
            problem = new Problem(topic, reason(failure));
        }
    }

    /** What the history did not do the last time that it was asked; empty if nothing is wrong. */
    Optional<String> problem() {
        return Optional.ofNullable(problem)
                .map(found -> "topics whose history is the cluster's do not work: " + found.reason());
    }

    /** Finds out whether the history is back, if nobody else does. */
    void probe() {
        Problem found = problem;
        if (found != null && !closed) {
            var _ = read(found.topic(), 0, 1);
        }
    }

    static String reason(Throwable failure) {
        Throwable cause = cause(failure);
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    static boolean maybeStored(Throwable failure) {
        return !(cause(failure) instanceof TopicHistoryException known) || known.maybeStored();
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
    }

    /** Null if no node of this cluster has put it there. */
    ClusterFrame.@Nullable Entry open(String topic, TopicHistory.Entry entry) {
        ClusterFrame.Entry opened = entries.open(topic, entry);
        if (opened == null) {
            rejected.increment();
            if (Long.bitCount(rejected.sum()) == 1) {
                LOG.warn(
                        "left out {} entries of topics' histories so far that are not signed with this cluster's secret; the last"
                                + " one of topic {}",
                        rejected.sum(),
                        topic);
            }
        }
        return opened;
    }

    /** A publication of this node has its place: its subscribers get it, here and elsewhere. */
    void stored(ClusterFrame.Stored stored) {
        parts.topics().stored(stored);
        sender.publish(stored);
    }

    @Override
    public void close() {
        closed = true;
        history.close();
        parts.topics().shared().forEach(SharedTopic::close);
    }
}
