package dev.signalbox.ha.peer;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Looks at a peer by GET, and at a witness only when the peer is silent. */
final class HttpLook {
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final int LONGEST_BODY = 64 * 1024;

    private final HttpClient client;
    private final PeerOptions options;

    HttpLook(HttpClient client, PeerOptions options) {
        this.client = client;
        this.options = options;
    }

    Sighting look() throws InterruptedException {
        String reason = "";
        for (int attempt = 1; attempt <= options.attempts(); attempt++) {
            try {
                HttpResponse<String> response = get(options.peer());
                Optional<PeerStatus> status = status(response);
                if (status.isPresent()) {
                    return new Sighting.Told(status.get());
                }
                reason = "it answered with status " + response.statusCode() + " and not as a peer does";
            } catch (IOException e) {
                reason = String.valueOf(e);
            }
            if (attempt < options.attempts()) {
                TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
            }
        }
        return new Sighting.Silent(reason, witnessed());
    }

    private static Optional<PeerStatus> status(HttpResponse<String> response) {
        return response.statusCode() == 200 ? PeerStatus.parse(response.body()) : Optional.empty();
    }

    private Optional<Boolean> witnessed() throws InterruptedException {
        if (options.witness().isEmpty()) {
            return Optional.empty();
        }
        try {
            get(options.witness().get());
            return Optional.of(true);
        } catch (IOException e) {
            return Optional.of(false);
        }
    }

    private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(options.timeout()).GET().build();
        return client.send(request, BodyHandlers.limiting(BodyHandlers.ofString(), LONGEST_BODY));
    }
}
