package dev.signalbox.observatory;

import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ships through a spool, and has no file descriptors left for a while. Started by {@link SpoolDescriptorsTest}, with a low limit.
 * The program's work is done once before, so that no class has to be loaded from a file later.
 */
final class DescriptorsProcess {
    private static final AtomicInteger SPOOL_FAILURES = new AtomicInteger();
    private static final ObservatoryListener LISTENER = new ObservatoryListener() {
        @Override
        public void spoolFailed(String why) {
            SPOOL_FAILURES.incrementAndGet();
        }
    };

    private final Deque<FileInputStream> taken = new ArrayDeque<>();

    private DescriptorsProcess() {}

    /** Arguments: the sink's URL, a folder to warm up with, the spool's folder. */
    public static void main(String[] args) throws Exception {
        var sink = Destination.of(URI.create(args[0]), Fixtures.TOKEN, WireFormat.EVERWORKER);
        var process = new DescriptorsProcess();
        warmUp(sink, Path.of(args[1]));
        var options = Fixtures.quick(sink).withSpool(Spooling.in(Path.of(args[2])));
        process.run(options);
    }

    private static void warmUp(Destination sink, Path folder) throws InterruptedException {
        for (var destination : new Destination[] {Fixtures.nowhere(), sink}) {
            var options = Fixtures.quick(destination).withSpool(Spooling.in(folder));
            try (var observatory = Observatory.start(options, LISTENER)) {
                observatory.log(Severity.INFO, "warm-up");
                observatory.flush(Duration.ofMillis(500));
                Fixtures.soon().until(() -> observatory.stats().pendingBytes() == 0);
            }
        }
    }

    /** Takes all descriptors that are free now. One that is closed later, such as a failed connection's, is free again. */
    private void exhaust() {
        try {
            while (true) {
                taken.push(new FileInputStream("/dev/null"));
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("Too many open files")) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void release() throws IOException {
        while (!taken.isEmpty()) {
            taken.pop().close();
        }
    }

    /** The destination fails, so the records are in the spool; then it is to be read. */
    private void run(ObservatoryOptions options) throws Exception {
        try (var observatory = Observatory.start(options, LISTENER)) {
            System.out.println("log");
            System.in.read();
            Fixtures.log(observatory, 0, 1_000);
            Fixtures.soon()
                    .until(() -> observatory.stats().spooled() == 1_000
                            && observatory.stats().pendingBytes() == 0);
            int before = SPOOL_FAILURES.get();
            Fixtures.soon().until(() -> {
                exhaust();
                return SPOOL_FAILURES.get() > before;
            });
            release();
            System.out.println("released");
            end(observatory);
        }
    }

    private static void end(Observatory observatory) {
        Fixtures.soon().until(() -> observatory.stats().pending() == 0);
        System.out.println("dropped " + observatory.stats().droppedInAll());
    }
}
