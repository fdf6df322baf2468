package dev.signalbox.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.server.command.Contexts.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextsTest {
    private static final Context PROD =
            new Context("https://prod.example.com", Optional.of(Path.of("/run/token")), Optional.empty());
    private static final Context TEST = new Context("http://127.0.0.1:9", Optional.empty(), Optional.empty());

    @TempDir
    Path folder;

    @Test
    void keepsThemInAFileForTheirOwnerAlone() throws IOException {
        Path file = folder.resolve("signalbox").resolve("contexts.yaml");
        Contexts.load(file).with("prod", PROD).with("test", TEST).save();

        Contexts again = Contexts.load(file);
        assertThat(again.all()).containsOnlyKeys("prod", "test").containsEntry("prod", PROD);
        assertThat(again.current()).contains("prod");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(file.getParent()).isDirectoryNotContaining(each -> !each.equals(file));

        again.using("test").without("prod").save();
        assertThat(Contexts.load(file).current()).contains("test");
        Contexts.load(file).without("test").save();
        assertThat(Contexts.load(file).current()).isEmpty();
    }

    @Test
    void namesWhatIsWrong() throws IOException {
        Contexts some = Contexts.load(folder.resolve("none.yaml")).with("prod", PROD);
        assertThatThrownBy(() -> some.get("prdo")).hasMessageContaining("did you mean 'prod'?");
        assertThatThrownBy(() -> some.with("a b", TEST)).isInstanceOf(CommandFailure.class);
        assertThatThrownBy(() -> some.with("ftp", new Context("ftp://x", Optional.empty(), Optional.empty())))
                .hasMessageContaining("not an http or https URL");
        Path broken = Files.writeString(folder.resolve("broken.yaml"), "contexts: {a: [");
        assertThatThrownBy(() -> Contexts.load(broken)).hasMessageContaining("is not YAML");
    }
}
