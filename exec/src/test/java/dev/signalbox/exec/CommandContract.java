package dev.signalbox.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What holds on every platform. Each subclass runs it on one way to start processes. */
@Timeout(30)
abstract class CommandContract {
    private static final int MIB = 1 << 20;
    private static final int SIGUSR1 = 10;

    @TempDir
    Path folder;

    abstract Backend backend();

    Command command(String... words) {
        return Command.of(List.of(words)).on(backend()).grace(Duration.ofMillis(500));
    }

    Command shell(String script) {
        return command("sh", "-c", script);
    }

    /** How an end by a signal is told here. */
    abstract Exit signalled(int number);

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
    void anEndByASignalIsTold() throws Exception {
        Exit exit = shell("kill -9 $$").capture().exit();

        assertThat(exit).isEqualTo(signalled(9));
        assertThat(exit.success()).isFalse();
        assertThat(exit.shellCode()).isEqualTo(137);
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

    @Test
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
    void aTimeoutEndsTheCommandAndKeepsWhatItWrote() {
        var thrown = catchThrowableOfType(
                CommandTimeoutException.class,
                () -> shell("echo begun; exec sleep 60")
                        .timeout(Duration.ofSeconds(2))
                        .capture());

        assertThat(thrown).hasMessageStartingWith("sh did not end within 2.0 s");
        assertThat(thrown.partial().stdout().trimmed()).isEqualTo("begun");
        assertThat(thrown.partial().exit()).isEqualTo(signalled(15));
    }

    @Test
    void aCommandThatIgnoresSigtermIsKilledAfterTheGrace() {
        var thrown = catchThrowableOfType(
                CommandTimeoutException.class,
                () -> shell("trap '' TERM; while :; do sleep 1; done")
                        .timeout(Duration.ofSeconds(2))
                        .grace(Duration.ofMillis(200))
                        .capture());

        assertThat(thrown.partial().exit()).isEqualTo(signalled(9));
    }

    @Test
    void aCommandThatHandlesSigtermMayCleanUp() {
        var thrown = catchThrowableOfType(
                CommandTimeoutException.class,
                () -> shell("trap 'echo cleaned; exit 5' TERM; sleep 60 & wait")
                        .timeout(Duration.ofSeconds(2))
                        .grace(Duration.ofSeconds(20))
                        .capture());

        assertThat(thrown.partial().exit()).isEqualTo(new Exit.Code(5));
        assertThat(thrown.partial().stdout().trimmed()).isEqualTo("cleaned");
        assertThat(thrown.partial().duration()).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void anInterruptEndsTheCommandBeforeItIsThrown() throws Exception {
        var running = new CountDownLatch(1);
        var pid = new AtomicLong();
        var thrown = new AtomicReference<Throwable>();
        Command command = command("sleep", "60").listener(new ExecListener() {
            @Override
            public void started(String program, long id) {
                pid.set(id);
                running.countDown();
            }
        });
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                command.capture();
            } catch (InterruptedException | RuntimeException e) {
                thrown.set(e);
            }
        });
        running.await();
        caller.interrupt();
        caller.join();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(isAlive(Long.toString(pid.get()))).isFalse();
    }

    @Test
    void anInterruptedThreadStartsNothing() {
        Path trace = folder.resolve("trace");
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> command("touch", trace.toString()).capture()).isInstanceOf(InterruptedException.class);
        assertThat(trace).doesNotExist();
    }

    @Test
    void aRunningCommandCanBeCancelled() throws Exception {
        try (RunningCommand running = command("sleep", "60").start()) {
            assertThat(running.isRunning()).isTrue();
            running.cancel();
            running.cancel();

            assertThatThrownBy(running::await)
                    .isInstanceOf(CommandCancelledException.class)
                    .hasMessage("sleep was cancelled");
            assertThat(running.isRunning()).isFalse();
        }
    }

    @Test
    void aRunningCommandGetsSignals() throws Exception {
        Path ready = folder.resolve("ready");
        String script = "trap 'echo got it; exit 6' USR1; touch " + ready + "; while :; do sleep 0.05; done";
        try (RunningCommand running = shell(script).start()) {
            await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(ready));
            running.signal(SIGUSR1);
            Capture capture = running.await();

            assertThat(capture.exit()).isEqualTo(new Exit.Code(6));
            assertThat(capture.stdout().trimmed()).isEqualTo("got it");
            running.signal(SIGUSR1);
            assertThatThrownBy(() -> running.signal(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the signal is 0; it must be 1 to 64");
        }
    }

    @Test
    void aSignalMayEndACommand() throws Exception {
        try (RunningCommand running = command("sleep", "60").start()) {
            running.signal(15);

            assertThat(running.await().exit()).isEqualTo(signalled(15));
        }
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
    void listenersLearnOfStartsEndsAndFailures() throws Exception {
        List<String> events = new CopyOnWriteArrayList<>();
        var listener = new ExecListener() {
            @Override
            public void started(String program, long pid) {
                events.add("started " + program);
            }

            @Override
            public void ended(String program, Outcome outcome, Exit exit, Duration duration) {
                events.add(outcome + " " + exit);
                throw new IllegalStateException("a listener's fault is its own");
            }

            @Override
            public void failed(String program, ExecException failure) {
                events.add("failed " + program);
            }
        };

        command("true").listener(listener).capture();
        assertThatThrownBy(() -> command("no-such-program").listener(listener).capture())
                .isInstanceOf(ExecException.class);

        await().until(() -> events.size() == 3);
        assertThat(events).containsExactlyInAnyOrder("started true", "EXITED exit code 0", "failed no-such-program");
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

    Path script(String name, String body) throws IOException {
        Path script = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n", StandardCharsets.UTF_8);
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }

    static boolean isAlive(String pid) {
        return ProcessHandle.of(Long.parseLong(pid))
                .filter(ProcessHandle::isAlive)
                .isPresent();
    }

    static <T> Future<T> onThread(Callable<T> task) {
        var future = new FutureTask<>(task);
        Thread.startVirtualThread(future);
        return future;
    }
}
