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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a public repository asks of every artifact, and what those who use the libraries ask of the list of versions. */
class PublishedArtifactsTest {
    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
    private static final Set<String> NOT_FOR_OTHERS = Set.of(
            "build/parent",
            "build/bom",
            "build/architecture",
            "benchmarks",
            "examples",
            "examples/spring",
            "system-tests",
            "testing/sqlserver");
    private static final Set<String> NEEDED_BY_THE_OTHERS = Set.of("build/parent", "build/bom");

    static List<String> modules() throws IOException {
        Matcher module = MODULE.matcher(read("pom.xml"));
        return Stream.iterate(module.find(), found -> found, found -> module.find())
                .map(found -> module.group(1))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("modules")
    void eachModuleHasANameAndADescription(String module) throws IOException {
        assertThat(read(module + "/pom.xml"))
                .containsPattern("<name>[^<]+</name>")
                .containsPattern("<description>[^<]{10,}</description>");
    }

    /** The others inherit it from the parent. */
    @ParameterizedTest
    @ValueSource(strings = {"build/parent", "build/bom"})
    void itSaysWhoseItIsAndUnderWhichLicence(String module) throws IOException {
        assertThat(read(module + "/pom.xml"))
                .containsPattern("(?s)<url>https.*<license>.*<developer>.*<scm>.*<connection>scm:git:");
    }

    @Test
    void theListOfVersionsHasEachLibrary() throws IOException {
        String versions = read("build/bom/pom.xml");
        assertThat(modules())
                .filteredOn(module -> !NOT_FOR_OTHERS.contains(module))
                .hasSizeGreaterThan(30)
                .allSatisfy(module ->
                        assertThat(versions).contains("<artifactId>signalbox-" + artifact(module) + "</artifactId>"));
    }

    /** A folder is an artifact, but the client for Java is called what it is. */
    private static String artifact(String module) {
        return module.equals("clients/java") ? "client" : module.replace('/', '-');
    }

    /** The parent and the list of versions are no libraries, but the POMs of those refer to them. */
    @ParameterizedTest
    @MethodSource("modules")
    void whatIsForNobodyElseIsNotPublished(String module) throws IOException {
        assertThat(read(module + "/pom.xml").contains("<maven.deploy.skip>true</maven.deploy.skip>"))
                .isEqualTo(NOT_FOR_OTHERS.contains(module) && !NEEDED_BY_THE_OTHERS.contains(module));
    }

    private static String read(String file) throws IOException {
        return Files.readString(ROOT.resolve(file));
    }
}
