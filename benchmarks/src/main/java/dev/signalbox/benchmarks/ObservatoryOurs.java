package dev.signalbox.benchmarks;

import dev.signalbox.observatory.Destination;
import dev.signalbox.observatory.Observatory;
import dev.signalbox.observatory.ObservatoryOptions;
import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import dev.signalbox.observatory.Severity;
import dev.signalbox.observatory.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/** Ours, with a spool on the disk, as its guide recommends. */
final class ObservatoryOurs implements ObservatorySystem {
    private final Path folder;
    private final Observatory observatory;
    private final Duration patience;

    private ObservatoryOurs(Path folder, Observatory observatory, Duration patience) {
        this.folder = folder;
        this.observatory = observatory;
        this.patience = patience;
    }

    /** @param patience how long to wait for what is on the disk, which a close leaves to the next process */
    static ObservatoryOurs open(ObservatorySinkProcess sink, Duration patience) throws IOException {
        Path folder = Files.createTempDirectory("signalbox-bench");
        Destination destination = Destination.of(sink.uri(), "token", WireFormat.OTLP_PROTOBUF);
        return new ObservatoryOurs(
                folder, Observatory.start(ObservatoryOptions.to(destination).withSpool(Spooling.in(folder))), patience);
    }

    Observatory observatory() {
        return observatory;
    }

    @Override
    public void log(String message) {
        observatory.log(Severity.INFO, message);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (patience.isPositive() && !observatory.flush(patience)) {
            throw new IllegalStateException("not all was shipped within " + patience);
        }
        observatory.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(ObservatoryOurs::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the spool cannot be removed", e);
        }
    }
}
