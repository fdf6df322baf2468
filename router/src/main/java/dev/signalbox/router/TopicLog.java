package dev.signalbox.router;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A topic in memory.
 *
 * <p>Publishing takes the lock once a message, whatever the number of subscribers: it makes sure that all shards take the
 * message or none does, and that each sees the offsets in order. Shards are called under it, as {@link Shard} says; they call
 * nothing back.
 */
final class TopicLog implements Topic {
    /** Keys of messages that are remembered beyond the history, so that a repetition is known as one. */
    private static final int KEYS = 1_024;

    private static final TopicPatterns NO_PATTERNS = new TopicPatterns();

    /**
     * What came of publishing: the message's offset, and whether it was published before under the same key; an offset of 0 if
     * a shard has no room for it.
     */
    record Published(UUID epoch, long offset, boolean repeated) {}

    /** What is to be published; {@code topic} is where, also in a pattern. Only what is kept has an offset. */
    private record Entry(Message message, String topic, @Nullable String key, boolean isKept) {
        Entry withoutKey() {
            return new Entry(message, topic, null, isKept);
        }
    }

    private final String name;
    private final TopicPolicy policy;
    private final InstantSource clock;
    private final @Nullable TopicPresence presence;
    private final UUID epoch = MessageId.next();
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Shard> shards = new CopyOnWriteArrayList<>();
    private final Map<String, Long> keys = new LinkedHashMap<>();
    private final PublicationRing kept = new PublicationRing();
    private final @Nullable Conflation conflation;
    private long bytes;
    private long end;
    private int subscribers;
    private long leftAt;
    private boolean retired;

    TopicLog(String name, TopicPolicy policy, InstantSource clock) {
        this(name, policy, clock, null);
    }

    /** {@code presence} keeps account of who subscribes; null if nobody does. */
    TopicLog(String name, TopicPolicy policy, InstantSource clock, @Nullable TopicPresence presence) {
        this.presence = presence;
        this.name = name;
        this.policy = policy;
        this.clock = clock;
        this.conflation = policy.conflateBy().map(Conflation::new).orElse(null);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public UUID epoch() {
        return epoch;
    }

    @Override
    public TopicPolicy policy() {
        return policy;
    }

    @Override
    public long attach(Shard shard) {
        lock.lock();
        try {
            shards.add(shard);
            return end;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void detach(Shard shard) {
        lock.lock();
        try {
            shards.remove(shard);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long first() {
        lock.lock();
        try {
            trim(clock.millis());
            return end - kept.size() + 1;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Kept read(long after, long upTo, int maxBytes) {
        return read(after, upTo, maxBytes, null);
    }

    @Override
    public Kept readNewest(long after, long upTo, int maxBytes) {
        return read(after, upTo, maxBytes, conflation);
    }

    /** Without what {@code unless} has something newer for, if that is not null. */
    private Kept read(long after, long upTo, int maxBytes, @Nullable Conflation unless) {
        lock.lock();
        try {
            trim(clock.millis());
            long first = end - kept.size() + 1;
            long last = Math.min(upTo, end);
            List<Publication> read = new ArrayList<>();
            long size = 0;
            for (long offset = Math.max(first, after + 1); offset <= last && size < maxBytes; offset++) {
                Publication next = kept.get((int) (offset - first));
                if (unless == null || !unless.isSuperseded(next, last)) {
                    read.add(next);
                    size += next.message().bytes();
                }
            }
            return new Kept(first, read);
        } finally {
            lock.unlock();
        }
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
            Long known = key == null ? null : keys.get(key);
            if (known != null) {
                return Optional.of(new Published(epoch, known, true));
            }
            // Under the lock: a pattern that a later message of this topic is gathered in must not miss this one.
            boolean taken = tryAppend(new Entry(message, name, key, true), patterns.of(name));
            return Optional.of(new Published(epoch, taken ? end : 0, false));
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
                    : Optional.of(tryAppend(new Entry(message, name, null, false), patterns.of(name)));
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
        if (!reserve(message)) {
            return false;
        }
        if (!patterns.isEmpty() && !patterns.getFirst().gather(entry, patterns.subList(1, patterns.size()))) {
            shards.forEach(shard -> shard.release(message));
            return false;
        }
        append(entry);
        return true;
    }

    private boolean gather(Entry entry, List<TopicLog> shorter) {
        lock.lock();
        try {
            if (!retired) {
                return tryAppend(entry.withoutKey(), shorter);
            }
            return shorter.isEmpty() || shorter.getFirst().gather(entry, shorter.subList(1, shorter.size()));
        } finally {
            lock.unlock();
        }
    }

    /** Something is missing: an offset is left out, and with it what is kept before it, so that whoever reads on sees a gap. */
    void miss() {
        lock.lock();
        try {
            while (kept.size() > 0) {
                forgetFirst();
            }
            end++;
        } finally {
            lock.unlock();
        }
    }

    /** Either all shards take it, or none does: half a publication would help nobody. */
    private boolean reserve(Message message) {
        List<Shard> reserved = new ArrayList<>(shards.size());
        for (Shard shard : shards) {
            if (!shard.reserve(message)) {
                reserved.forEach(each -> each.release(message));
                return false;
            }
            reserved.add(shard);
        }
        return true;
    }

    private void append(Entry entry) {
        long now = clock.millis();
        Publication publication =
                entry.isKept() ? keep(entry, now) : Publication.ofVolatile(now, entry.message(), entry.topic());
        shards.forEach(shard -> shard.publish(this, publication));
    }

    private Publication keep(Entry entry, long now) {
        end++;
        Publication publication = new Publication(end, now, entry.message(), entry.topic());
        kept.add(publication);
        bytes += entry.message().bytes();
        if (conflation != null) {
            conflation.added(publication);
        }
        if (entry.key() != null) {
            remember(entry.key());
        }
        trim(now);
        return publication;
    }

    private void remember(String key) {
        keys.put(key, end);
        if (keys.size() > Math.max(KEYS, policy.count())) {
            keys.remove(keys.keySet().iterator().next());
        }
    }

    private void trim(long now) {
        long oldest = now - policy.age().toMillis();
        while (kept.size() > 0 && isSurplus(kept.get(0), oldest)) {
            forgetFirst();
        }
    }

    private void forgetFirst() {
        Publication first = kept.removeFirst();
        bytes -= first.message().bytes();
        if (conflation != null) {
            conflation.removed(first);
        }
    }

    /** The newest may be larger than all that is kept otherwise. */
    private boolean isSurplus(Publication first, long oldest) {
        return kept.size() > policy.count() || first.at() < oldest || (bytes > policy.bytes() && kept.size() > 1);
    }

    /** Where a subscriber begins, and whether it gets all that it asks for; a gap after that is told when it is read. */
    record Start(long after, boolean recovered) {}

    /** Lets a subscriber in. Empty if this topic is no longer in use. */
    Optional<Start> join(TopicStart from, String user) {
        lock.lock();
        try {
            trim(clock.millis());
            if (retired) {
                return Optional.empty();
            }
            subscribers++;
            if (presence != null) {
                presence.join(user);
            }
            return Optional.of(start(from, end - kept.size() + 1));
        } finally {
            lock.unlock();
        }
    }

    private Start start(TopicStart from, long first) {
        return switch (from) {
            case TopicStart.Now _ -> new Start(end, true);
            case TopicStart.Oldest _ -> new Start(first - 1, true);
            case TopicStart.After(Position(UUID of, long offset))
            when of.equals(epoch) && offset <= end -> new Start(offset, offset + 1 >= first);
            // Another life of the topic: what came between is lost, and how much that was is not known.
            case TopicStart.After _ -> new Start(first - 1, false);
        };
    }

    /** Where a subscriber goes on that was away; {@code after} is null if it is not known what it has. */
    Start resume(@Nullable Position after) {
        lock.lock();
        try {
            trim(clock.millis());
            return after == null ? new Start(end, false) : start(new TopicStart.After(after), end - kept.size() + 1);
        } finally {
            lock.unlock();
        }
    }

    ClientSession.Presence.Present present() {
        return presence == null ? new ClientSession.Presence.Present(List.of(), 0) : presence.present();
    }

    void leave(String user) {
        lock.lock();
        try {
            subscribers--;
            leftAt = clock.millis();
            if (presence != null) {
                presence.leave(user);
            }
        } finally {
            lock.unlock();
        }
    }

    int subscribers() {
        lock.lock();
        try {
            return subscribers;
        } finally {
            lock.unlock();
        }
    }

    TopicInfo info() {
        lock.lock();
        try {
            trim(clock.millis());
            return new TopicInfo(name, epoch, end - kept.size() + 1, end, bytes, subscribers);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what is too old. True if nothing is kept. */
    boolean isEmptyAfterTrim() {
        lock.lock();
        try {
            trim(clock.millis());
            return kept.size() == 0;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether nothing is kept and nobody subscribes: then it is no longer in use, and its offsets end. A pattern, to which others
     * publish without end, is kept for as long as a message after its last subscriber has left.
     */
    boolean retire() {
        lock.lock();
        try {
            long now = clock.millis();
            trim(now);
            boolean forgotten = isPattern() && now - leftAt > policy.age().toMillis();
            retired = subscribers == 0 && shards.isEmpty() && (kept.size() == 0 || forgotten);
            return retired;
        } finally {
            lock.unlock();
        }
    }

    private boolean isPattern() {
        return name.endsWith("*");
    }
}
