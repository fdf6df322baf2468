package dev.signalbox.architecture;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A package with more types than one sees at a glance has a table of them in its package-info.java, in the order to read them. */
class PackageOverviewTest {
    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
    private static final int SEEN_AT_A_GLANCE = 30;

    /** The types of one row: the last cell. What stands elsewhere, such as a text before the table, is no type's place. */
    private static final Pattern TYPES = Pattern.compile("<td>([^<]*)</td></tr>");

    private static final Pattern NAME = Pattern.compile("\\w+");

    static Stream<Path> largePackages() throws IOException {
        return packages().entrySet().stream()
                .filter(folder -> folder.getValue().size() > SEEN_AT_A_GLANCE)
                .map(folder -> ROOT.relativize(folder.getKey()))
                .sorted();
    }

    @Test
    void thereAreSuchPackages() throws IOException {
        assertThat(largePackages())
                .contains(
                        Path.of("router/src/main/java/dev/signalbox/router"),
                        Path.of("ha/lease/src/main/java/dev/signalbox/ha/lease"));
    }

    @ParameterizedTest
    @MethodSource("largePackages")
    void eachTypeHasOnePlaceInTheTable(Path folder) throws IOException {
        String overview = Files.readString(ROOT.resolve(folder).resolve("package-info.java"));
        List<String> places = TYPES.matcher(overview)
                .results()
                .flatMap(row -> NAME.matcher(row.group(1)).results())
                .map(name -> name.group())
                .toList();

        assertThat(packages().get(ROOT.resolve(folder)))
                .filteredOn(type -> Collections.frequency(places, type) != 1)
                .as("types without a place, or with several, in the table of %s/package-info.java", folder)
                .isEmpty();
    }

    /** By folder, the names of the files below src/main of all modules, without that of the overview. */
    private static Map<Path, List<String>> packages() throws IOException {
        List<Path> sources = MODULE.matcher(Files.readString(ROOT.resolve("pom.xml")))
                .results()
                .map(module -> ROOT.resolve(module.group(1)).resolve("src/main/java"))
                .filter(Files::isDirectory)
                .toList();
        Stream.Builder<Path> files = Stream.builder();
        for (Path source : sources) {
            try (Stream<Path> found = Files.walk(source)) {
                found.filter(file -> file.toString().endsWith(".java")).forEach(files);
            }
        }
        return files.build()
                .filter(file -> !file.endsWith("package-info.java"))
                .collect(groupingBy(
                        Path::getParent,
                        mapping(file -> file.getFileName().toString().replace(".java", ""), toList())));
    }
}
