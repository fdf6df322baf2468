package dev.signalbox.maintenance.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only this package can set; all else is in the contract's test. */
@Timeout(120)
class FileSignalsTest {
    private final List<Optional<Signal>> said = new CopyOnWriteArrayList<>();

    @TempDir
    private Path folder;

    /** An editor that saves may empty or replace the file; that is no moment to open a node. */
    @Test
    void aFileThatIsReplacedWasNeverOff() throws IOException {
        Path file = folder.resolve("signal");
        Files.writeString(file, "on");
        FileSignals source = FileSignals.confirming("file", file, Duration.ofSeconds(4));
        source.start(new SignalSource.Listener() {
            @Override
            public void says(Optional<Signal> signal) {
                said.add(signal);
            }

            @Override
            public void lost(String reason) {
                throw new AssertionError(reason);
            }
        });
        try {
            Files.delete(file);
            Files.writeString(file, "");
            Files.writeString(file, "on\nactor: bob");
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(said).endsWith(Optional.of(Signal.of("bob", ""))));
            assertThat(said).doesNotContain(Optional.empty());
        } finally {
            source.close();
        }
    }
}
