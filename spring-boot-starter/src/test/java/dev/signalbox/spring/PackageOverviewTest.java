package dev.signalbox.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The package's overview names every type. */
class PackageOverviewTest {
    @Test
    void everyTypeHasItsPlace() throws IOException {
        Path folder = Path.of("src", "main", "java", "dev", "signalbox", "spring");
        String overview = Files.readString(folder.resolve("package-info.java"));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".java", ""))
                            .filter(name -> !name.equals("package-info")))
                    .hasSizeGreaterThan(10)
                    .allSatisfy(name -> assertThat(overview).containsPattern("\\b" + name + "\\b"));
        }
    }
}
