package dev.signalbox.observatory;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** A process that logs to a dead destination until it is killed, and prints what it has logged and what is on the disk. */
final class SpoolingProcess {
    private SpoolingProcess() {}

    public static void main(String[] arguments) {
        var options = ObservatoryOptions.to(
                        Destination.of(URI.create("http://127.0.0.1:1"), "token", WireFormat.EVERWORKER))
                .withBatching(new ObservatoryOptions.Batching(100, 64 << 10, Duration.ofMillis(10)))
                .withSpool(ObservatoryOptions.Spooling.in(Path.of(arguments[0]))
                        .withWindow(Duration.ofMillis(Long.parseLong(arguments[1])))
                        .withAlways(true));
        try (var observatory = Observatory.start(options)) {
            for (int i = 0; ; i++) {
                observatory.log(Severity.INFO, "record " + i);
                if (i % 200 == 199) {
                    System.out.println(System.currentTimeMillis() + " " + (i + 1) + " "
                            + observatory.stats().spooled());
                    java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
                }
            }
        }
    }
}
