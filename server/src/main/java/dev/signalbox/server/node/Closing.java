package dev.signalbox.server.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is open on a node. It is closed in the reverse order of its opening; a failure does not stop the rest. Thread-safe. */
final class Closing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    synchronized <T extends AutoCloseable> T add(T part) {
        open.push(part);
        return part;
    }

    @Override
    public synchronized void close() {
        for (Optional<AutoCloseable> part = next(); part.isPresent(); part = next()) {
            try {
                part.get().close();
            } catch (Exception e) {
                LOG.warn("Closing {} failed", part.get().getClass().getSimpleName(), e);
            }
        }
    }

    private Optional<AutoCloseable> next() {
        return Optional.ofNullable(open.poll());
    }
}
