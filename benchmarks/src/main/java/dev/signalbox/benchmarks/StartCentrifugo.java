package dev.signalbox.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Centrifugo with its engine in memory, built by Go. It has no queue and no database to open. */
final class StartCentrifugo {
    private static final String MODULE = "github.com/centrifugal/centrifugo/v6@v6.9.1";

    private StartCentrifugo() {}

    static StartSystem install(Path folder) throws IOException, InterruptedException {
        Path program = folder.resolve("centrifugo");
        if (!Files.exists(program)) {
            StartInstallation.run(folder, Map.of("GOBIN", folder.toString()), List.of("go", "install", MODULE));
        }
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
