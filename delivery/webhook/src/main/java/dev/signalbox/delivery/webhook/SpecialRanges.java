package dev.signalbox.delivery.webhook;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Addresses that are not in the public internet, by the registries of special-purpose addresses (RFC 6890 and the IANA
 * tables that it began, read in 2026). The predicates of {@link InetAddress} know only some of them: they miss 100.64.0.0/10,
 * fc00::/7, 64:ff9b::/96, 2002::/16, 198.18.0.0/15 and 240.0.0.0/4, among others.
 *
 * <p>Of IPv6, only 2000::/3 is handed out at all, so everything outside is special without being listed. An IPv4 address
 * that is embedded in an IPv6 one (mapped, or translated by NAT64) is judged as itself.
 */
final class SpecialRanges {
    /** A range and what it is for. */
    private record Special(AddressRange range, String purpose) {}

    private static final List<Special> IPV4 = List.of(
            special("0.0.0.0/8", "this network"),
            special("10.0.0.0/8", "private"),
            special("100.64.0.0/10", "shared by carriers"),
            special("127.0.0.0/8", "loopback"),
            special("169.254.0.0/16", "link-local, where clouds have their metadata"),
            special("172.16.0.0/12", "private"),
            special("192.0.0.0/24", "protocol assignments"),
            special("192.0.2.0/24", "documentation"),
            special("192.31.196.0/24", "AS112"),
            special("192.52.193.0/24", "AMT"),
            special("192.88.99.0/24", "6to4 relays"),
            special("192.168.0.0/16", "private"),
            special("192.175.48.0/24", "AS112"),
            special("198.18.0.0/15", "benchmarks"),
            special("198.51.100.0/24", "documentation"),
            special("203.0.113.0/24", "documentation"),
            special("224.0.0.0/4", "multicast"),
            special("240.0.0.0/4", "reserved and broadcast"));

    private static final List<Special> IPV6 = List.of(
            special("2001::/23", "protocol assignments, with Teredo"),
            special("2001:db8::/32", "documentation"),
            special("2002::/16", "6to4"),
            special("2620:4f:8000::/48", "AS112"),
            special("3fff::/20", "documentation"),
            special("::1/128", "loopback"),
            special("fc00::/7", "private"),
            special("fe80::/10", "link-local"),
            special("ff00::/8", "multicast"));

    private static final AddressRange HANDED_OUT = AddressRange.parse("2000::/3");
    private static final AddressRange NAT64 = AddressRange.parse("64:ff9b::/96");
    private static final int EMBEDDED = 12;

    /** What {@code ::ffff:0:0/96} begins with. The JDK reads that text as IPv4, so it cannot be parsed. */
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private SpecialRanges() {}

    private static Special special(String range, String purpose) {
        return new Special(AddressRange.parse(range), purpose);
    }

    /** What is special about an address, with its range; empty for a public one. */
    static Optional<String> of(InetAddress address) {
        return of(address.getAddress());
    }

    private static Optional<String> of(byte[] address) {
        if (address.length == 4) {
            return find(IPV4, address);
        }
        if (isMapped(address) || NAT64.contains(address)) {
            return of(Arrays.copyOfRange(address, EMBEDDED, address.length));
        }
        return find(IPV6, address)
                .or(() -> HANDED_OUT.contains(address)
                        ? Optional.empty()
                        : Optional.of("not in 2000::/3, the public part of IPv6"));
    }

    static boolean isMapped(byte[] address) {
        return address.length == 16 && Arrays.equals(address, 0, EMBEDDED, MAPPED, 0, EMBEDDED);
    }

    private static Optional<String> find(List<Special> ranges, byte[] address) {
        return ranges.stream()
                .filter(special -> special.range().contains(address))
                .findFirst()
                .map(special -> special.range() + ", " + special.purpose());
    }
}
