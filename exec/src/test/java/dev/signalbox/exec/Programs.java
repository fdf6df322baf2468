package dev.signalbox.exec;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.slf4j.LoggerFactory;

/** Programs that tests run as processes of their own. */
final class Programs {
    private Programs() {}

    /** The command line that runs {@code program} on this Java. */
    static List<String> java(Class<?> program, String... arguments) {
        return java(List.of("--enable-native-access=ALL-UNNAMED"), program, arguments);
    }

    /** The same with options for Java. */
    static List<String> java(List<String> options, Class<?> program, String... arguments) {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        line.addAll(options);
        line.addAll(List.of("-cp", classPath(), program.getName()));
        line.addAll(List.of(arguments));
        return line;
    }

    private static String classPath() {
        return Stream.of(Programs.class, Command.class, LoggerFactory.class, NullMarked.class)
                .map(Programs::place)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a command in its place, then says how it ended: it is still there. */
    static final class Proxies {
        public static void main(String[] args) throws InterruptedException {
            Exit exit = Command.of(List.of(args)).proxy();
            System.out.println("over: " + exit);
        }
    }

    /** Says what is supported here, and shows that commands run and can be ended. */
    static final class Supports {
        public static void main(String[] args) throws InterruptedException {
            System.out.println(ExecSupport.current().processGroups() + ": "
                    + ExecSupport.current().reason());
            System.out.println(
                    Command.of("sh", "-c", "echo ran; exit 3").capture().exit());
            try {
                Command.of("sleep", "60").timeout(Duration.ofMillis(100)).capture();
            } catch (CommandTimeoutException e) {
                System.out.println("timed out");
            }
            Command.of("echo", "proxied").proxy();
        }
    }

    /** Runs commands while the system reaps all children of this process by itself. */
    static final class IgnoresChildren {
        private static final int SIGCHLD = 17;

        public static void main(String[] args) throws InterruptedException {
            Command.of("true").capture().orThrow();
            CFunction.of("signal", CFunction.LONG, CFunction.INT, CFunction.LONG)
                    .call(SIGCHLD, 1L);
            for (int i = 0; i < 200; i++) {
                // Some of these are gone before anybody looks.
                Command.of("true").capture();
            }
            Capture ended = Command.of("sh", "-c", "echo said; exit 3").capture();
            System.out.println(
                    ended.stdout().trimmed() + ": " + ended.exit().getClass().getSimpleName());
            try (var running =
                    Command.of("sleep", "60").grace(Duration.ofSeconds(20)).start()) {
                running.signal(Libc.SIGTERM);
                System.out.println("signalled: " + running.await().exit().shellCode());
            }
            try {
                Command.of("sh", "-c", "(setsid sleep 609 &); sleep 609 & sleep 609")
                        .timeout(Duration.ofMillis(500))
                        .capture();
            } catch (CommandTimeoutException e) {
                System.out.println("timed out");
            }
        }
    }

    /** Prints which signals a command ignores: one that stands in for this, and one that is captured. */
    static final class InheritsIgnored {
        public static void main(String[] args) throws InterruptedException {
            Command status = Command.of("grep", "SigIgn", "/proc/self/status");
            status.proxy();
            System.out.println(status.capture().stdout().trimmed());
            Command.of("sh", "-c", "echo $PPID; read line; echo read $line").proxy();
        }
    }

    /** Starts a tree, says so, and ends without a word to it. */
    static final class Leaves {
        public static void main(String[] args) throws InterruptedException {
            var running = Command.of(List.of(args)).start();
            System.out.println("started " + running.pid());
            if (System.getenv("STAY") != null) {
                running.await();
            }
            System.exit(3);
        }
    }

    /** Starts commands until something runs out, ends them, and starts one more. */
    static final class Exhausts {
        public static void main(String[] args) throws InterruptedException {
            Command.of("true").capture().orThrow();
            int before = descriptors();
            List<RunningCommand> running = new ArrayList<>();
            Optional<ExecException> failure = Optional.empty();
            while (failure.isEmpty()) {
                try {
                    running.add(Command.of("sleep", "606").start());
                } catch (ExecException e) {
                    failure = Optional.of(e);
                }
            }
            System.out.println("after " + running.size() + ": " + failure.get().getMessage());
            running.forEach(RunningCommand::close);
            Command.of("true").capture().orThrow();
            System.out.println("leaked " + (descriptors() - before));
        }

        private static int descriptors() {
            return Optional.ofNullable(new File("/proc/self/fd").list()).orElseThrow().length;
        }
    }
}
