package dev.signalbox.router;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A topic in memory.
 *
 * <p>Publishing takes the lock once a message, whatever the number of subscribers: it makes sure that all shards take the message or none
 * does, and that each sees the offsets in order. Shards are called under it, as {@link Shard} says; they call nothing back.
 */
final class TopicLog implements Topic {
    private static final TopicPatterns NO_PATTERNS = new TopicPatterns();

    /**
     * What came of publishing: the message's offset, and whether it was published before under the same key; an offset of 0 if
     * a shard has no room for it.
     */
    record Published(UUID epoch, long offset, boolean repeated) {}

    /** What is to be published; {@code topic} is where, also in a pattern. Only what is kept has an offset. */
    private record Entry(Message message, String topic, long at, boolean isKept) {}

    private final String name;
    private final TopicPolicy policy;
    private final InstantSource clock;
    private final Retained kept;
    private final TopicShards shards = new TopicShards();
    private final TopicSubscribers subscribers;
    private final TopicKeys keys;
    private final LocalHistory history;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable SharedTopic shared;
    private boolean retired;

    TopicLog(String name, TopicPolicy policy, InstantSource clock) {
        this(name, policy, clock, null);
    }

    /** {@code presence} keeps account of who subscribes; null if nobody does. */
    TopicLog(String name, TopicPolicy policy, InstantSource clock, @Nullable TopicPresence presence) {
        this.name = name;
        this.policy = policy;
        this.clock = clock;
        this.kept = new Retained(policy);
        this.history = new LocalHistory(kept);
        this.subscribers = new TopicSubscribers(presence);
        this.keys = new TopicKeys(policy.count());
    }

    /** Its order and history are those of all nodes; before anybody else sees it. */
    void shares(SharedTopic with) {
        shared = with;
        history.lacks();
    }

    /** Null if this node has it for itself. */
    @Nullable
    SharedTopic shared() {
        return shared;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public UUID epoch() {
        return history.epoch();
    }

    @Override
    public TopicPolicy policy() {
        return policy;
    }

    @Override
    public long attach(Shard shard) {
        return locked(() -> {
            shards.add(shard);
            return kept.end();
        });
    }

    @Override
    public void detach(Shard shard) {
        underLock(() -> shards.remove(shard));
    }

    @Override
    public long first() {
        return locked(() -> trimmed().first());
    }

    @Override
    public Kept read(long after, long upTo, int maxBytes) {
        return locked(() -> trimmed().read(after, upTo, maxBytes));
    }

    @Override
    public Kept readNewest(long after, long upTo, int maxBytes) {
        return locked(() -> trimmed().readNewest(after, upTo, maxBytes));
    }

    private Retained trimmed() {
        kept.trim(clock.millis());
        return kept;
    }

    /** Publishes to this topic alone. */
    Optional<Published> publish(Message message, @Nullable String key) {
        return publish(message, key, NO_PATTERNS);
    }

    /**
     * Publishes, once for each key, and to those of the patterns that this topic belongs to. Empty if this topic is no longer in use.
     */
    Optional<Published> publish(Message message, @Nullable String key, TopicPatterns patterns) {
        lock.lock();
        try {
            if (retired) {
                return Optional.empty();
            }
            Long known = keys.offset(key);
            if (known != null) {
                return Optional.of(new Published(history.epoch(), known, true));
            }
            // Under the lock: a pattern that a later message of this topic is gathered in must not miss this one.
            boolean taken = tryAppend(new Entry(message, name, clock.millis(), true), patterns.of(name));
            if (taken) {
                keys.remember(key, kept.end());
            }
            return Optional.of(new Published(history.epoch(), taken ? kept.end() : 0, false));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Hands a message to those who subscribe now, also to those of the patterns, and keeps nothing. Whether there was room for it; empty if
     * this topic is no longer in use.
     */
    Optional<Boolean> publishVolatile(Message message, TopicPatterns patterns) {
        lock.lock();
        try {
            return retired
                    ? Optional.empty()
                    : Optional.of(tryAppend(new Entry(message, name, clock.millis(), false), patterns.of(name)));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Appends to the patterns and to this, all of them locked: so a pattern has the messages of each topic in the topic's order, and
     * either all take the message or none does. Locks are taken from a topic to its patterns and from a longer pattern to a shorter
     * one, never the other way.
     */
    private boolean tryAppend(Entry entry, List<TopicLog> patterns) {
        Message message = entry.message();
        if (!shards.reserve(message)) {
            return false;
        }
        if (!patterns.isEmpty() && !patterns.getFirst().gather(entry, patterns.subList(1, patterns.size()))) {
            shards.release(message);
            return false;
        }
        append(entry);
        return true;
    }

    private boolean gather(Entry entry, List<TopicLog> shorter) {
        lock.lock();
        try {
            if (!retired) {
                return tryAppend(entry, shorter);
            }
            return shorter.isEmpty() || shorter.getFirst().gather(entry, shorter.subList(1, shorter.size()));
        } finally {
            lock.unlock();
        }
    }

    /** Something is missing: an offset is left out, and with it what is kept before it, so that those who read on see a gap. */
    void miss() {
        underLock(() -> {
            kept.skipTo(kept.end() + 1);
            history.lacks();
        });
    }

    private void append(Entry entry) {
        Publication publication =
                entry.isKept() ? keep(entry) : Publication.ofVolatile(entry.at(), entry.message(), entry.topic());
        shards.publish(this, publication);
    }

    private Publication keep(Entry entry) {
        Publication publication = new Publication(kept.end() + 1, entry.at(), entry.message(), entry.topic());
        kept.add(publication);
        kept.trim(clock.millis());
        return publication;
    }

    /** Lets a subscriber in. Empty if this topic is no longer in use. */
    Optional<SubscriptionStart> join(TopicStart from, String user) {
        return locked(() -> {
            kept.trim(clock.millis());
            if (retired) {
                return Optional.empty();
            }
            subscribers.join(user);
            return Optional.of(start(from));
        });
    }

    private SubscriptionStart start(TopicStart from) {
        return SubscriptionStart.of(from, kept, history.epoch(), shared != null);
    }

    /** Where a subscriber goes on that was away; {@code after} is null if it is not known what it has. */
    SubscriptionStart resume(@Nullable Position after) {
        return locked(() -> {
            kept.trim(clock.millis());
            return after == null ? new SubscriptionStart(kept.end(), false) : start(new TopicStart.After(after));
        });
    }

    void leave(String user) {
        underLock(() -> subscribers.leave(user, clock.millis()));
    }

    int subscribers() {
        return locked(subscribers::count);
    }

    TopicInfo info() {
        return locked(() -> new TopicInfo(
                name,
                history.epoch(),
                trimmed().first(),
                kept.end(),
                kept.bytes(),
                subscribers.count(),
                subscribers.havePresence()));
    }

    /** Forgets what is too old. True if nothing is kept. */
    boolean isEmptyAfterTrim() {
        return locked(() -> trimmed().isEmpty());
    }

    /**
     * Whether nothing is kept and nobody subscribes: then it is no longer in use, and its offsets end. A pattern, to which others
     * publish without end, is kept for as long as a message after its last subscriber has left.
     */
    boolean retire() {
        return locked(() -> {
            long now = clock.millis();
            kept.trim(now);
            boolean forgotten = name.endsWith("*")
                    && now - subscribers.leftAt() > policy.age().toMillis();
            retired = subscribers.count() == 0 && shards.isEmpty() && (kept.isEmpty() || forgotten) && !isBusy();
            return retired;
        });
    }

    private boolean isBusy() {
        SharedTopic with = shared;
        return with != null && with.isBusy();
    }

    private <T> T locked(Supplier<T> step) {
        lock.lock();
        try {
            return step.get();
        } finally {
            lock.unlock();
        }
    }

    private void underLock(Runnable step) {
        lock.lock();
        try {
            step.run();
        } finally {
            lock.unlock();
        }
    }

    boolean isRetired() {
        return locked(() -> retired);
    }

    boolean isComplete() {
        return locked(history::isComplete);
    }

    /** The history may have changed meanwhile. False if somebody subscribes, who has to be told of it now. */
    boolean doubtsUnlessFollowed() {
        return locked(() -> {
            boolean isFollowed = subscribers.count() > 0;
            if (!isFollowed) {
                history.doubt();
            }
            return !isFollowed;
        });
    }

    boolean isDoubtful() {
        return locked(history::isDoubtful);
    }

    /** Whether all that is kept is here, and what a subscriber has seen, who may come from a node that is ahead of this one. */
    boolean reaches(TopicStart from) {
        return locked(() -> history.reaches(from));
    }

    /** The last offset, and the epoch that it is of. */
    Position position() {
        return locked(history::end);
    }

    /** Whether another message than this one has its place here. */
    boolean contradicts(ClusterFrame.Stored stored) {
        return locked(() -> kept.contradicts(List.of(stored)));
    }

    /** Nothing of it was known here; the next is the one after {@code position}. */
    void begin(Position position) {
        underLock(() -> history.begin(position));
    }

    /** The next publication of a topic that all nodes share. Subscribers for whom there is no room are told that it is missing. */
    void arrive(ClusterFrame.Stored next, TopicPatterns patterns) {
        underLock(() -> take(next, patterns));
    }

    /** For patterns alone: the topic has it already. */
    void gather(ClusterFrame.Stored known, TopicPatterns patterns) {
        underLock(() -> {
            List<TopicLog> gathering = patterns.of(name);
            Entry entry = new Entry(known.entry().message(), name, known.entry().at(), true);
            if (!gathering.isEmpty() && !gathering.getFirst().gather(entry, gathering.subList(1, gathering.size()))) {
                gathering.forEach(TopicLog::miss);
            }
        });
    }

    private void take(ClusterFrame.Stored next, TopicPatterns patterns) {
        if (next.offset() > kept.end() + 1) {
            kept.skipTo(next.offset() - 1);
        }
        long at = Math.min(next.entry().at(), clock.millis());
        List<TopicLog> gathering = patterns.of(name);
        if (!tryAppend(new Entry(next.entry().message(), name, at, true), gathering)) {
            kept.skipTo(next.offset());
            history.lacks();
            gathering.forEach(TopicLog::miss);
        }
    }

    /**
     * Takes over what was read of the history that all nodes share.
     *
     * @param sure the last offset that was known here before it was read
     * @param whole whether it was read from its beginning
     * @return false, with nothing done, if it contradicts what is here: the store has gone back in time
     */
    boolean absorb(HistoryReading.Read read, long sure, boolean whole, TopicPatterns patterns) {
        return locked(() -> {
            boolean isAdopted = history.adopt(read, sure, whole, name);
            if (isAdopted) {
                take(read, patterns);
            }
            return isAdopted;
        });
    }

    private void take(HistoryReading.Read read, TopicPatterns patterns) {
        long end = kept.end();
        read.entries().stream().filter(each -> each.offset() > end).forEach(each -> take(each, patterns));
        if (read.last() > kept.end()) {
            kept.skipTo(read.last());
        }
        kept.trim(clock.millis());
    }
}
