package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Address;
import dev.signalbox.router.SessionStart;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client says in its handshake.
 *
 * @param token from {@code Authorization: Bearer}, else from {@code ?access_token=}; empty if it sends it in a frame
 * @param targets from {@code ?to=}, which may be repeated: where binary frames go, and messages without {@code to}
 * @param raw whether it wants binary payloads as binary frames: {@code ?binary=raw}, or the subprotocol that says so
 * @param visiblePings whether it wants pings in JSON, where a browser's code can see them: {@code ?ping=json}
 * @param deflate whether its messages may be compressed
 * @param start the session that it wants: {@code ?resume=}
 */
record Greeting(
        Optional<String> token,
        List<Address> targets,
        boolean raw,
        boolean visiblePings,
        boolean deflate,
        SessionStart start) {
    /** Of a client that says all in frames. */
    static final Greeting NONE =
            new Greeting(Optional.empty(), List.of(), false, false, false, new SessionStart.Fresh());

    private static final String BEARER = "bearer ";

    /** Throws an {@link IllegalArgumentException} that says what is wrong with it. */
    static Greeting of(HttpRequest request, QueryStringDecoder url, Optional<Subprotocol> chosen, boolean deflate) {
        List<Address> targets = url.parameters().getOrDefault("to", List.of()).stream()
                .map(Address::parse)
                .toList();
        String header = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        boolean raw = choice(url, "binary", "raw", "json", chosen.equals(Optional.of(Subprotocol.RAW)));
        boolean visiblePings = choice(url, "ping", "json", "frame", false);
        return new Greeting(
                bearer(header).or(() -> parameter(url, "access_token")),
                targets,
                raw,
                visiblePings,
                deflate,
                parameter(url, "resume")
                        .map(given -> SessionStart.parse(given, Map.of()))
                        .orElseGet(SessionStart.Fresh::new));
    }

    static Optional<String> bearer(@Nullable String header) {
        return header != null && header.toLowerCase(Locale.ROOT).startsWith(BEARER)
                ? Optional.of(header.substring(BEARER.length()).trim())
                : Optional.empty();
    }

    private static Optional<String> parameter(QueryStringDecoder url, String name) {
        return url.parameters().getOrDefault(name, List.of()).stream().findFirst();
    }

    /** Whether a parameter says {@code yes} rather than {@code no}. */
    private static boolean choice(QueryStringDecoder url, String name, String yes, String no, boolean otherwise) {
        String given = parameter(url, name).orElse(otherwise ? yes : no);
        if (!given.equals(yes) && !given.equals(no)) {
            throw new IllegalArgumentException("the parameter \"" + name + "\" must be " + yes + " or " + no);
        }
        return given.equals(yes);
    }
}
