package dev.signalbox.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoFolderTest {
    @TempDir
    Path parent;

    @Test
    void sweepsWhatAKilledDemoHasLeftAndNothingElse() throws IOException {
        Path left = parent.resolve("signalbox-demo-1");
        Files.createDirectories(left.resolve("deep"));
        Files.writeString(left.resolve("token"), "secret");
        Files.createFile(left.resolve("demo.lock"));
        Path foreign = Files.createDirectory(parent.resolve("signalbox-demo-notes"));
        Path outside = Files.createDirectory(parent.resolve("outside"));
        Files.createFile(outside.resolve("demo.lock"));
        Path link = Files.createSymbolicLink(parent.resolve("signalbox-demo-link"), outside);

        try (var first = DemoFolder.create(parent);
                var second = DemoFolder.create(parent)) {
            assertThat(left).doesNotExist();
            assertThat(foreign).exists();
            assertThat(link).exists();
            assertThat(outside.resolve("demo.lock")).exists();
            assertThat(first.path()).exists().isNotEqualTo(second.path());
        }
    }

    @Test
    void isGoneAfterClose() throws IOException {
        var folder = DemoFolder.create(parent);
        Files.writeString(folder.path().resolve("token"), "secret");
        folder.close();
        folder.close();
        assertThat(parent).isEmptyDirectory();
    }
}
