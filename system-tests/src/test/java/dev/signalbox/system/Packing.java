package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Makes the archives that {@code ./signalbox package} makes. */
final class Packing {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Packing() {}

    /** From the jars of this build, as the launcher does; in the order of the formats. */
    static List<Path> pack(Path at, Path out, List<String> formats) throws Exception {
        Path server = ROOT.resolve("server/target");
        List<String> command = new ArrayList<>(List.of(
                java(System.getProperty("java.home")),
                "-Duser.timezone=UTC",
                ROOT.resolve("build/launcher/Package.java").toString(),
                out.toString(),
                ROOT.toString(),
                jar(server) + ":" + Files.readString(server.resolve("classpath"))));
        command.addAll(formats);
        Execution result = Execution.of(at, command.toArray(String[]::new));
        assertThat(result.exit()).as(result.output()).isZero();
        return formats.stream()
                .map(format -> withEnding(out, format.equals("oci") ? ".oci.tar" : "." + format))
                .toList();
    }

    private static Path jar(Path target) {
        boolean built = Files.exists(target.resolve("classpath"));
        assertThat(built || !Boolean.parseBoolean(System.getenv("CI")))
                .as("with CI=true this test needs the server's jar, as verify makes it")
                .isTrue();
        Assumptions.assumeTrue(built, "skipped: this test needs the server's jar: mvn package -pl server -am");
        return withEnding(target, "SNAPSHOT.jar");
    }

    static Path withEnding(Path folder, String ending) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path only(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.reduce((one, other) -> {
                        throw new AssertionError("not only " + one + " but also " + other);
                    })
                    .orElseThrow();
        }
    }

    /** Files with the licence of a library; a line of the list is NAME: LICENCE: FILE, FILE... */
    static List<Path> licenceTexts(Path home, String library) throws IOException {
        Path licences = home.resolve("licences");
        return Files.readAllLines(licences.resolve("LIBRARIES.txt")).stream()
                .filter(line -> line.startsWith(library + ": "))
                .flatMap(line ->
                        Stream.of(line.substring(line.lastIndexOf(": ") + 2).split(", ")))
                .map(licences::resolve)
                .toList();
    }

    /** Of a JDK or a runtime. */
    static String java(String home) {
        return Path.of(home, "bin", "java").toString();
    }
}
