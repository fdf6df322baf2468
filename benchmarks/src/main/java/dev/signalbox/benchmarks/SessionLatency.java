package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Subscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** From one node's send to another node's subscriber, one event at a time, to any of so many subscribed sessions. */
final class SessionLatency implements AutoCloseable {
    private static final double NANOS_PER_MILLI = 1_000_000.0;

    private final String url;
    private final int sessions;
    private final String system;
    private final BlockingQueue<Long> received = new LinkedBlockingQueue<>();
    private @Nullable SessionNode sender;
    private @Nullable SessionNode receiver;

    SessionLatency(String url, int sessions, String system) {
        this.url = url;
        this.sessions = sessions;
        this.system = system;
    }

    List<Sample> measure(Duration duration) throws Exception {
        SessionNode node = prepared();
        List<Long> nanos = new ArrayList<>();
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end || nanos.size() < 100) {
            String session = "s" + ThreadLocalRandom.current().nextInt(sessions);
            long sent = System.nanoTime();
            node.bus().send(session, ByteBuffer.allocate(200).putLong(sent).array());
            Long took = received.poll(30, TimeUnit.SECONDS);
            if (took == null) {
                throw new IllegalStateException("an event did not arrive");
            }
            nanos.add(took);
        }
        Collections.sort(nanos);
        return List.of(
                new Sample("send to receive, p50", system, at(nanos, 0.50), "ms"),
                new Sample("send to receive, p99", system, at(nanos, 0.99), "ms"));
    }

    private static double at(List<Long> sorted, double part) {
        return sorted.get((int) (part * (sorted.size() - 1))) / NANOS_PER_MILLI;
    }

    private SessionNode prepared() throws InterruptedException {
        if (sender == null) {
            SessionNode from = new SessionNode(url);
            SessionNode to = new SessionNode(url);
            sender = from;
            receiver = to;
            CountDownLatch started = new CountDownLatch(sessions);
            for (int i = 0; i < sessions; i++) {
                to.bus().subscribe("s" + i, From.now(), new Receiver(started));
            }
            started.await();
            return from;
        }
        return sender;
    }

    private final class Receiver implements Subscriber<byte[]> {
        private final CountDownLatch started;

        Receiver(CountDownLatch started) {
            this.started = started;
        }

        @Override
        public void onStarted(EventId position) {
            started.countDown();
        }

        @Override
        public void onEvent(Event<byte[]> event) {
            received.add(System.nanoTime() - ByteBuffer.wrap(event.value()).getLong());
        }
    }

    @Override
    public void close() {
        if (sender != null && receiver != null) {
            sender.close();
            receiver.close();
        }
    }
}
