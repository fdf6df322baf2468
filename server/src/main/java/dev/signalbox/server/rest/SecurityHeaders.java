package dev.signalbox.server.rest;

import java.util.Map;
import java.util.function.BiConsumer;

/** What every answer carries, so that a browser keeps it to itself. Handlers may loosen it for what they serve. */
final class SecurityHeaders {
    private static final Map<String, String> ALWAYS = Map.of(
            "Cache-Control", "no-store",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin");

    private SecurityHeaders() {}

    static void set(BiConsumer<String, String> headers) {
        ALWAYS.forEach(headers);
    }
}
