package dev.signalbox.delivery.suppression;

import static java.util.function.Predicate.not;

import dev.signalbox.delivery.queue.Channel;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one recipient wants or does not want: messages of a category, over a channel, of a category over a channel, or all.
 *
 * @param recipient the name that messages give in their header {@code recipient}, whatever their channel; or a channel and an
 *     address as in {@code email:alice@example.com}, for messages without that header. 1 to 600 characters; of a mail address the
 *     case does not count
 * @param category what it is about; empty for every category
 * @param channel the medium that it is about; empty for every one
 * @param source who or what said so, to {@value Suppression#LONGEST_SOURCE} characters
 * @param since when it was entered, in microseconds
 */
public record Preference(
        String recipient,
        Optional<String> category,
        Optional<Channel> channel,
        boolean wanted,
        String source,
        Instant since) {
    /** The most characters of a recipient. */
    public static final int LONGEST_RECIPIENT = 600;

    public Preference {
        requireRecipient(recipient);
        recipient = folded(recipient);
        category.ifPresent(Suppression::requireCategory);
        source = Suppression.fitted(source, Suppression.LONGEST_SOURCE);
    }

    /** One about every message, from the time at which it is put. */
    public static Preference of(String recipient, boolean wanted, String source) {
        return new Preference(recipient, Optional.empty(), Optional.empty(), wanted, source, Instant.EPOCH);
    }

    public Preference withCategory(Optional<String> other) {
        return new Preference(recipient, other, channel, wanted, source, since);
    }

    public Preference withChannel(Optional<Channel> other) {
        return new Preference(recipient, category, other, wanted, source, since);
    }

    public Preference withWanted(boolean other) {
        return new Preference(recipient, category, channel, other, source, since);
    }

    Preference withSince(Instant other) {
        return new Preference(recipient, category, channel, wanted, source, other);
    }

    /**
     * Of those that apply to one message, the one that decides: that about its category and channel; without it those about its
     * category and about its channel, of which a no wins; without these that about everything. Empty if there is none.
     */
    public static Optional<Preference> deciding(List<Preference> applying) {
        int most = applying.stream().mapToInt(Preference::parts).max().orElse(0);
        List<Preference> closest =
                applying.stream().filter(each -> each.parts() == most).toList();
        return closest.stream()
                .filter(not(Preference::wanted))
                .findFirst()
                .or(() -> closest.stream().findFirst());
    }

    /** How much of category and channel it names. */
    private int parts() {
        return (category.isPresent() ? 1 : 0) + (channel.isPresent() ? 1 : 0);
    }

    static void requireRecipient(String text) {
        int length = text.codePointCount(0, text.length());
        if (length < 1 || length > LONGEST_RECIPIENT || !text.equals(text.strip())) {
            throw new IllegalArgumentException("recipient must be 1 to " + LONGEST_RECIPIENT
                    + " characters without a space at its ends, such as alice or email:alice@example.com");
        }
        if (text.codePoints().anyMatch(Preference::isUnstorable)) {
            throw new IllegalArgumentException("recipient holds a character that no text has, such as a line break");
        }
    }

    private static boolean isUnstorable(int c) {
        return Character.isISOControl(c) || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /** The name by which entries are found. */
    static String folded(String recipient) {
        String mail = Channel.EMAIL + ":";
        return recipient.startsWith(mail)
                ? mail + Suppression.folded(Channel.EMAIL, recipient.substring(mail.length()))
                : recipient;
    }
}
