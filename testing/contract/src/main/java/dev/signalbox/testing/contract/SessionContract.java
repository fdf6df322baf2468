package dev.signalbox.testing.contract;

import dev.signalbox.session.bus.BusOptions;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/** What the parts of the session bus's contract share. A store's tests extend the parts and say how to open it. */
public abstract class SessionContract {
    /** Looks often, so that tests of lost wake-ups are quick. */
    protected static final BusOptions OPTIONS = BusOptions.DEFAULT
            .withSweep(Duration.ofMillis(200))
            .withTrim(Duration.ofHours(1))
            .withPatience(Duration.ofSeconds(20));

    /** Long enough for a machine that is busy. */
    protected static final Duration LIVENESS = Duration.ofSeconds(10);

    protected final MovableClock clock = new MovableClock(Instant.parse("2026-03-01T12:00:00Z"));
    private final List<AutoCloseable> open = Collections.synchronizedList(new ArrayList<>());

    /**
     * Opens the store as one more node would, migrations included. The first time in a test it is empty; afterwards it has what
     * was put in before, even if all nodes were closed in between.
     */
    protected abstract SessionStore connect(Retention retention, InstantSource time) throws Exception;

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : new ArrayList<>(open).reversed()) {
            closeable.close();
        }
    }

    protected final <C extends AutoCloseable> C closing(C closeable) {
        open.add(closeable);
        return closeable;
    }

    protected final SessionStore store() throws Exception {
        return store(Retention.FOREVER);
    }

    protected final SessionStore store(Retention retention) throws Exception {
        return closing(connect(retention, clock));
    }

    protected final SessionBus<String> bus() throws Exception {
        return bus(Retention.FOREVER, OPTIONS);
    }

    protected final SessionBus<String> bus(Retention retention, BusOptions options) throws Exception {
        return closing(SessionBus.builder(connect(retention, clock), Codec.text())
                .options(options)
                .build());
    }

    /** Waits for all; the first that failed fails the test. */
    protected static List<Long> joinAll(List<CompletableFuture<Long>> sent) {
        return sent.stream().map(CompletableFuture::join).toList();
    }

    /** So many events, in order; their offsets. */
    protected static List<Long> sendAll(SessionBus<String> bus, String session, int events) {
        return joinAll(IntStream.range(0, events)
                .mapToObj(i -> bus.sendAsync(session, "e" + i))
                .toList());
    }

    /** A subscriber that has started. */
    protected static Recorder follow(SessionBus<String> bus, String session, From from) throws InterruptedException {
        Recorder recorder = new Recorder();
        bus.subscribe(session, from, recorder);
        recorder.awaitStarted();
        return recorder;
    }
}
