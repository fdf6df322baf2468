package dev.signalbox.delivery.sms;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A text as networks carry it: in segments, each of which is paid for. Immutable and thread-safe.
 *
 * @param text what is sent
 * @param alphabet the narrowest that has all its characters; one curly quote makes a text of GSM-7 one of UCS-2, with less
 *     than half the room
 * @param units septets or units of UTF-16, with the escapes of the extension table
 * @param segments the text cut as it is carried, at least one. No character is cut in two, so a segment may have one unit less
 *     than it could
 */
public record SmsText(String text, Alphabet alphabet, int units, List<String> segments) {
    /** Not the single character, which is not in GSM-7. */
    private static final String DOTS = "...";

    public SmsText {
        segments = List.copyOf(segments);
    }

    public static SmsText of(String text) {
        var alphabet = Alphabet.of(text);
        int units = alphabet.units(text);
        return new SmsText(
                text,
                alphabet,
                units,
                units <= alphabet.alone() ? List.of(text) : cut(text, alphabet, alphabet.linked()));
    }

    private static List<String> cut(String text, Alphabet alphabet, int most) {
        var segments = new ArrayList<String>();
        int begin = 0;
        int units = 0;
        for (int at = 0; at < text.length(); ) {
            int character = text.codePointAt(at);
            if (units + alphabet.units(character) > most) {
                segments.add(text.substring(begin, at));
                begin = at;
                units = 0;
            }
            units += alphabet.units(character);
            at += Character.charCount(character);
        }
        segments.add(text.substring(begin));
        return segments;
    }

    /** How many units more would fit without another segment. */
    public int room() {
        if (segments.size() == 1) {
            return alphabet.alone() - units;
        }
        return alphabet.linked() - alphabet.units(segments.getLast());
    }

    boolean fits(SmsLimit limit) {
        return segments.size() <= limit.segments() && text.codePointCount(0, text.length()) <= limit.characters();
    }

    /**
     * The text in as few messages as keep to the limit, each cut after a blank where there is one in its second half, and
     * otherwise between two characters as people see them. Blanks at the cuts are dropped.
     */
    List<String> split(SmsLimit limit) {
        var messages = new ArrayList<String>();
        String rest = text.strip();
        while (!rest.isEmpty()) {
            String head = head(rest, limit);
            messages.add(head.strip());
            rest = rest.substring(head.length()).strip();
        }
        return messages;
    }

    /** The begin of the text with three dots after it, within the limit; the text itself if it is within. */
    String truncate(SmsLimit limit) {
        if (fits(limit)) {
            return text;
        }
        String longest = longest(text, limit);
        int kept = longest.codePointCount(0, longest.length()) - DOTS.length();
        if (kept < 1) {
            return longest;
        }
        return longest(text, new SmsLimit(kept, limit.segments())).stripTrailing() + DOTS;
    }

    private static String head(String rest, SmsLimit limit) {
        String longest = longest(rest, limit);
        if (longest.length() == rest.length()) {
            return rest;
        }
        for (int at = longest.length(); at > longest.length() / 2; at--) {
            if (Character.isWhitespace(rest.charAt(at))) {
                return rest.substring(0, at);
            }
        }
        return longest;
    }

    /** The longest begin within the limit that ends between two characters as people see them; at least one of them. */
    private static String longest(String text, SmsLimit limit) {
        int least = 0;
        int most = text.length();
        while (least < most) {
            int middle = (least + most + 1) / 2;
            boolean fits = of(text.substring(0, middle)).fits(limit);
            least = fits ? middle : least;
            most = fits ? most : middle - 1;
        }
        return text.substring(0, boundary(text, least));
    }

    private static int boundary(String text, int most) {
        var characters = BreakIterator.getCharacterInstance(Locale.ROOT);
        characters.setText(text);
        if (most >= text.length() || characters.isBoundary(most)) {
            return most;
        }
        int before = characters.preceding(most);
        return before > 0 ? before : characters.following(0);
    }
}
