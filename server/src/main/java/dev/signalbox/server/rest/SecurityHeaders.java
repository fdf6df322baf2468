package dev.signalbox.server.rest;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import java.util.Map;

/** What every answer carries, so that a browser keeps it to itself. Handlers may loosen it for what they serve. */
final class SecurityHeaders {
    private static final Map<HeaderName, String> ALWAYS = Map.of(
            HeaderNames.CACHE_CONTROL,
            "no-store",
            HeaderNames.create("Content-Security-Policy"),
            "default-src 'none'; frame-ancestors 'none'",
            HeaderNames.create("X-Content-Type-Options"),
            "nosniff",
            HeaderNames.create("X-Frame-Options"),
            "DENY",
            HeaderNames.create("Referrer-Policy"),
            "no-referrer",
            HeaderNames.create("Cross-Origin-Opener-Policy"),
            "same-origin",
            HeaderNames.create("Cross-Origin-Resource-Policy"),
            "same-origin");

    private SecurityHeaders() {}

    static void set(ServerResponseHeaders headers) {
        ALWAYS.forEach(headers::set);
    }
}
