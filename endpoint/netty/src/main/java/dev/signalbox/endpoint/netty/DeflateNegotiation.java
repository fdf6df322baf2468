package dev.signalbox.endpoint.netty;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Negotiates permessage-deflate (RFC 7692, 7.1), for both directions. */
final class DeflateNegotiation {
    private static final String NAME = "permessage-deflate";
    private static final String WINDOW = "server_max_window_bits";
    private static final Pattern BITS = Pattern.compile("\"?([89]|1[0-5])\"?");

    private DeflateNegotiation() {}

    /**
     * The answer to the first offer that can be accepted. No side takes its context over to the next message, so that a connection
     * without traffic costs no window.
     */
    static Optional<String> accept(List<String> headers) {
        return headers.stream()
                .flatMap(header -> Stream.of(header.split(",", -1)))
                .flatMap(offer -> answer(offer.split(";", -1)).stream())
                .findFirst();
    }

    private static Optional<String> answer(String[] offer) {
        Set<String> seen = new HashSet<>();
        for (int i = 1; i < offer.length; i++) {
            String[] parameter = offer[i].strip().split("\\s*=\\s*", 2);
            String value = parameter.length == 1 ? "" : parameter[1];
            if (!seen.add(parameter[0]) || !isAcceptable(parameter[0], value)) {
                return Optional.empty();
            }
        }
        String answer = NAME + "; server_no_context_takeover; client_no_context_takeover"
                + (seen.contains(WINDOW) ? "; " + WINDOW + "=15" : "");
        return offer[0].strip().equals(NAME) ? Optional.of(answer) : Optional.empty();
    }

    private static boolean isAcceptable(String name, String value) {
        return switch (name) {
            case "server_no_context_takeover", "client_no_context_takeover" -> value.isEmpty();
            case "client_max_window_bits" ->
                value.isEmpty() || BITS.matcher(value).matches();
            // The JDK's deflater has its window of 2^15 bytes and no other.
            case WINDOW -> value.replace("\"", "").equals("15");
            default -> false;
        };
    }
}
