package dev.signalbox.endpoint.netty;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of network addresses in CIDR notation: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address. Immutable.
 *
 * @param base an address of the range
 * @param bits how many leading bits all its addresses share: 0 to 32, or to 128 for IPv6
 */
public record AddressRange(InetAddress base, int bits) {
    private static final Pattern FORM = Pattern.compile("([0-9a-fA-F.:]+)(?:/(\\d{1,3}))?");

    /**
     * Checks the number of bits.
     *
     * @throws IllegalArgumentException if it does not fit the address
     */
    public AddressRange {
        int most = base.getAddress().length * Byte.SIZE;
        if (bits < 0 || bits > most) {
            throw new IllegalArgumentException(
                    "a range of " + base.getHostAddress() + " has 0 to " + most + " bits, not " + bits);
        }
    }

    /**
     * Reads a range, or one address. Names are not looked up.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static AddressRange parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not an address or a range like 10.0.0.0/8: " + text);
        }
        InetAddress base = InetAddress.ofLiteral(matcher.group(1));
        String bits = matcher.group(2);
        return new AddressRange(base, bits == null ? base.getAddress().length * Byte.SIZE : Integer.parseInt(bits));
    }

    public boolean contains(InetAddress address) {
        byte[] ours = base.getAddress();
        byte[] theirs = address.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int i = 0; i * Byte.SIZE < bits; i++) {
            int shared = Math.min(Byte.SIZE, bits - i * Byte.SIZE);
            int mask = 0xFF << (Byte.SIZE - shared);
            if (((ours[i] ^ theirs[i]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
