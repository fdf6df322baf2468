package dev.signalbox.maintenance.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
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
        source.start(listener());
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

    private SignalSource.Listener listener() {
        return new SignalSource.Listener() {
            @Override
            public void says(Optional<Signal> signal) {
                said.add(signal);
            }

            @Override
            public void lost(String reason) {
                throw new AssertionError(reason);
            }
        };
    }

    private void hears(Optional<Signal> signal) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(said).endsWith(signal));
    }

    /**
     * Reported: jimmidyson/configmap-reload#190. Kubernetes mounts a file through a link to a folder, and changes it by exchanging the
     * link, so that neither the file nor its folder is ever written to.
     */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aLinkThatIsExchangedIsAChange() throws IOException {
        Path link = folder.resolve("..data");
        Files.writeString(Files.createDirectory(folder.resolve("old")).resolve("signal"), "off");
        Files.writeString(Files.createDirectory(folder.resolve("new")).resolve("signal"), "on\nactor: kubelet");
        Files.createSymbolicLink(link, Path.of("old"));
        Path file = Files.createSymbolicLink(folder.resolve("signal"), Path.of("..data", "signal"));
        FileSignals source = FileSignals.at("file", file);
        source.start(listener());
        try {
            hears(Optional.empty());
            Path next = Files.createSymbolicLink(folder.resolve("..next"), Path.of("new"));
            Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
            hears(Optional.of(Signal.of("kubelet", "")));
        } finally {
            source.close();
        }
    }

    /** Reported: agentgateway/agentgateway#352. */
    @Test
    void aFileThatIsDeletedAndMadeAgainIsStillFollowed() throws IOException {
        Path file = folder.resolve("signal");
        FileSignals source = FileSignals.at("file", file);
        source.start(listener());
        try {
            for (int round = 0; round < 2; round++) {
                hears(Optional.empty());
                Files.writeString(file, "on\nactor: alice");
                hears(Optional.of(Signal.of("alice", "")));
                Files.delete(file);
            }
            hears(Optional.empty());
        } finally {
            source.close();
        }
    }
}
