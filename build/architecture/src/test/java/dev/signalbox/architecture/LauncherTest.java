package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the launcher and the build both list. */
class LauncherTest {
    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    private static final Set<String> NOT_IN_THE_SERVER = Set.of(
            "benchmarks",
            "build/architecture",
            "clients/java",
            "examples",
            "examples/spring",
            "spring-boot-starter",
            "system-tests",
            "testing/contract",
            "testing/endpoint",
            "testing/services",
            "testing/sqlserver");

    /** Otherwise `./signalbox` goes on with an old build after such a module has changed. */
    @Test
    void itBuildsAgainWhenAnyModuleOfTheServerChanges() throws IOException {
        List<String> watched =
                List.of(only("used=\\(([^)]*)\\)", "signalbox").strip().split("\\s+"));

        assertThat(modules())
                .filteredOn(module -> !NOT_IN_THE_SERVER.contains(module))
                .hasSizeGreaterThan(10)
                .allSatisfy(module -> assertThat(watched)
                        .as("used=(...) in is_fresh, for the module %s", module)
                        .anyMatch(folder -> module.equals(folder) || module.startsWith(folder + "/")));
    }

    private static List<String> modules() throws IOException {
        Matcher module = Pattern.compile("<module>([^<]+)</module>").matcher(read("pom.xml"));
        return Stream.iterate(module.find(), found -> found, found -> module.find())
                .map(found -> module.group(1))
                .toList();
    }

    private static String only(String regex, String file) throws IOException {
        Matcher found = Pattern.compile(regex).matcher(read(file));
        assertThat(found.find()).as("%s in %s", regex, file).isTrue();
        return found.group(1);
    }

    private static String read(String file) throws IOException {
        return Files.readString(ROOT.resolve(file));
    }
}
