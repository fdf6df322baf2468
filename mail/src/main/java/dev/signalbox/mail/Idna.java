package dev.signalbox.mail;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * International domain names by IDNA2008: {@code faß.de} is {@code xn--fa-hia.de}. The JDK's {@link java.net.IDN} follows
 * the older standard and makes {@code fass.de} of it, which is somebody else's domain.
 *
 * <p>Names are mapped by RFC 5895 (lower case, full width, NFC), and each character is then allowed or refused by the rules of
 * RFC 5892, section 3, on the JDK's Unicode tables. Two things the JDK has no tables for are looser here than in the
 * standard, so that a name may pass which no registry gives out: ZERO WIDTH NON-JOINER is allowed between any two Arabic
 * letters, and the rule for names of mixed direction (RFC 5893) is not checked.
 */
final class Idna {
    private static final int LONGEST_LABEL = 63;
    private static final int LONGEST_NAME = 253;

    /** RFC 5892, section 2.6. */
    private static final Set<Integer> ALLOWED = Set.of(0x00DF, 0x03C2, 0x06FD, 0x06FE, 0x0F0B, 0x3007);

    private static final Set<Integer> REFUSED =
            Set.of(0x0640, 0x07FA, 0x302E, 0x302F, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x303B);

    /** Letters and marks that are invisible (Default_Ignorable_Code_Point), as ranges. */
    private static final int[][] INVISIBLE = {
        {0x034F, 0x034F},
        {0x115F, 0x1160},
        {0x17B4, 0x17B5},
        {0x180B, 0x180F},
        {0x3164, 0x3164},
        {0xFE00, 0xFE0F},
        {0xFFA0, 0xFFA0},
        {0xE0000, 0xE0FFF}
    };

    private static final int[][] OLD_HANGUL = {{0x1100, 0x11FF}, {0xA960, 0xA97C}, {0xD7B0, 0xD7FB}};

    /** What joins to the next letter (canonical combining class 9), so that a joiner may follow. */
    private static final Set<Integer> VIRAMA = Set.of(
            0x094D, 0x09CD, 0x0A4D, 0x0ACD, 0x0B4D, 0x0BCD, 0x0C4D, 0x0CCD, 0x0D4D, 0x0DCA, 0x0E3A, 0x0F84, 0x1039,
            0x103A, 0x1714, 0x1734, 0x17D2, 0x1A60, 0x1B44, 0x1BAA, 0x1BAB, 0x1BF2, 0x1BF3, 0xA806, 0xA8C4, 0xA953,
            0xA9C0, 0xAAF6, 0xABED);

    private Idna() {}

    /**
     * The name in ASCII and lower case.
     *
     * @throws IllegalArgumentException if it is no domain name, with the reason
     */
    static String toAscii(String name) {
        String[] labels = name.replaceAll("[。．｡]", ".").split("\\.", -1);
        for (int i = 0; i < labels.length; i++) {
            labels[i] = label(labels[i]);
        }
        String ascii = String.join(".", labels);
        check(ascii.length() <= LONGEST_NAME, "is longer than " + LONGEST_NAME + " characters");
        return ascii;
    }

    private static String label(String given) {
        String label = SingleLine.isAscii(given) ? given.toLowerCase(Locale.ROOT) : mapped(given);
        check(!label.isEmpty(), "has an empty part: look at its dots");
        check(!label.startsWith("-") && !label.endsWith("-"), "has a part that starts or ends with a hyphen");
        boolean ascii = SingleLine.isAscii(label);
        if (!ascii) {
            check(!label.startsWith("--", 2), "has two hyphens at the third place of '" + label + "'");
        }
        letters(label);
        String written = ascii ? label : "xn--" + Punycode.encode(label);
        check(written.length() <= LONGEST_LABEL, "has a part longer than " + LONGEST_LABEL + " characters");
        return written;
    }

    private static String mapped(String label) {
        var lower = new StringBuilder();
        // One at a time: the mapping of a whole string writes a sigma at its end differently.
        label.codePoints().mapToObj(Character::toString).forEach(c -> lower.append(narrow(lowerCase(c))));
        return Normalizer.normalize(lower, Form.NFC);
    }

    /** In Cherokee the large letters are the ones that stay. */
    private static String lowerCase(String c) {
        return UnicodeScript.of(c.codePointAt(0)) == UnicodeScript.CHEROKEE
                ? c.toUpperCase(Locale.ROOT)
                : c.toLowerCase(Locale.ROOT);
    }

    private static String narrow(String c) {
        return c.charAt(0) >= 0xFF01 && c.charAt(0) <= 0xFFEE
                ? Normalizer.normalize(c, Form.NFKC).toLowerCase(Locale.ROOT)
                : c;
    }

    private static void letters(String label) {
        int[] points = label.codePoints().toArray();
        int type = Character.getType(points[0]);
        boolean mark = type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
        check(!mark, "has a part that starts with a combining mark");
        for (int i = 0; i < points.length; i++) {
            check(
                    isAllowed(points, i),
                    "contains '" + Character.toString(points[i]) + "' (U+%04X)".formatted(points[i])
                            + ", which domain names do not have");
        }
    }

    private static boolean isAllowed(int[] label, int at) {
        int c = label[at];
        return switch (c) {
            case 0x00B7 -> is(label, at - 1, p -> p == 'l') && is(label, at + 1, p -> p == 'l');
            case 0x0375 -> is(label, at + 1, p -> UnicodeScript.of(p) == UnicodeScript.GREEK);
            case 0x05F3, 0x05F4 -> is(label, at - 1, p -> UnicodeScript.of(p) == UnicodeScript.HEBREW);
            case 0x30FB -> has(label, Idna::isJapanese);
            case 0x200D -> is(label, at - 1, VIRAMA::contains);
            case 0x200C ->
                is(label, at - 1, VIRAMA::contains)
                        || (is(label, at - 1, Idna::isArabicLetter) && is(label, at + 1, Idna::isArabicLetter));
            default -> isLetterOrDigit(c) && !mixesDigits(label, c);
        };
    }

    /** The derived property PVALID of RFC 5892. */
    private static boolean isLetterOrDigit(int c) {
        if (c < 128) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        }
        if (ALLOWED.contains(c) || REFUSED.contains(c)) {
            return ALLOWED.contains(c);
        }
        return isStable(c)
                && !within(INVISIBLE, c)
                && !within(OLD_HANGUL, c)
                && switch (Character.getType(c)) {
                    case Character.LOWERCASE_LETTER,
                            Character.UPPERCASE_LETTER,
                            Character.OTHER_LETTER,
                            Character.DECIMAL_DIGIT_NUMBER,
                            Character.MODIFIER_LETTER,
                            Character.NON_SPACING_MARK,
                            Character.COMBINING_SPACING_MARK -> true;
                    default -> false;
                };
    }

    /** Whether neither the case nor a compatible form of it is a different character. */
    private static boolean isStable(int c) {
        String self = Character.toString(c);
        var folded = new StringBuilder();
        Normalizer.normalize(self, Form.NFKC)
                .codePoints()
                .mapToObj(Character::toString)
                .map(Idna::foldCase)
                .forEach(folded::append);
        return Normalizer.normalize(folded, Form.NFKC).equals(self);
    }

    private static String foldCase(String c) {
        // The dotless i has no other case outside Turkish.
        return c.equals("ı") ? c : lowerCase(c.toUpperCase(Locale.ROOT));
    }

    /** Arabic digits and the extended ones do not stand in one label. */
    private static boolean mixesDigits(int[] label, int c) {
        return c >= 0x0660 && c <= 0x0669 && has(label, p -> p >= 0x06F0 && p <= 0x06F9);
    }

    private static boolean isJapanese(int c) {
        var script = UnicodeScript.of(c);
        return c != 0x30FB
                && (script == UnicodeScript.HIRAGANA
                        || script == UnicodeScript.KATAKANA
                        || script == UnicodeScript.HAN);
    }

    private static boolean isArabicLetter(int c) {
        return UnicodeScript.of(c) == UnicodeScript.ARABIC && Character.isLetter(c);
    }

    private static boolean is(int[] label, int at, IntPredicate what) {
        return at >= 0 && at < label.length && what.test(label[at]);
    }

    private static boolean has(int[] label, IntPredicate what) {
        for (int c : label) {
            if (what.test(c)) {
                return true;
            }
        }
        return false;
    }

    private static boolean within(int[][] ranges, int c) {
        for (int[] range : ranges) {
            if (c >= range[0] && c <= range[1]) {
                return true;
            }
        }
        return false;
    }

    private static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalArgumentException(violation);
        }
    }
}
