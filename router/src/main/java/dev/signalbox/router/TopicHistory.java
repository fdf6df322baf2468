package dev.signalbox.router;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * What topics keep for all nodes of a cluster, in a store such as Redis Streams or NATS JetStream: one order, one epoch and one count of
 * offsets for each topic. It knows nothing of what it keeps. Thread-safe; nothing here blocks, except {@link #close}.
 *
 * <p>What is promised:
 *
 * <ul>
 *   <li>Within an epoch, the entries of a topic have offsets without holes, and one offset never stands for two of them. The entries of one
 *       {@link Append} follow each other in its order, though those of others may be in between.
 *   <li>A store that knows nothing of a topic, because it is new, or was emptied, or forgot it, begins an epoch. It forgets a topic no earlier
 *       than one day, and {@link Retention#age}, after the last append.
 *   <li>Stages end within a few seconds, with a {@link TopicHistoryException} if the store does not answer. What depends on them runs on
 *       threads of the store's client and must not block.
 * </ul>
 */
public interface TopicHistory extends AutoCloseable {
    /** The most entries in one append, and in one page. */
    int MAX_ENTRIES = 256;

    /** Every store takes entries of this many bytes at least. */
    int LEAST_MAX_BYTES = 64 << 10;

    /**
     * What is kept: an id, by which the store knows a repetition, and bytes. Neither is copied.
     *
     * @param id 1 to 64 characters of {@code A-Z a-z 0-9 - _}
     */
    record Entry(String id, Content content) {
        public Entry {
            Strings.requireName("entry id", id, 64, "-_");
        }
    }

    /** Bytes that nobody changes. */
    final class Content {
        private final byte[] bytes;

        private Content(byte[] bytes) {
            this.bytes = bytes;
        }

        /** They must not be changed afterwards. */
        public static Content of(byte[] bytes) {
            return new Content(bytes);
        }

        /** The very bytes; not to be changed. */
        public byte[] bytes() {
            return bytes;
        }
    }

    /**
     * What a topic keeps. A store may keep more, but never less, unless the operator has limited it or it lost something.
     *
     * @param count entries; 0 to 1 million. With 0 the offsets still count on
     * @param bytes of their contents; the newest entry may be larger than that
     * @param age how long each is kept, by the store's clock
     */
    record Retention(int count, long bytes, Duration age) {}

    /**
     * Entries to be appended, in this order.
     *
     * @param topic 1 to 128 characters of {@code A-Z a-z 0-9 . _ ~ @ + : / = -}
     * @param entries 0 to {@link #MAX_ENTRIES}; with none, the topic is only begun if need be, and its end told
     * @param seen the last place that the caller knows of; empty if it knows none. If this is the topic's present epoch and the store's last
     *     offset is below, then the store has gone back in time (to a snapshot, to a replica that lagged). Whether this holds is decided in one step
     *     with what follows: the epoch ends, with all its entries and ids, and {@code fresh} begins. An offset of {@link Long#MAX_VALUE} ends the
     *     epoch in any case
     * @param fresh the epoch to begin if there is none, or the present one ends: its first entry has the offset after this
     */
    record Append(String topic, List<Entry> entries, Retention retention, Optional<Position> seen, Position fresh) {
        public Append {
            entries = List.copyOf(entries);
            if (entries.size() > MAX_ENTRIES) {
                throw new IllegalArgumentException(
                        "one append has up to " + MAX_ENTRIES + " entries, not " + entries.size());
            }
        }
    }

    /** Where an entry is; {@code repeated} if it was there before. It may be kept no more. */
    record Place(long offset, boolean repeated) {}

    /**
     * What came of an append.
     *
     * @param epoch the present one
     * @param last the topic's last offset after it; that of {@link Append#fresh} if nothing was ever appended
     * @param places of the entries, in their order
     */
    record Appended(UUID epoch, long last, List<Place> places) {
        public Appended {
            places = List.copyOf(places);
        }
    }

    /** An entry in its place. */
    record Kept(long offset, Entry entry) {}

    /**
     * Some of what is kept, as of one moment.
     *
     * @param first the offset of the oldest entry that is kept; one above {@code last} if none is
     * @param last the topic's last offset, whether it is still kept or not
     * @param entries those after the offset that was asked for, oldest first: the first of them is the oldest that is kept there
     */
    record Page(UUID epoch, long first, long last, List<Kept> entries) {
        public Page {
            entries = List.copyOf(entries);
        }
    }

    /** The most bytes of one entry's content; {@link #LEAST_MAX_BYTES} or more. */
    int maxBytes();

    /**
     * Appends each entry whose id the topic does not know; of one that it knows, it tells the place. The store knows the
     * ids of the last 1,024 entries of the epoch at least, or of the last 4 MiB if these are fewer.
     *
     * <p>If it fails with {@link TopicHistoryException#maybeStored()}, then some of the first entries may have been appended, or will be: append the
     * same entries again, with the same ids, before any other, and each is there once and in order. One that is given up may be stored, but never behind
     * what the same history appends to the topic afterwards.
     *
     * @throws IllegalArgumentException if a content is larger than {@link #maxBytes()}
     */
    CompletionStage<Appended> append(Append append);

    /**
     * Reads on from {@code after}: up to {@link #MAX_ENTRIES} entries and about {@code maxBytes} of contents, but one at least if there is any.
     * It has all that was appended before it was asked for. Empty if the store knows nothing of the topic.
     */
    CompletionStage<Optional<Page>> read(String topic, long after, int maxBytes);

    /** Ends it; what is under way fails. A client that it was given stays open. Idempotent. */
    @Override
    void close();
}
