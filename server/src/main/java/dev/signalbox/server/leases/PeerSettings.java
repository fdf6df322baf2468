package dev.signalbox.server.leases;

import dev.signalbox.ha.peer.PeerOptions;
import dev.signalbox.server.configuration.Reading;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** How this node watches its peer. */
record PeerSettings(PeerOptions options, Optional<Path> caFile) {
    /** Empty without a peer. */
    static Optional<PeerSettings> read(Reading reading) {
        return reading.find(PeerKeys.URL)
                .map(url -> new PeerSettings(options(reading, url), reading.find(PeerKeys.CA_FILE)));
    }

    private static PeerOptions options(Reading reading, URI url) {
        PeerOptions options = PeerOptions.of(url)
                .withPeriod(reading.get(PeerKeys.PERIOD))
                .withTimeout(reading.get(PeerKeys.TIMEOUT))
                .withAttempts(reading.get(PeerKeys.ATTEMPTS))
                .withPatience(reading.get(PeerKeys.PATIENCE));
        return reading.find(PeerKeys.WITNESS).map(options::withWitness).orElse(options);
    }
}
