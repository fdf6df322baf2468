package dev.signalbox.observatory;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Records that go in one request, under an id that stays theirs over retries, and over restarts if they are spooled.
 *
 * @param weight what they hold of the memory budget; 0 once they came from the disk
 * @param place where they end in the spool, if that is to be noted once they are settled
 * @param spooled whether they are in the spool
 * @param half whether they are a part of what was refused as a whole
 */
record Batch(
        String id,
        List<LogRecord> records,
        int weight,
        @Nullable Place place,
        boolean spooled,
        boolean half) {

    /** The end of a batch in a spool, and how many records it has there. */
    record Place(long segment, long end, int records) {
        boolean isAfter(Place other) {
            return segment > other.segment || (segment == other.segment && end > other.end);
        }
    }

    /** Names batches. No two have the same name, whichever process ships them. Thread-safe. */
    static final class Ids {
        private final String run = UUID.randomUUID().toString();
        private final AtomicLong number = new AtomicLong();

        String next() {
            return run + "-" + number.incrementAndGet();
        }
    }

    static Batch of(String id, List<LogRecord> records, int weight) {
        return new Batch(id, records, weight, null, false, false);
    }

    int size() {
        return records.size();
    }

    /** Two batches in its stead; the second one stands for its place, since it is settled last. */
    List<Batch> halves() {
        int middle = records.size() / 2;
        var first = records.subList(0, middle);
        int light = weight == 0 ? 0 : first.stream().mapToInt(LogRecord::weight).sum();
        return List.of(
                new Batch(id + ".0", first, light, null, spooled, true),
                new Batch(id + ".1", records.subList(middle, size()), weight - light, place, spooled, true));
    }

    Batch at(Place end) {
        return new Batch(id, records, weight, end, true, half);
    }
}
