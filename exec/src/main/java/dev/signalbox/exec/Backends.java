package dev.signalbox.exec;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses how processes are started, once. */
final class Backends {
    private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

    private static final class Best {
        static final Backend CHOSEN = choose();
    }

    private Backends() {}

    static Backend best() {
        return Best.CHOSEN;
    }

    private static Backend choose() {
        try {
            return SpawnBackend.load();
        } catch (UnsupportedOperationException | IllegalCallerException e) {
            LOG.info("commands run on ProcessBuilder, with weaker guarantees: {}", e.getMessage());
            return new JdkBackend(String.valueOf(e.getMessage()));
        }
    }
}
