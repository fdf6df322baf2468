package dev.signalbox.mail;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** Text in headers: encoded words (RFC 2047), phrases, and parameters (RFC 2231). */
final class HeaderText {
    /** Longer words are encoded, because a line cannot be broken inside one, and 998 octets are the most a line may have. */
    private static final int LONGEST_WORD = 900;

    /** With {@code =?UTF-8?B??=} around it, a word of 60 characters, which fits into the first line of most headers. */
    private static final int ENCODED_CHARACTERS = 48;

    private static final int ENCODED_BYTES = ENCODED_CHARACTERS / 4 * 3;
    private static final int PARAMETER_CHARACTERS = 60;
    /** RFC 2047, section 5 (3). */
    private static final String IN_PHRASES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/";

    private static final Pattern ATOMS = Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+");
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$&+^_`{|}~.-]+");

    private HeaderText() {}

    /** A text for people, such as a subject: as it is if it can be, else as encoded words. */
    static String unstructured(String text) {
        return isPlain(text) ? text : encodedWords(text);
    }

    /** The name before an address: as it is, in quotation marks, or encoded. */
    static String phrase(String text) {
        if (!isPlain(text)) {
            return encodedWords(text);
        }
        return ATOMS.matcher(text).matches() ? text : '"' + text.replaceAll("([\"\\\\])", "\\\\$1") + '"';
    }

    private static boolean isPlain(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c < 127)
                && !text.contains("=?")
                && text.equals(text.strip())
                && List.of(text.split(" ")).stream().allMatch(word -> word.length() <= LONGEST_WORD);
    }

    private static String encodedWords(String text) {
        var words = new ArrayList<String>();
        boolean latin = quotedLength(text) <= base64Length(text);
        var word = new StringBuilder();
        int used = 0;
        for (int c : text.codePoints().toArray()) {
            String letter = Character.toString(c);
            int more = latin ? quoted(letter).length() : SingleLine.octets(letter);
            if (used + more > (latin ? ENCODED_CHARACTERS : ENCODED_BYTES)) {
                words.add(encodedWord(word.toString(), latin));
                word.setLength(0);
                used = 0;
            }
            word.append(letter);
            used += more;
        }
        words.add(encodedWord(word.toString(), latin));
        return String.join(" ", words);
    }

    private static String encodedWord(String text, boolean latin) {
        return latin
                ? "=?UTF-8?Q?" + quoted(text) + "?="
                : "=?UTF-8?B?" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "?=";
    }

    private static int quotedLength(String text) {
        return quoted(text).length();
    }

    private static int base64Length(String text) {
        return (SingleLine.octets(text) + 2) / 3 * 4;
    }

    /** The encoding Q, with only those characters left that are allowed in phrases, too. */
    private static String quoted(String text) {
        var out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = IN_PHRASES.indexOf(b) >= 0;
            out.append(b == ' ' ? "_" : plain ? Character.toString(b) : "=%02X".formatted(b & 0xFF));
        }
        return out.toString();
    }

    /**
     * {@code ; name=value}, in quotation marks or by RFC 2231 where needed. Names beyond 60 characters are continued in
     * several parameters, each of which is one word of its line.
     */
    static String parameter(String name, String value) {
        boolean ascii = value.chars().allMatch(c -> c >= ' ' && c < 127);
        if (ascii && value.length() <= PARAMETER_CHARACTERS) {
            boolean token = TOKEN.matcher(value).matches();
            return "; " + name + "=" + (token ? value : '"' + value.replaceAll("([\"\\\\])", "\\\\$1") + '"');
        }
        var pieces = pieces("UTF-8''", value);
        if (pieces.size() == 1) {
            return "; " + name + "*=" + pieces.getFirst();
        }
        var out = new StringBuilder();
        for (int i = 0; i < pieces.size(); i++) {
            out.append("; ").append(name).append('*').append(i).append("*=").append(pieces.get(i));
        }
        return out.toString();
    }

    private static List<String> pieces(String prefix, String value) {
        var pieces = new ArrayList<String>();
        var piece = new StringBuilder(prefix);
        for (int c : value.codePoints().toArray()) {
            String letter = percent(Character.toString(c));
            if (piece.length() + letter.length() > PARAMETER_CHARACTERS) {
                pieces.add(piece.toString());
                piece.setLength(0);
            }
            piece.append(letter);
        }
        pieces.add(piece.toString());
        return pieces;
    }

    private static String percent(String letter) {
        var out = new StringBuilder();
        for (byte b : letter.getBytes(StandardCharsets.UTF_8)) {
            boolean plain =
                    b > ' ' && b < 127 && TOKEN.matcher(Character.toString(b)).matches();
            out.append(plain ? Character.toString(b) : "%%%02X".formatted(b & 0xFF));
        }
        return out.toString();
    }
}
