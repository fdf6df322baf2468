package dev.signalbox.delivery.webhook;

import java.net.InetAddress;
import java.util.regex.Pattern;

/** Addresses that begin with the same bits, written {@code 10.0.0.0/8} or {@code fd00::/8} (CIDR). Immutable. */
public final class AddressRange {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");

    private final byte[] base;
    private final int bits;
    private final String text;

    private AddressRange(byte[] base, int bits, String text) {
        this.base = base;
        this.bits = bits;
        this.text = text;
    }

    /**
     * Reads a range, or one address alone. Never asks a name server.
     *
     * @throws IllegalArgumentException if it is none, or has bits set beyond its length, as {@code 10.0.0.1/8} has
     */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        byte[] base = address(text, slash < 0 ? text : text.substring(0, slash));
        int bits = slash < 0 ? base.length * 8 : length(text, text.substring(slash + 1), base.length * 8);
        var range = new AddressRange(base, bits, text);
        for (int bit = bits; bit < base.length * 8; bit++) {
            if ((base[bit / 8] >> (7 - bit % 8) & 1) != 0) {
                throw malformed(text, "has bits set beyond its first " + bits);
            }
        }
        return range;
    }

    private static byte[] address(String text, String literal) {
        if (!IPV4.matcher(literal).matches() && (literal.indexOf(':') < 0 || literal.indexOf('%') >= 0)) {
            throw malformed(text, "is no address");
        }
        try {
            return InetAddress.ofLiteral(literal).getAddress();
        } catch (IllegalArgumentException e) {
            throw malformed(text, "is no address");
        }
    }

    private static int length(String text, String digits, int most) {
        if (!digits.matches("\\d{1,3}") || Integer.parseInt(digits) > most) {
            throw malformed(text, "needs a length of 0 to " + most + " behind its slash");
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException malformed(String text, String problem) {
        return new IllegalArgumentException(
                "'" + text + "' " + problem + "; write a range such as 10.0.0.0/8 or fd00::/8");
    }

    public boolean contains(InetAddress address) {
        return contains(address.getAddress());
    }

    boolean contains(byte[] address) {
        if (address.length != base.length) {
            return false;
        }
        int whole = bits / 8;
        for (int i = 0; i < whole; i++) {
            if (address[i] != base[i]) {
                return false;
            }
        }
        int rest = bits % 8;
        return rest == 0 || (address[whole] ^ base[whole]) >> (8 - rest) == 0;
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
