package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the loops of a dispatcher on threads of their own. A loop ends when it returns; one that throws, be it an Error, is
 * logged and runs again after a pause, until the dispatcher stops. Loops keep in fields what a second run has to go on with.
 */
final class Supervisor {
    /** Something that runs until its dispatcher stops. */
    @FunctionalInterface
    interface Loop {
        void run() throws InterruptedException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    private final Duration pause;
    private final BooleanSupplier stopped;

    /**
     * @param pause how long a loop that failed waits
     * @param stopped whether loops that fail stay ended
     */
    Supervisor(Duration pause, BooleanSupplier stopped) {
        this.pause = pause;
        this.stopped = stopped;
    }

    Thread start(String name, Loop loop) {
        return Thread.ofVirtual().name(name).start(() -> {
            while (!ends(name, loop)) {
                rest();
            }
        });
    }

    private boolean ends(String name, Loop loop) {
        try {
            loop.run();
            return true;
        } catch (Throwable e) {
            // An interrupt too: nothing in this module interrupts these threads.
            LOG.error("{} failed; it is started again", name, e);
            return stopped.getAsBoolean();
        }
    }

    private void rest() {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            LOG.debug("interrupted while a loop waited to be started again; it starts at once", e);
        }
    }
}
