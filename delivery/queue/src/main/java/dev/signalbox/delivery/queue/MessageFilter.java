package dev.signalbox.delivery.queue;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * What to list. Empty means any; what is given must all be so.
 *
 * @param channel of the step whose turn it is, or of the last one
 * @param address exactly that of any step
 * @param id the id or how it begins: at least 4 hexadecimal digits, with or without hyphens
 * @param text a part of the body, 2 to 100 characters, in upper or lower case (on SQLite, only the case of ASCII letters is
 *     ignored)
 * @param reason a part of the error in the last line of the history, like {@code text}
 * @param tag exactly one of its tags
 * @param after accepted then or later
 * @param before accepted earlier than that
 * @param cursor where to go on: a {@link DeliveryQueue.Page#next()}
 * @param limit the most items, 1 to 10,000; a list has at most 1,000
 */
public record MessageFilter(
        Optional<MessageState> state,
        Optional<Channel> channel,
        Optional<String> address,
        Optional<String> id,
        Optional<String> text,
        Optional<String> reason,
        Optional<String> tag,
        Optional<Instant> after,
        Optional<Instant> before,
        Optional<String> cursor,
        int limit) {
    public static final int DEFAULT_LIMIT = 50;
    public static final int MOST_LISTED = 1_000;
    public static final int MOST_CHANGED = 10_000;

    /** Everything, 50 at a time. */
    public static final MessageFilter ALL = new MessageFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            DEFAULT_LIMIT);

    public MessageFilter {
        address.ifPresent(given -> Limits.text("address", given, Limits.ADDRESS));
        id = id.map(MessageFilter::checkedId);
        text.ifPresent(part -> checkedPart("text", part));
        reason.ifPresent(part -> checkedPart("reason", part));
        tag.ifPresent(Limits::tag);
        cursor.ifPresent(MessageFilter::checkedCursor);
        Limits.check(limit >= 1 && limit <= MOST_CHANGED, "limit", "is " + limit + "; it must be 1 to " + MOST_CHANGED);
    }

    private static String checkedId(String id) {
        String digits = id.toLowerCase(Locale.ROOT).replace("-", "");
        Limits.check(
                digits.matches("[0-9a-f]{4,32}"),
                "id",
                "is not an id or the beginning of one; give 4 to 32 hexadecimal digits");
        return digits;
    }

    private static void checkedPart(String field, String part) {
        Limits.check(part.length() >= 2, field, "is too short; give 2 to 100 characters");
        Limits.text(field, part, 100);
    }

    private static void checkedCursor(String cursor) {
        Limits.check(
                cursor.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
                "cursor",
                "is not a cursor that an earlier page returned; leave it out to start from the beginning");
    }

    public MessageFilter withState(MessageState newState) {
        return withState(Optional.of(newState));
    }

    public MessageFilter withState(Optional<MessageState> newState) {
        return new MessageFilter(newState, channel, address, id, text, reason, tag, after, before, cursor, limit);
    }

    public MessageFilter withChannel(Optional<Channel> newChannel) {
        return new MessageFilter(state, newChannel, address, id, text, reason, tag, after, before, cursor, limit);
    }

    public MessageFilter withAddress(Optional<String> newAddress) {
        return new MessageFilter(state, channel, newAddress, id, text, reason, tag, after, before, cursor, limit);
    }

    public MessageFilter withId(Optional<String> newId) {
        return new MessageFilter(state, channel, address, newId, text, reason, tag, after, before, cursor, limit);
    }

    public MessageFilter withText(Optional<String> newText) {
        return new MessageFilter(state, channel, address, id, newText, reason, tag, after, before, cursor, limit);
    }

    public MessageFilter withReason(Optional<String> newReason) {
        return new MessageFilter(state, channel, address, id, text, newReason, tag, after, before, cursor, limit);
    }

    public MessageFilter withTag(Optional<String> newTag) {
        return new MessageFilter(state, channel, address, id, text, reason, newTag, after, before, cursor, limit);
    }

    /** Accepted from one time on until before another. */
    public MessageFilter withAccepted(Optional<Instant> from, Optional<Instant> until) {
        return new MessageFilter(state, channel, address, id, text, reason, tag, from, until, cursor, limit);
    }

    public MessageFilter withCursor(Optional<String> newCursor) {
        return new MessageFilter(state, channel, address, id, text, reason, tag, after, before, newCursor, limit);
    }

    public MessageFilter withLimit(int newLimit) {
        return new MessageFilter(state, channel, address, id, text, reason, tag, after, before, cursor, newLimit);
    }

    /** The lowest and the highest id that begin as wanted. */
    UUID lowestId() {
        return uuid(id.orElse("") + "0".repeat(32));
    }

    UUID highestId() {
        return uuid(id.orElse("") + "f".repeat(32));
    }

    private static UUID uuid(String digits) {
        return new UUID(
                Long.parseUnsignedLong(digits.substring(0, 16), 16),
                Long.parseUnsignedLong(digits.substring(16, 32), 16));
    }
}
