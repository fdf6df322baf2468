package dev.signalbox.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What a command reads and writes: pipes, lines, files, bounds. */
abstract class CommandOutputContract extends CommandFixture {
    @Test
    void bothOutputsAndTheExitCodeAreKept() throws Exception {
        Capture capture = shell("echo out; echo err >&2; exit 3").capture();

        assertThat(capture.exit()).isEqualTo(new Exit.Code(3));
        assertThat(capture.stdout().text()).isEqualTo("out\n");
        assertThat(capture.stderr().trimmed()).isEqualTo("err");
        assertThat(capture.duration()).isPositive();
        assertThatThrownBy(capture::orThrow)
                .isInstanceOf(CommandFailedException.class)
                .hasMessage("sh ended with exit code 3: err");
    }

    @Test
    void outputsCapturedAsOneKeepTheirOrder() throws Exception {
        Capture capture = shell("echo 1; echo 2 >&2; echo 3").captureCombined();

        assertThat(capture.stdout().lines()).containsExactly("1", "2", "3");
        assertThat(capture.stderr().written()).isZero();
    }

    @Test
    void inputIsGivenAndEnded() throws Exception {
        assertThat(command("cat").stdin("grüße").capture().stdout().text()).isEqualTo("grüße");
        assertThat(command("cat").capture().stdout().written()).isZero();
        assertThat(command("cat")
                        .stdin(new ByteArrayInputStream(new byte[3 * MIB]))
                        .capture()
                        .stdout()
                        .written())
                .isEqualTo(3 * MIB);
    }

    @Test
    void aCommandMayCloseItsInputEarly() throws Exception {
        Capture capture = shell("exec <&-; echo done").stdin(new byte[8 * MIB]).capture();

        assertThat(capture.exit().success()).isTrue();
        assertThat(capture.stdout().trimmed()).isEqualTo("done");
        assertThat(command("true")
                        .stdin(new ByteArrayInputStream(new byte[8 * MIB]))
                        .capture()
                        .exit()
                        .success())
                .isTrue();
    }

    /** Repeated: it may fail before the command's outputs are watched. */
    @RepeatedTest(50)
    void inputThatCannotBeReadEndsTheCommand() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the disk is gone");
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                return read();
            }
        };

        assertThatThrownBy(() -> command("cat").stdin(broken).capture())
                .isExactlyInstanceOf(ExecException.class)
                .hasMessage("the input of cat could not be read")
                .hasRootCauseMessage("the disk is gone");
    }

    @Test
    void whatIsBeyondTheBoundIsDroppedAndSaid() throws Exception {
        Capture capture =
                command("head", "-c", "5000000", "/dev/zero").maxOutput(1_000).capture();

        assertThat(capture.exit().success()).isTrue();
        assertThat(capture.stdout().bytes()).hasSize(1_000);
        assertThat(capture.stdout().written()).isEqualTo(5_000_000);
        assertThat(capture.stdout().truncated()).isTrue();
        assertThat(command("printf", "1234").maxOutput(4).capture().stdout().truncated())
                .isFalse();
    }

    @Test
    void linesComeOneByOneFromBothOutputs() throws Exception {
        List<String> lines = new ArrayList<>();

        Exit exit = shell("printf 'a\\r\\n\\nb'; echo e >&2; exit 7").stream(
                (source, line) -> lines.add(source + ":" + line));

        assertThat(exit).isEqualTo(new Exit.Code(7));
        assertThat(lines).containsExactlyInAnyOrder("STDOUT:a", "STDOUT:", "STDOUT:b", "STDERR:e");
    }

    @Test
    void longLinesAndBytesThatAreNoTextAreHandedOver() throws Exception {
        List<String> lines = new ArrayList<>();
        String umlauts = "ü".repeat(100_000);

        command("cat").stdin(umlauts + "\n").stream((_, line) -> lines.add(line));
        command("printf", "\\377x").stream((_, line) -> lines.add(line));

        assertThat(String.join("", lines)).isEqualTo(umlauts + "\uFFFDx");
        assertThat(lines).hasSizeGreaterThan(3).allMatch(line -> line.length() <= 64 * 1024);
    }

    @Test
    void aSlowReaderHoldsTheCommandUpAndLosesNothing() throws Exception {
        var read = new AtomicLong();
        var first = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        Path progress = folder.resolve("progress");
        Files.createFile(progress);
        Command writer =
                shell("for i in $(seq 32); do head -c 262143 /dev/zero; echo; echo $i >> " + progress + "; done");

        Future<Exit> exit = onThread(() -> writer.stream((_, line) -> {
            first.countDown();
            go.await();
            read.addAndGet(line.length());
        }));
        first.await();
        await().during(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(10))
                .until(() -> Files.readAllLines(progress).size() <= 10);
        go.countDown();

        assertThat(exit.get().success()).isTrue();
        assertThat(read).hasValue(32 * 262_143);
    }

    @Test
    void aFailingHandlerEndsTheCommand() {
        var pid = new AtomicReference<String>();

        assertThatThrownBy(() -> shell("echo $$; exec sleep 60").stream((_, line) -> {
                    pid.set(line);
                    throw new UncheckedIOException(new IOException("full"));
                }))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(isAlive(pid.get())).isFalse();
    }

    @Test
    void outputThatCannotBeKeptEndsTheCommand() throws Exception {
        Command command = command("yes");
        Sink full = bytes -> {
            throw new OutOfMemoryError("a test");
        };
        var launch = new Backend.Launch(
                command, Executables.resolve(command), command.words(), Backend.Outputs.SEPARATE, full, Sink.NONE);

        Run.Ended ended = backend().start(List.of(launch)).getFirst().ended().get(20, TimeUnit.SECONDS);

        assertThat(ended.fault())
                .get()
                .satisfies(fault -> assertThat(fault)
                        .hasMessage("the output of yes could not be kept")
                        .hasRootCauseMessage("a test"));
    }

    @Test
    void filesTakeThePlaceOfPipes() throws Exception {
        Path input = Files.writeString(folder.resolve("input"), "b\na\n");
        Path output = Files.writeString(folder.resolve("output"), "longer than what is written\n");
        Path errors = Files.writeString(folder.resolve("errors"), "before\n");

        Capture capture = shell("sort; echo bad >&2")
                .stdin(input)
                .stdout(output)
                .appendStderr(errors)
                .capture();

        assertThat(capture.exit().success()).isTrue();
        assertThat(output).hasContent("a\nb\n");
        assertThat(errors).hasContent("before\nbad\n");
        assertThat(capture.stdout().written()).isZero();
        assertThat(capture.stderr().written()).isZero();
        command("echo", "more").appendStdout(output).capture().orThrow();
        assertThat(output).hasContent("a\nb\nmore\n");
    }

    @Test
    void bothOutputsMayGoToOneFileInTheirOrder() throws Exception {
        Path output = folder.resolve("output");

        shell("echo 1; echo 2 >&2; echo 3").stdout(output).stderr(output).capture();
        assertThat(output).hasContent("1\n2\n3\n");
        shell("echo 4; echo 5 >&2").appendStdout(output).captureCombined();
        assertThat(output).hasContent("1\n2\n3\n4\n5\n");
        assertThatThrownBy(() -> command("true").stderr(output).captureCombined())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("use one of them");
    }

    @Test
    void linesOfWhatIsNotInAFileAreStreamed() throws Exception {
        List<String> lines = new ArrayList<>();

        shell("echo out; echo err >&2").stdout(folder.resolve("output")).stream((_, line) -> lines.add(line));

        assertThat(lines).containsExactly("err");
    }

    @Test
    void filesThatCannotBeUsedAreNamedBeforeTheStart() throws Exception {
        Path trace = folder.resolve("trace");
        Path pipe = folder.resolve("pipe");
        command("mkfifo", pipe.toString()).capture().orThrow();
        Command toucher = command("touch", trace.toString());

        assertThatThrownBy(() -> toucher.stdin(folder.resolve("none")).capture())
                .isInstanceOf(ExecException.class)
                .hasMessage("touch was not started: its input " + folder.resolve("none")
                        + " does not exist; check the path");
        assertThatThrownBy(() -> toucher.stdin(folder).capture()).hasMessageContaining("is a folder");
        assertThatThrownBy(() -> toucher.stdout(folder).capture()).hasMessageContaining("its output");
        assertThatThrownBy(() -> toucher.stderr(folder.resolve("no/file")).capture())
                .hasMessageContaining("its error output")
                .hasMessageContaining("create it first");
        assertThatThrownBy(() -> toucher.stdin(pipe).capture()).hasMessageContaining("named pipe");
        assertThatThrownBy(() -> toucher.stdout(pipe).capture()).hasMessageContaining("named pipe");
        assertThat(trace).doesNotExist();
    }
}
