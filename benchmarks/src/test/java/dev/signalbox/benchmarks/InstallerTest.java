package dev.signalbox.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.benchmarks.Installer.Steps;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of other systems' folders, with commands that every machine has. */
class InstallerTest {
    private static final Steps ADDS_A_LINE = (folder, commands) -> commands.run("sh", "-c", "echo made >>../times");
    private static final Steps LEAVES_HALF = (folder, commands) -> {
        commands.run("sh", "-c", "echo half >half");
        commands.run("sh", "-c", "echo the registry is away; exit 3");
    };

    @TempDir
    private Path all;

    private Installer installer;

    @BeforeEach
    void create() {
        installer = new Installer(all);
    }

    private void install(String version, Steps steps) {
        assertThat(installer.installed("it", version, "a registry", steps)).isEqualTo(all.resolve("it"));
    }

    private void assertTimesMade(int times) throws Exception {
        assertThat(Files.readAllLines(all.resolve("times"))).hasSize(times);
    }

    @Test
    void aVersionIsInstalledOnce() throws Exception {
        install("1", ADDS_A_LINE);
        install("1", ADDS_A_LINE);
        assertTimesMade(1);
    }

    @Test
    void anotherVersionReplacesTheFolder() throws Exception {
        install("1", (folder, commands) -> Files.writeString(folder.resolve("old"), ""));
        install("2", ADDS_A_LINE);
        assertThat(all.resolve("it").resolve("old")).doesNotExist();
        assertTimesMade(1);
    }

    @Test
    void aFailureNamesTheLogAndWhatIsNeeded() {
        assertThatThrownBy(() -> install("1", LEAVES_HALF))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("it could not be installed, which takes a registry")
                .hasMessageContaining("ended with 3")
                .hasMessageContaining(all.resolve("it.log").toString());
        assertThat(all.resolve("it.log")).content().contains("the registry is away");
    }

    @Test
    void whatFailedHalfwayIsMadeAnew() throws Exception {
        assertThatThrownBy(() -> install("1", LEAVES_HALF)).isInstanceOf(IllegalStateException.class);
        install("1", ADDS_A_LINE);
        assertThat(all.resolve("it").resolve("half")).doesNotExist();
        assertTimesMade(1);
    }

    @Test
    void aProgramThatIsMissingIsNamed() {
        assertThatThrownBy(() -> install("1", (folder, commands) -> commands.run("no-such-program", "install")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-program")
                .hasMessageContaining("a registry");
    }

    @Test
    void commandsRunInTheFolderWithTheirVariables() {
        install(
                "1",
                (folder, commands) -> commands.with("GREETING", "hello").run("sh", "-c", "echo $GREETING from $(pwd)"));
        assertThat(all.resolve("it.log")).content().contains("hello from " + all.resolve("it"));
    }
}
