package dev.signalbox.router;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic's history page by page, one reading at a time. It keeps the newest of what it reads, as much as the topic may keep. Used in the
 * turns of a {@link SharedTopic}.
 */
final class HistoryReading {
    private static final int PAGE_BYTES = 1 << 20;

    /**
     * What was read.
     *
     * @param last the topic's last offset at that time
     * @param entries oldest first; what could not be read, or is kept no more, is missing
     */
    record Read(UUID epoch, long last, List<ClusterFrame.Stored> entries) {
        Read {
            entries = List.copyOf(entries);
        }

        /** The offset before the first. */
        long before() {
            return entries.isEmpty() ? last : entries.getFirst().offset() - 1;
        }
    }

    /** Is told how a reading ended. */
    interface Reader {
        void read(Read read);

        /** The history knows nothing of the topic. */
        void unknown();

        void failed(Throwable failure);
    }

    private final String topic;
    private final TopicPolicy policy;
    private final SharedTopics node;
    private final Consumer<Runnable> turns;
    private final Reader reader;
    private final Deque<ClusterFrame.Stored> entries = new ArrayDeque<>();
    private long bytes;
    private long from;
    private @Nullable UUID epoch;
    private boolean active;

    /** {@code turns} runs something in a turn. */
    HistoryReading(TopicLog log, SharedTopics node, Consumer<Runnable> turns, Reader reader) {
        this.topic = log.name();
        this.policy = log.policy();
        this.node = node;
        this.turns = turns;
        this.reader = reader;
    }

    boolean isActive() {
        return active;
    }

    /** Reads what is after {@code after}; not while another reading goes on. */
    void start(long after) {
        active = true;
        from = after;
        restart();
    }

    private void restart() {
        epoch = null;
        entries.clear();
        bytes = 0;
        ask(from);
    }

    private void ask(long after) {
        var _ = node.read(topic, after, PAGE_BYTES)
                .whenComplete((page, failure) -> turns.accept(() -> answered(page, failure)));
    }

    @SuppressWarnings("NullableOptional") // as the stage has it: null if it failed
    private void answered(@Nullable Optional<TopicHistory.Page> answer, @Nullable Throwable failure) {
        if (answer == null) {
            active = false;
            reader.failed(failure == null ? new IllegalStateException("a history answered nothing") : failure);
        } else if (answer.isEmpty()) {
            active = false;
            reader.unknown();
        } else {
            took(answer.get());
        }
    }

    private void took(TopicHistory.Page page) {
        if (epoch != null && !epoch.equals(page.epoch())) {
            restart();
            return;
        }
        epoch = page.epoch();
        page.entries().forEach(each -> take(page.epoch(), each));
        if (!page.entries().isEmpty() && page.entries().getLast().offset() < page.last()) {
            ask(page.entries().getLast().offset());
            return;
        }
        active = false;
        reader.read(new Read(page.epoch(), page.last(), List.copyOf(entries)));
    }

    private void take(UUID of, TopicHistory.Kept kept) {
        ClusterFrame.Entry entry = node.open(topic, kept.entry());
        if (entry == null) {
            return;
        }
        entries.add(new ClusterFrame.Stored(of, kept.offset(), entry));
        bytes += entry.message().bytes();
        while (isSurplus()) {
            bytes -= entries.remove().entry().message().bytes();
        }
    }

    /** A page at least is kept: those who follow the topic get what came last, however little of it is kept for others. */
    private boolean isSurplus() {
        return entries.size() > 1
                && (entries.size() > Math.max(policy.count(), TopicHistory.MAX_ENTRIES)
                        || bytes > Math.max(policy.bytes(), PAGE_BYTES));
    }
}
