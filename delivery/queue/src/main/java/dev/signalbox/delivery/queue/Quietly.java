package dev.signalbox.delivery.queue;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls listeners; what they throw is their own affair and must not hold up deliveries. */
final class Quietly {
    private static final Logger LOG = LoggerFactory.getLogger(Quietly.class);

    private Quietly() {}

    static void tell(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.warn("a listener failed", e);
        }
    }
}
