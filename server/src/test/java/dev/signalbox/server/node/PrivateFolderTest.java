package dev.signalbox.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data folder and the files in it are for their owner alone. */
class PrivateFolderTest {
    @TempDir
    Path folder;

    @Test
    void aMissingFolderIsMadePrivate() throws IOException {
        Path data = folder.resolve("a").resolve("data");
        PrivateFolder.prepare(data);
        assertThat(mode(data)).isEqualTo("rwx------");
    }

    @Test
    void aFolderAndFilesThatOthersCanReadAreNarrowed() throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Path token = Files.writeString(data.resolve("token"), "t");
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "x");
        Path link = Files.createSymbolicLink(data.resolve("link"), elsewhere);
        chmod(token, "rw-rw-r--");
        chmod(elsewhere, "rw-r--r--");
        chmod(data, "rwxr-xr-x");
        PrivateFolder.prepare(data);
        assertThat(mode(data)).isEqualTo("rwx------");
        assertThat(mode(token)).isEqualTo("rw-------");
        assertThat(mode(link)).as("what a link leads to").isEqualTo("rw-r--r--");
    }

    @Test
    void aFolderThatIsSharedKeepsItsModeAndIsRefused() throws IOException {
        Path shared = Files.createDirectory(folder.resolve("shared"));
        Files.setAttribute(shared, "unix:mode", 01777);
        assertThatThrownBy(() -> PrivateFolder.prepare(shared))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("others can read the data folder " + shared)
                .hasMessageContaining("data.folder")
                .hasMessageContaining(shared.resolve("signalbox-data").toString());
        assertThat(mode(shared)).isEqualTo("rwxrwxrwx");
    }

    @Test
    void aFileInItsPlaceIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> PrivateFolder.prepare(file))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("set data.folder to another one");
    }

    private static void chmod(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
