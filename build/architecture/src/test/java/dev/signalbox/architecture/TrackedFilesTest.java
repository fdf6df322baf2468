package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The files that Git tracks: nothing that a run made, nothing of the machine it was written on. */
class TrackedFilesTest {
    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    private static final Pattern MADE_BY_A_RUN = Pattern.compile("(.*/)?(target|signalbox-data|\\.signalbox|\\.idea)/.*"
            + "|(.*/)?(token|\\.jqwik-database|hs_err_pid.*|replay_pid.*|core\\.\\d+|\\.DS_Store)"
            + "|.*\\.(db|db-wal|db-shm|db-journal|sqlite|aot|jsa|hprof|jfr|class|jar|log|pid)");
    private static final Pattern OF_A_MACHINE = Pattern.compile("/(home|Users)/[a-z]|(?<![\\w.])/(root|work)/"
            + "|[A-Z]:\\\\Users|https?://[a-z0-9.-]*(artifactory|nexus|mirror)[a-z0-9.-]*");
    private static final int LARGEST = 1 << 20;

    private static List<Path> files;

    @BeforeAll
    static void list() throws Exception {
        files = tracked().map(ROOT::resolve).filter(Files::isRegularFile).toList();
        assertThat(files).hasSizeGreaterThan(100);
    }

    @Test
    void noneWasMadeByARun() {
        assertThat(files.stream()
                        .map(TrackedFilesTest::name)
                        .filter(name -> MADE_BY_A_RUN.matcher(name).matches()))
                .isEmpty();
    }

    @Test
    void noneIsLargerThanOneMebibyte() {
        assertThat(files).allSatisfy(file -> assertThat(Files.size(file)).isLessThanOrEqualTo(LARGEST));
    }

    @Test
    void noneNamesAPathOrAPackageMirrorOfItsAuthorsMachine() {
        assertThat(files)
                .allSatisfy(file -> assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(name(file))
                        .doesNotContainPattern(OF_A_MACHINE));
    }

    private static String name(Path file) {
        return ROOT.relativize(file).toString().replace('\\', '/');
    }

    /** Skips, saying why, where there is no Git or no checkout; under {@code CI=true} fails there. */
    private static Stream<String> tracked() throws InterruptedException {
        String names;
        try {
            Process git = new ProcessBuilder("git", "ls-files", "-z")
                    .directory(ROOT.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (git.waitFor() != 0) {
                throw new IOException("git ls-files ended with " + git.exitValue());
            }
        } catch (IOException e) {
            assertThat(System.getenv("CI"))
                    .as("with CI=true this test needs Git: %s", e)
                    .isNotEqualTo("true");
            Assumptions.abort("skipped: this test needs Git and a checkout; " + e.getMessage());
            throw new AssertionError(e);
        }
        return Stream.of(names.split("\0"));
    }
}
