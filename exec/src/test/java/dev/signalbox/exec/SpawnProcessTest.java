package dev.signalbox.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What concerns a whole process: its terminal, its signals, its end, its limits. Each is tried on a JVM of its own. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class SpawnProcessTest {
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final Keys keys = new Keys();

    @TempDir
    Path folder;

    @Test
    void aProxiedCommandHasOutputsAndExitCode() throws Exception {
        Capture capture = Command.of(Programs.java(Programs.Proxies.class, "sh", "-c", "cat; echo error >&2; exit 7"))
                .stdin("input\n")
                .capture();

        assertThat(capture.stdout().lines()).containsExactly("input", "over: exit code 7");
        assertThat(capture.stderr().text()).contains("error");
    }

    @Test
    void signalsArePassedOnAndTheProgramGoesOn() throws Exception {
        Future<Exit> exit = inBackground(Command.of(Programs.java(
                Programs.Proxies.class,
                "sh",
                "-c",
                "trap 'echo got it; exit 5' TERM; echo $PPID; while :; do sleep 0.05; done")));
        await().until(() -> !seen.isEmpty());

        Command.of("kill", seen.getFirst()).capture().orThrow();

        assertThat(exit.get().success()).isTrue();
        assertThat(seen).contains("got it", "over: exit code 5");
    }

    @Test
    void everySignalThatCanBeCaughtIsForwarded() throws Exception {
        List<String> signals = List.of(
                "HUP", "INT", "USR1", "USR2", "ALRM", "VTALRM", "PROF", "WINCH", "PWR", "XCPU", "TERM", "TSTP", "CONT");
        Path end = folder.resolve("end");
        String traps = signals.stream()
                .map(signal -> "trap 'echo got " + signal + "' " + signal + "; ")
                .collect(Collectors.joining());
        Future<Exit> exit = inBackground(Command.of(Programs.java(
                Programs.Proxies.class,
                "sh",
                "-c",
                // No sleep: TSTP would stop it, the shell would say so only after CONT, and CONT discards a pending
                // TSTP.
                traps + "echo $PPID; while ! [ -e " + end + " ]; do :; done")));
        await().until(() -> !seen.isEmpty());

        for (String signal : signals) {
            Command.of("kill", "-" + signal, seen.getFirst()).capture().orThrow();
            awaitLine("got " + signal);
        }
        Files.createFile(end);

        assertThat(exit.get().success()).isTrue();
        assertThat(seen).contains("over: exit code 0");
    }

    @Test
    void whatTheJvmIgnoresByInheritanceItDoesNotForward() throws Exception {
        Future<Exit> exit = inBackground(Command.of("sh", "-c", "trap '' HUP INT; exec \"$@\"", "sh")
                .with(Programs.java(Programs.InheritsIgnored.class))
                .stdin(keys));
        await().until(() -> seen.size() == 3);
        Command.of("kill", "-HUP", seen.get(2)).capture().orThrow();
        Command.of("kill", "-INT", seen.get(2)).capture().orThrow();
        keys.type("on\n");

        assertThat(exit.get().success()).isTrue();
        assertThat(seen).last().isEqualTo("read on");
        assertThat(ignored(seen.get(0))).as("in its place").isEqualTo(1L << 0 | 1L << 1);
        assertThat(ignored(seen.get(1))).as("captured").isZero();
    }

    /** HUP and INT only: the JVM itself ignores others. */
    private static long ignored(String statusLine) {
        return Long.parseUnsignedLong(statusLine.substring(8), 16) & 3;
    }

    @Test
    void childrenThatTheSystemReapsEndAtOnceWithAnUnknownExit() throws Exception {
        Capture capture = Command.of(Programs.java(Programs.IgnoresChildren.class))
                .timeout(Duration.ofSeconds(50))
                .capture();

        assertThat(capture.stdout().lines())
                .as(capture.stderr().text())
                .containsExactly("said: Unknown", "signalled: 255", "timed out");
        assertThat(alive("609")).isEmpty();
    }

    @Test
    void atATerminalTheCommandIsInTheForegroundAndGetsCtrlC() throws Exception {
        Future<Exit> exit = inTerminal(String.join(
                " ",
                quoted(Programs.java(
                        Programs.Proxies.class,
                        "sh",
                        "-c",
                        "trap 'echo interrupted; exit 9' INT; echo ready; read x; echo read $x; read y"))));

        awaitLine("ready");
        keys.type("hello\n");
        awaitLine("read hello");
        keys.type("\003");

        assertThat(exit.get().success()).isTrue();
        assertThat(seen).anyMatch(line -> line.endsWith("interrupted")).contains("over: exit code 9");
    }

    @Test
    void ctrlZStopsTheJobAndForegroundResumesIt() throws Exception {
        assumeTrue(Executables.exists("bash"), "bash is not installed");
        Future<Exit> exit = inTerminal("PS1= exec bash --norc --noediting -i");
        keys.type(String.join(
                        " ",
                        quoted(Programs.java(Programs.Proxies.class, "sh", "-c", "echo ready; read x; echo read $x")))
                + "\n");

        awaitLine("ready");
        keys.type("\032");
        await().until(() -> seen.stream().anyMatch(line -> line.contains("Stopped")));
        keys.type("fg\n");
        keys.type("hello\n");
        awaitLine("read hello");
        awaitLine("over: exit code 0");
        keys.type("exit\n");

        assertThat(exit.get().success()).isTrue();
    }

    @Test
    void nothingOutlivesAnOrderlyEndOfTheJvm() throws Exception {
        String tree = "sleep 607 & (setsid sleep 607 &) ; sleep 607";

        Capture capture = Command.of(Programs.java(Programs.Leaves.class, "sh", "-c", tree))
                .capture();

        assertThat(capture.exit()).isEqualTo(new Exit.Code(3));
        assertThat(alive("607")).isEmpty();
    }

    @Test
    void nothingOutlivesAJvmThatIsToldToEnd() throws Exception {
        Future<Exit> exit = inBackground(Command.of(Programs.java(
                        Programs.Leaves.class, "sh", "-c", "sleep 608 & (setsid sleep 608 &) ; sleep 608"))
                .env("STAY", "1"));
        await().until(() -> !seen.isEmpty());
        long jvm = ProcessHandle.of(Long.parseLong(seen.getFirst().split(" ", -1)[1]))
                .flatMap(ProcessHandle::parent)
                .orElseThrow()
                .pid();

        Command.of("kill", Long.toString(jvm)).capture().orThrow();

        assertThat(exit.get()).isEqualTo(new Exit.Code(143));
        assertThat(alive("608")).isEmpty();
    }

    @Test
    void withoutDescriptorsItSaysSoAndLeaksNothing() throws Exception {
        Capture capture = Command.of("sh", "-c", "ulimit -n 120; exec \"$@\"")
                .with(List.of("sh"))
                .with(Programs.java(Programs.Exhausts.class))
                .capture();

        assertThat(capture.stdout().text())
                .as(capture.stderr().text())
                .containsPattern("after \\d+: .*no file descriptors are left; raise the limit")
                .contains("leaked 0");
        assertThat(alive("606")).isEmpty();
    }

    private Future<Exit> inBackground(Command command) {
        return CommandContract.onThread(() -> command.timeout(Duration.ofSeconds(50)).stream((source, line) -> {
            if (source == Source.STDOUT) {
                seen.add(line.stripTrailing());
            }
        }));
    }

    /** A terminal of its own, whose keyboard is {@link #keys} and whose screen is {@link #seen}. */
    private Future<Exit> inTerminal(String line) {
        assumeTrue(Executables.exists("script"), "script (bsdutils) is not installed");
        return inBackground(Command.of("script", "-qec", line, "/dev/null").stdin(keys));
    }

    private static List<String> quoted(List<String> words) {
        return words.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .toList();
    }

    private void awaitLine(String line) {
        await().atMost(Duration.ofSeconds(30)).until(() -> seen.contains(line));
    }

    private static List<String> alive(String argument) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.endsWith("sleep " + argument))
                .toList();
    }

    /** Gives what is typed, and blocks until then. */
    private static final class Keys extends InputStream {
        private final BlockingQueue<Byte> typed = new LinkedBlockingQueue<>();

        void type(String text) {
            for (byte key : text.getBytes(StandardCharsets.UTF_8)) {
                typed.add(key);
            }
        }

        @Override
        public int read() throws InterruptedIOException {
            try {
                return typed.take();
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws InterruptedIOException {
            bytes[from] = (byte) read();
            return 1;
        }
    }
}
