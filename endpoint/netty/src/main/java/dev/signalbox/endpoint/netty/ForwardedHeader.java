package dev.signalbox.endpoint.netty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The client's address in a header that proxies write, each adding to the right what it saw. */
final class ForwardedHeader {
    /** An address with or without a port; IPv6 in brackets, which X-Forwarded-For often leaves out. */
    private static final Pattern NODE =
            Pattern.compile("\\[([0-9a-fA-F:.]+)](?::(\\d{1,5}))?|([0-9.]+)(?::(\\d{1,5}))?|([0-9a-fA-F:.]+)");

    private static final Pattern FOR = Pattern.compile(
            "(?:^|;)\\s*for\\s*=\\s*(?:\"([^\"]*)\"|([^;\\s\"]*))\\s*(?:;|$)", Pattern.CASE_INSENSITIVE);

    private ForwardedHeader() {}

    /**
     * The rightmost address that is not a trusted proxy's own: what stands to the left of it, anybody may have written. Empty if
     * there is none, or if it is hidden. {@code headers} gives all values of a header by its name in lower case.
     */
    static Optional<InetSocketAddress> client(Function<String, List<String>> headers, ListenerOptions.Proxies proxies) {
        Optional<InetSocketAddress> client = Optional.empty();
        for (Optional<InetSocketAddress> hop : hops(headers, proxies.source()).reversed()) {
            client = hop;
            if (hop.isEmpty() || !proxies.trusts(hop.get().getAddress())) {
                return client;
            }
        }
        return client;
    }

    private static List<Optional<InetSocketAddress>> hops(
            Function<String, List<String>> headers, ListenerOptions.AddressSource source) {
        return switch (source) {
            case X_FORWARDED_FOR ->
                elements(headers, "x-forwarded-for").map(ForwardedHeader::node).toList();
            case FORWARDED ->
                elements(headers, "forwarded")
                        .map(element -> FOR.matcher(element).results().findFirst())
                        .map(found ->
                                found.flatMap(each -> node(each.group(1) == null ? each.group(2) : each.group(1))))
                        .toList();
            case CONNECTION, PROXY_PROTOCOL -> List.of();
        };
    }

    private static Stream<String> elements(Function<String, List<String>> headers, String name) {
        return headers.apply(name).stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(String::strip);
    }

    private static Optional<InetSocketAddress> node(String text) {
        Matcher matcher = NODE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            String host = first(matcher.group(1), matcher.group(3), matcher.group(5));
            String port = first(matcher.group(2), matcher.group(4), "0");
            return Optional.of(new InetSocketAddress(InetAddress.ofLiteral(host), Integer.parseInt(port)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String first(String... groups) {
        return Stream.of(groups).filter(each -> each != null).findFirst().orElse("");
    }
}
