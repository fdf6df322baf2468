package dev.signalbox.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.Run;
import dev.signalbox.server.command.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every ending of an import says how many rows the server has, and how to go on. */
class ImportCommandTest {
    private static final String ROW = "{\"to\":\"client:a\",\"body\":\"b\"}\n";
    private static final String THOUSAND = "{\"accepted\":1000,\"duplicates\":0,\"refused\":0}\n";

    @TempDir
    Path folder;

    private final StubServer server;

    ImportCommandTest() throws IOException {
        server = new StubServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aLineOverAMebibyteIsARefusedRow() throws IOException {
        server.answers(200, THOUSAND).answers(200, THOUSAND).answers(200, "{\"accepted\":3,\"refused\":0}");
        Run run = server.run("import", ndjson(ROW.repeat(2_002) + "x".repeat(2 << 20) + "\n" + ROW));
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).isEqualTo("line 2003: the line is longer than 1 MiB\n");
        assertThat(run.out()).isEqualTo("2003 accepted, 0 known already, 1 refused\n");
    }

    @Test
    void aServerThatGoesAwayLeavesSumsAndTheLinesThatAreInDoubt() throws IOException {
        server.answers(200, THOUSAND).answers(0, "");
        Run run = server.run("import", ndjson(ROW.repeat(1_500)));
        assertThat(run.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(run.out()).isEqualTo("1000 accepted, 0 known already, 0 refused\n");
        assertThat(run.err())
                .contains("not known whether the server has lines 1001 to 1500")
                .contains("--from-line 1001");
    }

    @Test
    void aFullDiskIsToldOnceAndNotForEveryRow() throws IOException {
        String refused = IntStream.rangeClosed(3, 500)
                .mapToObj(line -> "{\"line\":" + line + ",\"error\":{\"field\":\"\",\"message\":\"no space\"}}\n")
                .collect(Collectors.joining());
        server.answers(
                200,
                "{\"line\":1,\"id\":\"a\"}\n{\"line\":2,\"id\":\"b\"}\n" + refused
                        + "{\"accepted\":2,\"duplicates\":0,\"refused\":498,\"incomplete\":\"the disk is full\"}\n");
        Run run = server.run("import", ndjson(ROW.repeat(900)));
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).isEqualTo("2 accepted, 0 known already, 498 refused\n");
        assertThat(run.err().lines()).hasSizeLessThan(15);
        assertThat(run.err()).contains("and 488 more rows: no space", "the disk is full", "--from-line 3");
    }

    @Test
    void goesOnFromALine() throws IOException {
        server.answers(200, "{\"accepted\":1,\"refused\":0}");
        Path csv = Files.writeString(folder.resolve("a.csv"), "to,body\na,1\na,2\n");
        assertThat(server.run("import", csv.toString(), "--from-line", "3").exitCode())
                .isZero();
        assertThat(server.asked()).containsExactly("POST /api/messages to,body\na,2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n"})
    void aFileWithoutMessagesIsAFailure(String text) throws IOException {
        server.answers(200, "{\"accepted\":0,\"duplicates\":0,\"refused\":0}");
        Run run = server.run("import", ndjson(text));
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).isEqualTo("0 accepted, 0 known already, 0 refused\n");
        assertThat(run.err()).contains("there is no message in");
    }

    private String ndjson(String text) throws IOException {
        return Files.writeString(folder.resolve("m.ndjson"), text).toString();
    }
}
