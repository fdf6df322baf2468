package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls the listener, whose exceptions are its own affair, and writes into the log what a person should know. Thread-safe. */
final class Told {
    private static final Logger LOG = LoggerFactory.getLogger(Told.class);

    private final BusListener listener;
    private final InstantSource clock;
    private final boolean silent;

    Told(BusListener listener, InstantSource clock) {
        this.listener = listener;
        this.clock = clock;
        this.silent = listener.equals(BusListener.NONE);
    }

    void tell(Consumer<BusListener> call) {
        if (silent) {
            return;
        }
        try {
            call.accept(listener);
        } catch (RuntimeException e) {
            LOG.warn("a listener failed", e);
        }
    }

    void sent(int events, long beganNanos) {
        tell(it -> it.sent(events, Duration.ofNanos(System.nanoTime() - beganNanos)));
    }

    void sendFailed(int events, boolean givenUp, Throwable cause) {
        LOG.warn("{} events could not be appended{}", events, givenUp ? "" : " and are tried again", cause);
        tell(it -> it.sendFailed(events, givenUp, cause));
    }

    void readFailed(String session, Throwable cause) {
        LOG.debug("session {} cannot be read and is tried again", session, cause);
        tell(it -> it.readFailed(cause));
    }

    void delivered(Stored event) {
        tell(it -> it.delivered(Duration.between(event.at(), clock.instant())));
    }

    void gap(Gap gap) {
        LOG.debug("{}", gap);
        tell(it -> it.gap(gap));
    }
}
