package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Address;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client says in its handshake.
 *
 * @param token from {@code Authorization: Bearer}, else from {@code ?access_token=}; empty if it sends it in a frame
 * @param targets from {@code ?to=}, which may be repeated: where binary frames go, and messages without {@code to}
 * @param raw whether it wants binary payloads as binary frames: {@code ?binary=raw}
 */
record Greeting(Optional<String> token, List<Address> targets, boolean raw) {
    private static final String BEARER = "bearer ";

    /** Throws an {@link IllegalArgumentException} that says what is wrong with it. */
    static Greeting of(HttpRequest request, QueryStringDecoder url) {
        List<Address> targets = url.parameters().getOrDefault("to", List.of()).stream()
                .map(Address::parse)
                .toList();
        String header = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        return new Greeting(bearer(header).or(() -> parameter(url, "access_token")), targets, isRaw(url));
    }

    private static Optional<String> bearer(@Nullable String header) {
        return header != null && header.toLowerCase(Locale.ROOT).startsWith(BEARER)
                ? Optional.of(header.substring(BEARER.length()).trim())
                : Optional.empty();
    }

    private static Optional<String> parameter(QueryStringDecoder url, String name) {
        return url.parameters().getOrDefault(name, List.of()).stream().findFirst();
    }

    private static boolean isRaw(QueryStringDecoder url) {
        return switch (parameter(url, "binary").orElse("json")) {
            case "raw" -> true;
            case "json" -> false;
            default -> throw new IllegalArgumentException("the parameter \"binary\" must be raw or json");
        };
    }
}
