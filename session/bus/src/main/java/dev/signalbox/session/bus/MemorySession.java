package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.GroupDocument;
import dev.signalbox.session.bus.SessionStore.Slice;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One session of a {@link MemoryStore}: a ring of events that grows as needed. Not thread-safe.
 *
 * <p>The ring is one of numbers beside one of payloads, without an object for each event: in a store that keeps millions, the garbage
 * collector would have to copy every one, which costs more than all the rest of an append.
 */
final class MemorySession {
    /** The number of slots at first; always a power of two. */
    private static final int FIRST = 4;
    /** What is kept of an event in numbers: the two halves of its batch's id, and the second and nanosecond of its time. */
    private static final int NUMBERS = 4;

    private static final int SECOND = 2;
    private static final int NANO = 3;

    private final long begin;
    private final long capacity;
    private final Map<String, GroupDocument> groups = new HashMap<>(1);
    private long[] numbers = new long[FIRST * NUMBERS];
    /** Null where there are none, as for most events. */
    private @Nullable String[] headers = new String[FIRST];

    private byte[] @Nullable [] payloads = new byte[FIRST][];
    private long next;
    private int size;

    MemorySession(long begin, long capacity) {
        this.begin = begin;
        this.next = begin;
        this.capacity = capacity;
    }

    Stored append(Append batch, Entry entry) {
        Instant at = isBeforeLast(batch.at()) ? lastAt() : batch.at();
        if (size == capacity) {
            removeFirst();
        } else if (size == payloads.length) {
            grow();
        }
        put(slot(next), batch.id(), at, entry);
        size++;
        return new Stored(next++, batch.id(), at, entry.headers(), entry.payload());
    }

    private boolean isBeforeLast(Instant at) {
        int number = slot(next - 1) * NUMBERS;
        long second = numbers[number + SECOND];
        return next != begin
                && (at.getEpochSecond() < second
                        || (at.getEpochSecond() == second && at.getNano() < numbers[number + NANO]));
    }

    private void put(int slot, UUID batch, Instant at, Entry entry) {
        int number = slot * NUMBERS;
        numbers[number] = batch.getMostSignificantBits();
        numbers[number + 1] = batch.getLeastSignificantBits();
        numbers[number + SECOND] = at.getEpochSecond();
        numbers[number + NANO] = at.getNano();
        headers[slot] = entry.headers().isEmpty() ? null : entry.headers();
        payloads[slot] = entry.payload();
    }

    private void grow() {
        int slots = payloads.length * 2;
        long[] newNumbers = new long[slots * NUMBERS];
        @Nullable String[] newHeaders = new String[slots];
        byte[] @Nullable [] newPayloads = new byte[slots][];
        for (long offset = first(); offset < next; offset++) {
            int from = slot(offset);
            int to = (int) (offset & (slots - 1));
            System.arraycopy(numbers, from * NUMBERS, newNumbers, to * NUMBERS, NUMBERS);
            newHeaders[to] = headers[from];
            newPayloads[to] = payloads[from];
        }
        numbers = newNumbers;
        headers = newHeaders;
        payloads = newPayloads;
    }

    private int slot(long offset) {
        return (int) (offset & (payloads.length - 1));
    }

    private Stored get(long offset) {
        int slot = slot(offset);
        byte[] payload = payloads[slot];
        if (payload == null) {
            throw new IllegalStateException("no event " + offset + " where " + size + " end before " + next);
        }
        return new Stored(offset, batch(offset), at(offset), Objects.requireNonNullElse(headers[slot], ""), payload);
    }

    private UUID batch(long offset) {
        int number = slot(offset) * NUMBERS;
        return new UUID(numbers[number], numbers[number + 1]);
    }

    private Instant at(long offset) {
        int number = slot(offset) * NUMBERS;
        return Instant.ofEpochSecond(numbers[number + SECOND], numbers[number + NANO]);
    }

    private void removeFirst() {
        int slot = slot(first());
        headers[slot] = null;
        payloads[slot] = null;
        size--;
    }

    private long first() {
        return next - size;
    }

    /** Of the last event, even if that is removed: its numbers stay until the next one's. */
    UUID lastBatch() {
        return next == begin ? EventId.UNKNOWN : batch(next - 1);
    }

    private Instant lastAt() {
        return next == begin ? Instant.MIN : at(next - 1);
    }

    /** Where it has no event yet, the one before the first. */
    EventId last() {
        return new EventId(next - 1, lastBatch());
    }

    Slice read(long after, int limit) {
        List<Stored> events = new ArrayList<>();
        for (long offset = Math.max(first(), after + 1); offset < next && events.size() < limit; offset++) {
            events.add(get(offset));
        }
        return new Slice(events, begin, last());
    }

    /** Removes what is older; returns how many. */
    long trim(Instant oldest) {
        long before = size;
        while (size > 0 && at(first()).isBefore(oldest)) {
            removeFirst();
        }
        return before - size;
    }

    boolean isOver(Instant oldest) {
        return size == 0 && lastAt().isBefore(oldest);
    }

    Optional<GroupDocument> group(String name) {
        return Optional.ofNullable(groups.get(name));
    }

    boolean replaceGroup(String name, long expected, GroupDocument document) {
        GroupDocument known = groups.get(name);
        boolean same = (known == null ? GroupDocument.ABSENT : known.version()) == expected;
        if (same) {
            groups.put(name, document);
        }
        return same;
    }
}
