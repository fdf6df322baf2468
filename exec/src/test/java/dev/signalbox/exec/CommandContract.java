package dev.signalbox.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What holds on every platform: besides what commands read, write and how they end, their environment, limits and pipelines. Each
 * subclass runs it on one way to start processes.
 */
abstract class CommandContract extends CommandEndContract {
    @Test
    void limitsHoldForTheCommand() throws Exception {
        Capture capture = shell("ulimit -n; ulimit -c; ulimit -t; echo $1 $V")
                .with(List.of("sh", "a b"))
                .env("V", "value")
                .limit(ResourceLimit.OPEN_FILES, 64)
                .limit(ResourceLimit.CORE_BYTES, 0)
                .limit(ResourceLimit.CPU_SECONDS, 100)
                .capture();

        assertThat(capture.stdout().lines()).containsExactly("64", "0", "100", "a b value");
        assertThat(shell("while :; do :; done")
                        .limit(ResourceLimit.CPU_SECONDS, 1)
                        .capture()
                        .exit())
                .isEqualTo(signalled(9));
        assertThat(shell("head -c 10000 /dev/zero > " + folder.resolve("large"))
                        .limit(ResourceLimit.FILE_BYTES, 5_000)
                        .capture()
                        .exit()
                        .success())
                .isFalse();
        assertThat(folder.resolve("large")).hasSize(5_000);
    }

    @Test
    void limitsBeyondOnesOwnAreRefused() {
        assertThatThrownBy(() -> command("true")
                        .limit(ResourceLimit.OPEN_FILES, 1L << 40)
                        .capture())
                .isInstanceOf(ExecException.class)
                .hasMessageStartingWith("true was not started: its limit OPEN_FILES is 1099511627776")
                .hasMessageContaining("set no more than that");
        assertThatThrownBy(() -> command("true").limit(ResourceLimit.PROCESSES, -1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPipelinePassesBytesFromOneToTheNext() throws Exception {
        PipelineCapture capture = Pipeline.of(
                        command("cat").stdin("b\na\nb\n"), shell("echo sorting >&2; sort"), command("uniq", "-c"))
                .capture()
                .orThrow();

        assertThat(capture.stdout().lines().stream().map(String::strip)).containsExactly("1 a", "2 b");
        assertThat(capture.commands().get(1).stderr().trimmed()).isEqualTo("sorting");
        assertThat(capture.commands()).extracting(Capture::program).containsExactly("cat", "sh", "uniq");
    }

    @Test
    void oneOfAPipelineThatHasEnoughEndsTheOneBefore() throws Exception {
        PipelineCapture capture =
                Pipeline.of(command("yes"), command("head", "-1")).capture().orThrow();

        assertThat(capture.stdout().trimmed()).isEqualTo("y");
        assertThat(capture.commands().getFirst().exit()).isEqualTo(signalled(13));
    }

    @Test
    void theFirstFailureOfAPipelineIsTold() throws Exception {
        PipelineCapture capture = Pipeline.of(shell("echo 1; exit 4"), shell("echo no >&2; exit 5"), command("cat"))
                .capture();

        assertThatThrownBy(capture::orThrow).hasMessage("sh ended with exit code 4");
        assertThat(capture.commands())
                .extracting(Capture::exit)
                .containsExactly(new Exit.Code(4), new Exit.Code(5), new Exit.Code(0));
    }

    @Test
    void aTimeoutEndsAllOfAPipeline() {
        List<Long> pids = new CopyOnWriteArrayList<>();
        Command sleeper = command("sleep", "60").listener(new ExecListener() {
            @Override
            public void started(String program, long pid) {
                pids.add(pid);
            }
        });

        assertThatThrownBy(() -> Pipeline.of(sleeper, sleeper.timeout(Duration.ofMillis(300)), sleeper)
                        .capture())
                .isInstanceOf(CommandEndedException.class);

        assertThat(pids).hasSize(3).noneMatch(pid -> isAlive(Long.toString(pid)));
    }

    @Test
    void aPipelineThatCannotBeStartedLeavesNothing() throws Exception {
        Path trace = folder.resolve("trace");
        Path broken = script("broken", "");
        Files.writeString(broken, "#!/no/such/interpreter\n");

        assertThatThrownBy(() -> Pipeline.of(command("touch", trace.toString()), command("no-such-program"))
                        .capture())
                .isInstanceOf(CommandNotFoundException.class);
        assertThat(trace).doesNotExist();
        assertThatThrownBy(() -> Pipeline.of(command("sleep", "610"), command(broken.toString()))
                        .capture())
                .isInstanceOf(ExecException.class);
        await().until(() -> ProcessHandle.allProcesses()
                .noneMatch(process -> process.info().commandLine().orElse("").endsWith("sleep 610")));
    }

    @Test
    void pipelinesThatMakeNoSenseAreRefused() {
        Command cat = command("cat");

        assertThatThrownBy(() -> Pipeline.of(List.of())).hasMessage("a pipeline needs a command");
        assertThatThrownBy(() -> Pipeline.of(cat, cat.stdin("x"))).hasMessageContaining("stdin(...)");
        assertThatThrownBy(() -> Pipeline.of(cat.stdout(folder.resolve("x")), cat))
                .hasMessageContaining("stdout(...)");
    }

    @Test
    void folderAndEnvironmentAreTheCommandsOwn() throws Exception {
        Path dir = Files.createDirectory(folder.resolve("größe"));

        assertThat(command("pwd").in(dir).capture().stdout().text()).contains("gr");
        assertThat(shell("echo $ONE-$TWO")
                        .env("ONE", "1")
                        .env("TWO", "2")
                        .withoutEnv("ONE")
                        .capture()
                        .stdout()
                        .trimmed())
                .isEqualTo("-2");
        assertThat(command("env").cleanEnv().env("A", "b").capture().stdout().lines().stream()
                        .filter(line -> !line.startsWith(Marker.NAME)))
                .containsExactly("A=b");
    }

    @Test
    void programsAreFoundInTheCommandsOwnPath() throws Exception {
        Path tool = script("tool", "echo mine");

        assertThat(command("tool")
                        .env("PATH", folder + ":/usr/bin:/bin")
                        .capture()
                        .stdout()
                        .trimmed())
                .isEqualTo("mine");
        assertThat(command("./tool").in(folder).capture().stdout().trimmed()).isEqualTo("mine");
        assertThatThrownBy(() -> command("tool").capture())
                .isInstanceOf(CommandNotFoundException.class)
                .hasMessageContaining("there is no program tool in the PATH")
                .hasMessageContaining("install it, or give its full path");
        assertThat(tool).isExecutable();
    }

    @Test
    void whatCannotRunSaysWhy() throws Exception {
        Path plain = Files.writeString(folder.resolve("plain"), "x");
        Path orphan = script("orphan", "");
        Files.writeString(orphan, "#!/no/such/interpreter\n");

        assertThatThrownBy(() -> command(plain.toString()).capture())
                .isInstanceOf(CommandNotFoundException.class)
                .hasMessageContaining("chmod +x");
        assertThatThrownBy(() -> command(folder.toString()).capture()).hasMessageContaining("is a folder");
        assertThatThrownBy(() -> command("/no/such/program").capture()).hasMessageContaining("check the path");
        assertThatThrownBy(() -> command(orphan.toString()).capture())
                .isInstanceOf(ExecException.class)
                .hasMessageContaining("was not started");
        assertThatThrownBy(() -> command("true").in(folder.resolve("away")).capture())
                .hasMessageContaining("there is no such folder");
        assertThatThrownBy(() -> command("true", "x".repeat(3 * MIB)).capture())
                .isInstanceOf(ExecException.class)
                .hasMessageContaining("was not started");
    }

    @Test
    void manyRunAtATime() throws Exception {
        List<Future<Capture>> captures = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String number = Integer.toString(i);
            captures.add(onThread(() -> command("cat").stdin(number).capture()));
        }

        for (int i = 0; i < captures.size(); i++) {
            assertThat(captures.get(i).get().stdout().text()).isEqualTo(Integer.toString(i));
        }
    }
}
