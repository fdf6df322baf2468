package dev.signalbox.maintenance.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The overview in package-info.java has a place for each file. */
class PackageOverviewTest {
    private static final Path FOLDER = Path.of("src", "main", "java", "dev", "signalbox", "maintenance", "control");

    @Test
    void everyTypeHasItsPlaceInTheOverview() throws IOException {
        String overview = Files.readString(FOLDER.resolve("package-info.java"));
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".java", ""))
                            .filter(name -> !name.equals("package-info")))
                    .hasSizeGreaterThan(25)
                    .allSatisfy(name -> assertThat(overview).containsPattern("\\b" + Pattern.quote(name) + "\\b"));
        }
    }
}
