package dev.signalbox.session.bus;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends things whose end must not keep others from ending. */
final class Quietly {
    private static final Logger LOG = LoggerFactory.getLogger(Quietly.class);

    private Quietly() {}

    static void close(AutoCloseable thing) {
        try {
            thing.close();
        } catch (Exception e) {
            LOG.warn("closing {} failed", thing.getClass().getSimpleName(), e);
        }
    }
}
