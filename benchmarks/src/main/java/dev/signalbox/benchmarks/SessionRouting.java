package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Events a second through a bus in memory: appended by two threads to ten thousand sessions, told to a subscriber of each. */
final class SessionRouting implements AutoCloseable {
    private static final int SESSIONS = 10_000;
    private static final int SENDERS = 2;
    private static final int RUN = 32;

    private final SessionBus<byte[]> bus = SessionBus.builder(
                    SessionStore.inMemory(Retention.ofEvents(100)), Codec.bytes())
            .build();
    private final LongAdder received = new LongAdder();
    private final String[] names =
            IntStream.range(0, SESSIONS).mapToObj(i -> "session-" + i).toArray(String[]::new);
    private boolean prepared;

    List<Sample> measure(Duration duration) throws Exception {
        prepare();
        long before = received.sum();
        long began = System.nanoTime();
        long sent = 0;
        try (var threads = Executors.newFixedThreadPool(SENDERS)) {
            List<Future<Long>> senders = IntStream.range(0, SENDERS)
                    .mapToObj(i -> threads.submit(() -> send(i, began + duration.toNanos())))
                    .toList();
            for (Future<Long> sender : senders) {
                sent += sender.get();
            }
        }
        while (received.sum() - before < sent) {
            Thread.onSpinWait();
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        if (received.sum() - before != sent) {
            throw new IllegalStateException(sent + " were sent and " + (received.sum() - before) + " received");
        }
        return List.of(new Sample("routed in memory, 10,000 sessions", "signalbox", sent / seconds, "events/s"));
    }

    /** Runs of a few events a session, as conversations come. */
    private long send(int sender, long end) {
        byte[] event = new byte[100];
        long sent = 0;
        List<CompletableFuture<Long>> run = new ArrayList<>(RUN);
        for (int session = sender; System.nanoTime() < end; session = (session + SENDERS) % SESSIONS) {
            for (int i = 0; i < RUN; i++) {
                run.add(bus.sendAsync(names[session], event));
            }
            run.forEach(CompletableFuture::join);
            sent += run.size();
            run.clear();
        }
        return sent;
    }

    private void prepare() {
        if (!prepared) {
            for (String name : names) {
                bus.subscribe(name, From.now(), event -> received.increment());
            }
            prepared = true;
        }
    }

    @Override
    public void close() {
        bus.close();
    }
}
