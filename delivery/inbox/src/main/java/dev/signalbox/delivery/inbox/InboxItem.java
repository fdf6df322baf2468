package dev.signalbox.delivery.inbox;

import java.time.Instant;
import java.util.Optional;

/**
 * A message in a recipient's inbox.
 *
 * @param recipient whose inbox; 1 to {@value #LONGEST_NAME} characters
 * @param id unique in that inbox; 1 to {@value #LONGEST_NAME} characters
 * @param html whether the body is HTML, which an application has to clean before it shows it
 * @param category what the message is about, if it says so
 * @param at when it came
 * @param changed when it took its state
 */
public record InboxItem(
        String recipient,
        String id,
        Optional<String> subject,
        String body,
        boolean html,
        Optional<String> category,
        State state,
        Instant at,
        Instant changed) {
    /** The most characters of a recipient, and of an id. */
    public static final int LONGEST_NAME = 128;

    /** What its recipient did with it. */
    public enum State {
        UNREAD,
        READ,
        /** Put away: not shown among the others. */
        ARCHIVED
    }

    public InboxItem {
        requireName("recipient", recipient);
        requireName("id", id);
    }

    private static void requireName(String what, String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException(what + " has " + name.length() + " characters; it must have 1 to "
                    + LONGEST_NAME + ", U+0000 not among them");
        }
    }

    /** Whether a text can be a recipient or an id; in a database, other texts may not even be asked for. */
    static boolean isName(String text) {
        return !text.isEmpty() && text.length() <= LONGEST_NAME && text.indexOf(0) < 0;
    }

    /** A plain and unread one, whose times the inbox sets. */
    public static InboxItem of(String recipient, String id, String body) {
        return new InboxItem(
                recipient,
                id,
                Optional.empty(),
                body,
                false,
                Optional.empty(),
                State.UNREAD,
                Instant.EPOCH,
                Instant.EPOCH);
    }

    public InboxItem withSubject(Optional<String> other) {
        return new InboxItem(recipient, id, other, body, html, category, state, at, changed);
    }

    /** The same with a body that is HTML, or not. */
    public InboxItem withHtml(boolean other) {
        return new InboxItem(recipient, id, subject, body, other, category, state, at, changed);
    }

    public InboxItem withCategory(Optional<String> other) {
        return new InboxItem(recipient, id, subject, body, html, other, state, at, changed);
    }

    InboxItem arrived(Instant now) {
        return new InboxItem(recipient, id, subject, body, html, category, State.UNREAD, now, now);
    }
}
