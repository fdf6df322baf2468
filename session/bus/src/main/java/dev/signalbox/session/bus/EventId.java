package dev.signalbox.session.bus;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What tells one event from every other, also from one that took its offset after the store had lost it: the offset and the id of
 * the batch it was appended with. As text, {@code <offset>-<batch>}, it can be given to a client to resume with.
 *
 * @param offset at least 0; 0 stands for the place before the first event
 * @param batch {@link #UNKNOWN} if only the offset is known: then any event with that offset matches
 */
public record EventId(long offset, UUID batch) {
    public static final UUID UNKNOWN = new UUID(0, 0);
    /** The place before the first event. */
    public static final EventId NONE = new EventId(0, UNKNOWN);

    private static final Pattern TEXT = Pattern.compile("[0-9]{1,18}(-[0-9a-f]{32})?");
    private static final int HALF = 16;

    /** @throws IllegalArgumentException if the offset is negative */
    public EventId {
        if (offset < 0) {
            throw new IllegalArgumentException("offset is " + offset + "; it must be at least 0");
        }
    }

    /** The event with this offset, whichever it is. */
    public static EventId of(long offset) {
        return new EventId(offset, UNKNOWN);
    }

    /**
     * Reads what {@link #toString} wrote, or an offset alone.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static EventId parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException("an event's id is its offset, or <offset>-<32 hexadecimal digits>");
        }
        int dash = text.indexOf('-');
        return dash < 0
                ? of(Long.parseLong(text))
                : new EventId(
                        Long.parseLong(text, 0, dash, 10),
                        new UUID(
                                Long.parseUnsignedLong(text, dash + 1, dash + 1 + HALF, HALF),
                                Long.parseUnsignedLong(text, dash + 1 + HALF, text.length(), HALF)));
    }

    public boolean isIdentified() {
        return !batch.equals(UNKNOWN);
    }

    /** Whether both can be the same event. */
    boolean matches(EventId other) {
        return offset == other.offset && (batch.equals(other.batch) || !isIdentified() || !other.isIdentified());
    }

    @Override
    public String toString() {
        return isIdentified()
                ? "%d-%016x%016x".formatted(offset, batch.getMostSignificantBits(), batch.getLeastSignificantBits())
                : Long.toString(offset);
    }
}
