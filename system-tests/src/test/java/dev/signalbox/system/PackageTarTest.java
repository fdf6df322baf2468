package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What packs the archives, with names and links that the oldest form of tar has no room for; read by the tar of this machine. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class PackageTarTest {
    private static final Path LAUNCHER = Path.of("..", "build", "launcher").toAbsolutePath();
    private static final String PROGRAM = """
            import java.nio.file.*;
            import java.time.Instant;

            void main(String[] arguments) throws Exception {
                try (var tar = new PackageTar(Files.newOutputStream(Path.of(arguments[1])), Instant.EPOCH)) {
                    tar.tree(Path.of(arguments[0]), "tree");
                }
            }
            """;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 99, 100, 101, 102, 156, 250, 1000, 4000})
    void aLinkKeepsItsTarget(int length) throws Exception {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        String target = "../".repeat(length / 3) + "x".repeat(length % 3);
        Files.createSymbolicLink(tree.resolve("link"), Path.of(target));

        Path unpacked = packAndUnpack(tree);

        assertThat(Files.readSymbolicLink(unpacked.resolve("link")))
                .isEqualTo(Files.readSymbolicLink(tree.resolve("link")));
    }

    @Test
    void filesFoldersAndLinksKeepNamesOfAnyLength() throws Exception {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        for (int length : List.of(30, 60, 94, 95, 96, 100, 101, 180, 255)) {
            Path deep = Files.createDirectories(tree.resolve("d".repeat(length)).resolve("e".repeat(length)));
            Files.writeString(deep.resolve("f".repeat(length)), "a file of " + length);
            Files.createSymbolicLink(deep.resolve("l".repeat(length - 1)), Path.of("f".repeat(length)));
        }

        Path unpacked = packAndUnpack(tree);

        Execution compared =
                Execution.of(folder, "diff", "-r", "--no-dereference", tree.toString(), unpacked.toString());
        assertThat(compared).isEqualTo(new Execution(0, ""));
    }

    private Path packAndUnpack(Path tree) throws Exception {
        Path archive = folder.resolve("archive.tar");
        Execution packed = Execution.of(
                folder,
                Packing.java(System.getProperty("java.home")),
                program().toString(),
                tree.toString(),
                archive.toString());
        assertThat(packed).isEqualTo(new Execution(0, ""));
        Path place = Files.createDirectory(folder.resolve("unpacked"));
        Execution unpacked = Execution.of(place, "tar", "-xf", archive.toString());
        assertThat(unpacked).isEqualTo(new Execution(0, ""));
        return Packing.only(place);
    }

    /** The class has no name that another could import, so the program stands beside it. */
    private Path program() throws IOException {
        Path sources = Files.createDirectory(folder.resolve("sources"));
        Files.copy(LAUNCHER.resolve("PackageTar.java"), sources.resolve("PackageTar.java"));
        return Files.writeString(sources.resolve("Pack.java"), PROGRAM);
    }
}
