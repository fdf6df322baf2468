package dev.signalbox.testing.simulator;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What a simulated mail server accepted: the newest messages, and counts of all. Thread-safe. */
final class SmtpSimulatorMailbox {
    private static final long MOST_BYTES = 256L * 1024 * 1024;
    /** Identities remembered, to tell repeats. */
    private static final int MOST_KNOWN = 1_000_000;

    private final int limit;
    private final InstantSource clock;
    private final Consumer<SmtpSimulatorMessage> listener;
    private final Deque<SmtpSimulatorMessage> messages = new ArrayDeque<>();
    private final Set<String> known = new LinkedHashSet<>();
    private long bytes;
    private long connections;
    private long accepted;
    private long recipients;
    private long duplicates;
    private long refused;
    private long faults;

    /** @param listener gets each message, one at a time */
    SmtpSimulatorMailbox(int limit, InstantSource clock, Consumer<SmtpSimulatorMessage> listener) {
        this.limit = limit;
        this.clock = clock;
        this.listener = listener;
    }

    synchronized void accept(String from, List<String> to, byte[] source) {
        var message = new SmtpSimulatorMessage(++accepted, clock.instant(), from, to, source);
        recipients += to.size();
        String identity = message.header("Message-ID").orElse("") + to;
        if (!known.add(identity)) {
            duplicates++;
        }
        drop(known.iterator(), known.size() - MOST_KNOWN);
        messages.addFirst(message);
        bytes += source.length;
        while (messages.size() > limit || (bytes > MOST_BYTES && messages.size() > 1)) {
            bytes -= messages.removeLast().size();
        }
        listener.accept(message);
    }

    private static void drop(Iterator<String> oldest, int count) {
        for (int i = 0; i < count; i++) {
            oldest.next();
            oldest.remove();
        }
    }

    synchronized void connected() {
        connections++;
    }

    synchronized void refused() {
        refused++;
    }

    synchronized void faulted() {
        faults++;
    }

    synchronized List<SmtpSimulatorMessage> newest(int most) {
        return new ArrayList<>(messages).subList(0, Math.min(most, messages.size()));
    }

    synchronized SmtpSimulatorStats stats() {
        return new SmtpSimulatorStats(connections, accepted, recipients, duplicates, refused, faults);
    }

    synchronized void reset() {
        messages.clear();
        known.clear();
        bytes = 0;
        accepted = 0;
        recipients = 0;
        duplicates = 0;
        refused = 0;
        faults = 0;
        connections = 0;
    }
}
