package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.FileSignals;
import dev.signalbox.maintenance.control.SharedSignals;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.maintenance.control.SignalSourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSignalsTest extends SignalSourceContract {
    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("maintenance");
    }

    @Override
    protected SharedSignals open() {
        return FileSignals.at("file", file());
    }

    @Test
    void aWordThatIsTypedIntoTheFileIsEnough() throws IOException {
        Heard heard = heard(source());
        Files.writeString(file(), "true\n");

        heard.hears(Optional.of(Signal.of("the owner of maintenance", "")));
        Files.writeString(file(), "false\n");
        heard.hears(Optional.empty());
    }

    /** As Kubernetes replaces a mounted ConfigMap: the file is a link through a link that is turned. */
    @Test
    void aLinkThatIsTurnedIsNoticed() throws IOException {
        Files.createDirectory(folder.resolve("first"));
        Files.createDirectory(folder.resolve("second"));
        Files.writeString(folder.resolve("first/maintenance"), "off");
        Files.writeString(folder.resolve("second/maintenance"), "on");
        Files.createSymbolicLink(folder.resolve("data"), Path.of("first"));
        Files.createSymbolicLink(file(), Path.of("data", "maintenance"));
        Heard heard = heard(source());
        heard.hears(Optional.empty());

        Files.createSymbolicLink(folder.resolve("next"), Path.of("second"));
        Files.move(folder.resolve("next"), folder.resolve("data"), StandardCopyOption.ATOMIC_MOVE);

        heard.hears(Optional.of(Signal.of("the owner of maintenance", "")));
    }

    @Test
    void aFolderThatGoesAndComesIsLostAndFound() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Path file = inner.resolve("signal");
        Files.writeString(file, "on");
        FileSignals source = FileSignals.at("inner", file);
        Heard heard = heard(source);
        try {
            heard.hears(Optional.of(Signal.of("the owner of signal", "")));
            Path moved = Files.move(inner, folder.resolve("away"));
            await().atMost(LONG).untilAsserted(() -> assertThat(heard.lost).isNotEmpty());
            assertThat(heard.lost.getLast()).contains("its folder is not there");
            assertThat(heard.said).doesNotContain(Optional.empty());

            Files.move(moved, inner);
            Files.writeString(file, "off");
            heard.hears(Optional.empty());
        } finally {
            source.close();
        }
    }

    @Test
    void aFileThatIsTooLargeIsLost() throws IOException {
        Files.writeString(file(), "on\n" + "x".repeat(5000));
        Heard heard = heard(source());

        await().atMost(LONG).untilAsserted(() -> assertThat(heard.lost).isNotEmpty());
        assertThat(heard.lost.getLast()).contains("more than 4096 bytes");
        assertThat(heard.said).isEmpty();
    }

    @Test
    void aPlaceThatCannotBeWrittenIsTold() {
        FileSignals nowhere = FileSignals.at("nowhere", folder.resolve("missing/signal"));

        assertThatThrownBy(() -> nowhere.publish(WISH))
                .isInstanceOf(SignalSourceException.class)
                .hasMessageContaining("cannot be written");
    }
}
