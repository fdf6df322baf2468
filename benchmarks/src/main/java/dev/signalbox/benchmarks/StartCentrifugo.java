package dev.signalbox.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Centrifugo with its engine in memory. It has no queue and no database to open. */
final class StartCentrifugo {
    private StartCentrifugo() {}

    static StartSystem system(Path program) {
        return new StartSystem(
                "centrifugo",
                List.of(program.toString()),
                Map.of(
                        "CENTRIFUGO_HTTP_SERVER_PORT", "PORT",
                        "CENTRIFUGO_HEALTH_ENABLED", "true",
                        "CENTRIFUGO_CLIENT_TOKEN_HMAC_SECRET_KEY", "a secret for a measurement"),
                "/health");
    }
}
