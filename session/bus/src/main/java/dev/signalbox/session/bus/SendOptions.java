package dev.signalbox.session.bus;

import java.util.Map;
import java.util.Optional;

/**
 * What goes with an event.
 *
 * @param headers up to 32, names of 1 to 100 characters, 8,000 characters in all
 * @param key the caller's name for the event, 1 to 200 characters: within ten minutes at least, an event with the same key is not appended
 *     to the same session again, and the send returns the offset of the first
 * @param expected the event that the session must end with, {@link EventId#NONE} if it must not exist; otherwise
 *     {@link SessionConflictException}. Of an id without a batch, only the offset counts
 */
public record SendOptions(Map<String, String> headers, Optional<String> key, Optional<EventId> expected) {
    public static final SendOptions DEFAULT = new SendOptions(Map.of(), Optional.empty(), Optional.empty());

    private static final int HEADERS = 32;
    private static final int NAME = 100;
    private static final int HEADER_CHARACTERS = 8_000;
    private static final int KEY = 200;

    /** @throws IllegalArgumentException naming the option that is out of its range */
    public SendOptions {
        headers = Map.copyOf(headers);
        Limits.range("number of headers", headers.size(), 0, HEADERS);
        headers.keySet().forEach(name -> Limits.range("length of a header's name", name.length(), 1, NAME));
        Limits.range("length of all headers", length(headers), 0, HEADER_CHARACTERS);
        key.ifPresent(given -> Limits.range("length of key", given.length(), 1, KEY));
    }

    private static int length(Map<String, String> headers) {
        return headers.entrySet().stream()
                .mapToInt(header -> header.getKey().length() + header.getValue().length())
                .sum();
    }

    public SendOptions withHeaders(Map<String, String> newHeaders) {
        return new SendOptions(newHeaders, key, expected);
    }

    public SendOptions withKey(String newKey) {
        return new SendOptions(headers, Optional.of(newKey), expected);
    }

    /**
     * The same, by the offset alone.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public SendOptions withExpected(long last) {
        return withExpected(EventId.of(last));
    }

    public SendOptions withExpected(EventId last) {
        return new SendOptions(headers, key, Optional.of(last));
    }

    /** Whether the event has to be a batch of its own. */
    boolean isAlone() {
        return key.isPresent() || expected.isPresent();
    }
}
