package dev.signalbox.delivery.suppression;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Step;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One reason why an address gets no messages, or none of one category. An address can have several: taking back one leaves the
 * others.
 *
 * @param channel the medium
 * @param address as messages are addressed; of mail in lower case, since no two mailboxes differ in case alone
 * @param category what it is about; empty for every message
 * @param source who or what said so, to 200 characters
 * @param note what else is known, to 500 characters
 * @param since when it was entered, in microseconds
 */
public record Suppression(
        Channel channel,
        String address,
        Optional<String> category,
        Reason reason,
        String source,
        Optional<String> note,
        Instant since) {
    /** The most characters of a source. */
    public static final int LONGEST_SOURCE = 200;

    /** The most characters of a note. */
    public static final int LONGEST_NOTE = 500;

    private static final Pattern CATEGORY = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    public Suppression {
        address = folded(channel, Step.to(channel, address).address());
        category.ifPresent(Suppression::requireCategory);
        source = fitted(source, LONGEST_SOURCE);
        note = note.map(text -> fitted(text, LONGEST_NOTE)).filter(text -> !text.isEmpty());
    }

    /** Why nothing is sent. */
    public enum Reason {
        /** Its mailbox or number does not exist, as the provider says. */
        BOUNCE("it does not exist"),
        /** What was there is gone, as the receiver says. */
        GONE("it is gone"),
        /** The recipient called a message spam. */
        COMPLAINT("the recipient complained"),
        /** The recipient unsubscribed. */
        UNSUBSCRIBE("the recipient unsubscribed"),
        /** The recipient answered with a word such as STOP. */
        OPT_OUT("the recipient opted out"),
        /** An operator entered it. */
        OPERATOR("an operator entered it");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        /** Why, as a part of a sentence. */
        public String words() {
            return words;
        }

        /** Whether nothing can arrive there, so that it holds for messages that no wish silences, too. */
        public boolean isImpossible() {
            return this == BOUNCE || this == GONE;
        }
    }

    /** One that holds for every category, from the time at which it is added. */
    public static Suppression of(Channel channel, String address, Reason reason, String source) {
        return new Suppression(channel, address, Optional.empty(), reason, source, Optional.empty(), Instant.EPOCH);
    }

    /** The same for one category only, or for all. */
    public Suppression withCategory(Optional<String> other) {
        return new Suppression(channel, address, other, reason, source, note, since);
    }

    public Suppression withNote(Optional<String> other) {
        return new Suppression(channel, address, category, reason, source, other, since);
    }

    Suppression withSince(Instant other) {
        return new Suppression(channel, address, category, reason, source, note, other);
    }

    /** Whether a text can be a category: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. */
    public static boolean isCategory(String text) {
        return CATEGORY.matcher(text).matches();
    }

    static void requireCategory(String text) {
        if (!isCategory(text)) {
            throw new IllegalArgumentException(
                    "category must be 1 to 64 lower-case letters, digits, dots, hyphens and underscores, beginning with a"
                            + " letter or digit");
        }
    }

    /** The address by which entries are found. */
    static String folded(Channel channel, String address) {
        return channel.equals(Channel.EMAIL) ? address.toLowerCase(Locale.ROOT) : address;
    }

    /** What servers and people say is not ours to reject, so it is made to fit. */
    static String fitted(String text, int most) {
        String plain = text.replaceAll("[\\p{Cntrl}\\p{Cs}]+", " ").strip();
        return plain.codePointCount(0, plain.length()) <= most
                ? plain
                : plain.substring(0, plain.offsetByCodePoints(0, most));
    }
}
