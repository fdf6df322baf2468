package dev.signalbox.delivery.sms;

import java.util.BitSet;

/**
 * How a text message is coded. The tables are those of 3GPP TS 23.038 (formerly GSM 03.38), 6.2.1 and 6.2.1.1, without the
 * national ones, which networks do not agree on.
 */
public enum Alphabet {
    /** 7 bits a character; those of the extension table take two, an escape and the character. */
    GSM_7(160, 153),
    /** 16 bits a unit of UTF-16; a character beyond U+FFFF takes two. */
    UCS_2(70, 67);

    /** In the table's order. Not ç but Ç: Unicode's own mapping of code 9 differs from the standard. */
    private static final String DEFAULT_TABLE = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
            + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private static final String EXTENSION_TABLE = "\f^{}\\[~]|€";
    private static final BitSet DEFAULT = bits(DEFAULT_TABLE);
    private static final BitSet EXTENSION = bits(EXTENSION_TABLE);

    private final int alone;
    private final int linked;

    Alphabet(int alone, int linked) {
        this.alone = alone;
        this.linked = linked;
    }

    private static BitSet bits(String characters) {
        var bits = new BitSet();
        characters.chars().forEach(bits::set);
        return bits;
    }

    /** The narrowest that has all characters of a text. */
    public static Alphabet of(String text) {
        for (int at = 0; at < text.length(); at++) {
            char unit = text.charAt(at);
            if (!DEFAULT.get(unit) && !EXTENSION.get(unit)) {
                return UCS_2;
            }
        }
        return GSM_7;
    }

    /** How many units a message of one segment can have: septets, or units of UTF-16. */
    public int alone() {
        return alone;
    }

    /** How many units each segment of a longer message can have; the header that links them takes the rest. */
    public int linked() {
        return linked;
    }

    /** The units of a text in this alphabet. */
    int units(String text) {
        int units = text.length();
        if (this == GSM_7) {
            for (int at = 0; at < text.length(); at++) {
                units += EXTENSION.get(text.charAt(at)) ? 1 : 0;
            }
        }
        return units;
    }

    /** The units of one character, given as a Unicode code point of a text in this alphabet. */
    int units(int character) {
        return switch (this) {
            case GSM_7 -> EXTENSION.get(character) ? 2 : 1;
            case UCS_2 -> Character.charCount(character);
        };
    }
}
