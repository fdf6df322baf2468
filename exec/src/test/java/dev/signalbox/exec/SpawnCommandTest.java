package dev.signalbox.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.Effort;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The way with process groups, and what only it promises. */
@EnabledOnOs(OS.LINUX)
class SpawnCommandTest extends CommandContract {
    /** How many timeouts {@link #timeoutsOfTreesLeaveNothing} tries. */
    private static final int TIMEOUTS = Effort.of(300, 10_000);

    /** A child, a grandchild, a double fork that keeps the session, one with a session of its own, and one that holds on. */
    private static final String TREE = """
            sleep 600 &
            sh -c 'sleep 600 & sleep 600' &
            (sleep 600 &)
            (setsid sh -c 'sleep 600 & exec sleep 600' &)
            setsid sh -c '(trap "" TERM; sleep 600) & exit 0'
            echo ready
            wait
            sleep 600
            """;

    @Override
    Backend backend() {
        return SpawnSingleton.BACKEND;
    }

    /** One for all tests, as in a program. */
    private static final class SpawnSingleton {
        static final Backend BACKEND = Backends.best();
    }

    @Override
    Exit signalled(int number) {
        return new Exit.Signal(number);
    }

    @Test
    void itIsTheBestHere() {
        assertThat(ExecSupport.current().processGroups())
                .as(ExecSupport.current().reason())
                .isTrue();
    }

    @Test
    void aTimeoutReachesTreesAndDoubleForks() {
        Command command = shell(TREE).timeout(Duration.ofSeconds(3)).grace(Duration.ofMillis(200));

        var thrown = catchThrowableOfType(CommandTimeoutException.class, command::capture);

        assertThat(thrown.partial().stdout().trimmed()).isEqualTo("ready");
        assertThat(marked()).isEmpty();
    }

    @Test
    void whatDroppedItsEnvironmentIsFoundByItsParent() {
        Command command = shell("env -i setsid sleep 601 & env -i sh -c 'setsid sleep 601 & wait'")
                .timeout(Duration.ofSeconds(2));

        assertThatThrownBy(command::capture).isInstanceOf(CommandTimeoutException.class);
        assertThat(commandLines()).noneMatch(line -> line.startsWith("sleep 601"));
    }

    @Test
    void aReusedProcessIdIsNotSignalled() throws Exception {
        try (RunningCommand stranger = command("sleep", "605").start()) {
            int pid = Math.toIntExact(stranger.pid());
            var processes = new Processes();
            Processes.Seen now = processes.look().processes().stream()
                    .filter(process -> process.id().pid() == pid)
                    .findFirst()
                    .orElseThrow();

            processes.signal(new Processes.Id(pid, now.id().start() - 1), Libc.SIGKILL);
            assertThat(processes.isAlive(now.id())).isTrue();
            processes.signal(now.id(), Libc.SIGKILL);

            assertThat(stranger.await().exit()).isEqualTo(new Exit.Signal(9));
        }
    }

    @Test
    void aStoppedCommandIsEnded() {
        var thrown = catchThrowableOfType(
                CommandTimeoutException.class,
                () -> shell("trap 'exit 4' TERM; kill -STOP $$; sleep 60")
                        .timeout(Duration.ofSeconds(2))
                        .grace(Duration.ofSeconds(20))
                        .capture());

        assertThat(thrown.partial().exit()).isEqualTo(new Exit.Code(4));
    }

    @Test
    void itReturnsThoughAProcessLeftBehindHoldsTheOutput() throws Exception {
        Capture capture =
                shell("sleep 602 & echo done").grace(Duration.ofMillis(200)).capture();

        assertThat(capture.exit()).isEqualTo(new Exit.Code(0));
        assertThat(capture.stdout().trimmed()).isEqualTo("done");
        assertThat(capture.duration()).isBetween(Duration.ofMillis(200), Duration.ofSeconds(20));
        await().until(() -> commandLines().stream().noneMatch(line -> line.startsWith("sleep 602")));
    }

    @Test
    void whatIsLeftBehindStaysIfAsked() throws Exception {
        Capture capture =
                shell("sleep 603 >/dev/null 2>&1 & echo $!").keepBackground().capture();

        String pid = capture.stdout().trimmed();
        assertThat(isAlive(pid)).isTrue();
        command("kill", pid).capture().orThrow();
    }

    @Test
    void anUnendingWriterLeftBehindDoesNotHoldItUp() throws Exception {
        Capture capture = shell("yes & sleep 0.1")
                .grace(Duration.ofMillis(100))
                .maxOutput(10)
                .capture();

        assertThat(capture.exit()).isEqualTo(new Exit.Code(0));
        assertThat(capture.stdout().truncated()).isTrue();
    }

    @Test
    void aChildHasNoDescriptorsButItsOwn() throws Exception {
        try (var _ = Files.newInputStream(Path.of("/etc/passwd"))) {
            Capture capture = shell("ls /proc/self/fd").stdin("x").capture();

            // 3 is the folder that ls looks at.
            assertThat(capture.stdout().lines()).containsExactly("0", "1", "2", "3");
        }
    }

    @Test
    void aChildStartsWithDefaultSignalsAndNothingBlocked() throws Exception {
        Capture capture = command("cat", "/proc/self/status").capture();

        assertThat(capture.stdout().lines())
                .contains("SigBlk:\t0000000000000000")
                .filteredOn(line -> line.startsWith("SigIgn:"))
                .hasSize(1)
                .allMatch(line ->
                        (Long.parseUnsignedLong(line.substring(8), 16) & (1L << 12 | 1L << 14 | 1L << 16)) == 0);
    }

    @Test
    void textBeyondAsciiArrivesWhateverTheLocale() throws Exception {
        Capture capture = shell("printf '%s|%s' \"$1\" \"$V\"")
                .with(List.of("sh", "日本"))
                .env("V", "ÄÖÜ")
                .capture();

        assertThat(capture.stdout().bytes()).isEqualTo("日本|ÄÖÜ".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aFileThatIsStillOpenForWritingIsTriedAgain() throws Exception {
        Path tool = script("busy", "echo ran");
        var out = Files.newOutputStream(tool, StandardOpenOption.APPEND);
        Thread closer = Thread.startVirtualThread(() -> {
            try {
                LockSupport.parkNanos(20_000_000);
                out.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        assertThat(command(tool.toString()).capture().stdout().trimmed()).isEqualTo("ran");
        closer.join();
    }

    @Test
    void aGigabytePassesInBoundedMemory() throws Exception {
        var bytes = new AtomicLong();
        Exit exit =
                shell("yes 012345678901234567890123456789012345678901234567890123456789012 | head -c 1073741824")
                        .stream((_, line) -> bytes.addAndGet(line.length() + 1));

        assertThat(exit.success()).isTrue();
        assertThat(bytes).hasValue(1L << 30);
    }

    @Test
    void aThousandRunAtATimeAndNothingLeaks() throws Exception {
        command("true").capture();
        int before = descriptors();
        List<RunningCommand> running = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            running.add(command("cat").stdin(new NeverEnding()).start());
        }
        assertThat(children()).hasSizeGreaterThanOrEqualTo(1_000);
        running.forEach(RunningCommand::cancel);
        for (RunningCommand each : running) {
            assertThatThrownBy(each::await).isInstanceOf(CommandCancelledException.class);
        }

        assertThat(children()).isEmpty();
        await().until(() -> descriptors() <= before + 2);
    }

    /** Blocks until interrupted. */
    private static final class NeverEnding extends InputStream {
        @Override
        public int read() throws IOException {
            try {
                new CountDownLatch(1).await();
                return -1;
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            return read();
        }
    }

    @Test
    void anInterruptAtAnyMomentLeavesNothing() throws Exception {
        command("true").capture();
        int before = descriptors();
        for (int i = 0; i < 100; i++) {
            Future<?> call = onThread(() -> {
                Thread self = Thread.currentThread();
                long when = ThreadLocalRandom.current().nextLong(8_000_000);
                Thread.startVirtualThread(() -> {
                    LockSupport.parkNanos(when);
                    self.interrupt();
                });
                return command("sleep", "604").capture();
            });
            assertThatThrownBy(call::get).hasCauseInstanceOf(InterruptedException.class);
        }

        assertThat(children()).isEmpty();
        assertThat(marked()).isEmpty();
        await().until(() -> descriptors() <= before + 2);
    }

    /** The figure that the library promises: no orphan, no zombie, no descriptor, of any of them. */
    @Test
    @Timeout(3_000)
    void timeoutsOfTreesLeaveNothing() throws Exception {
        command("true").capture();
        int before = descriptors();
        var limit = new Semaphore(8);
        List<Future<?>> runs = new ArrayList<>();
        for (int i = 0; i < TIMEOUTS; i++) {
            limit.acquire();
            Duration timeout = Duration.ofMillis(ThreadLocalRandom.current().nextLong(1, 120));
            runs.add(onThread(() -> {
                try {
                    return catchThrowableOfType(
                            CommandTimeoutException.class,
                            () -> shell(TREE)
                                    .timeout(timeout)
                                    .grace(Duration.ofMillis(20))
                                    .capture());
                } finally {
                    limit.release();
                }
            }));
        }
        for (Future<?> run : runs) {
            assertThat(run.get()).isNotNull();
        }

        assertThat(children()).isEmpty();
        assertThat(marked()).isEmpty();
        await().until(() -> descriptors() <= before + 2);
    }

    /** Processes of this JVM's runs that are alive, wherever they have gone. */
    private static List<Processes.Seen> marked() {
        String own = Marker.newId().split("-", -1)[0];
        return new Processes()
                .look().processes().stream()
                        .filter(process -> process.runs().stream().anyMatch(run -> run.startsWith(own)))
                        .toList();
    }

    /** Zombies included. */
    private static List<Processes.Seen> children() {
        int self = Math.toIntExact(ProcessHandle.current().pid());
        return new Processes()
                .look().processes().stream()
                        .filter(process -> process.parent() == self)
                        .toList();
    }

    private static List<String> commandLines() {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .map(line -> line.substring(line.lastIndexOf('/', Math.max(0, line.indexOf(' '))) + 1))
                .toList();
    }

    private static int descriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }
}
