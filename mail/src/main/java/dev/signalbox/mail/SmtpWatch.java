package dev.signalbox.mail;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Closes connections whose write or handshake takes too long, because sockets have no timeout for writing. One virtual
 * thread a sender, which ends with {@link #close}.
 */
final class SmtpWatch implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofMillis(100);

    private final Set<SmtpWire> wires = ConcurrentHashMap.newKeySet();
    private final Runnable each;
    private final Thread thread;

    /** @param each runs in each round; closes what was idle too long */
    SmtpWatch(String name, Runnable each) {
        this.each = each;
        thread = Thread.ofVirtual().name("smtp-watch-" + name).start(this::run);
    }

    void add(SmtpWire wire) {
        wires.add(wire);
    }

    void remove(SmtpWire wire) {
        wires.remove(wire);
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(PERIOD);
                long now = System.nanoTime();
                wires.stream().filter(wire -> wire.isOverdue(now)).forEach(SmtpWire::close);
                each.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // close()
        }
    }

    /** Breaks off whatever is under way. */
    void closeAll() {
        wires.forEach(SmtpWire::close);
    }

    @Override
    public void close() {
        thread.interrupt();
        closeAll();
    }
}
