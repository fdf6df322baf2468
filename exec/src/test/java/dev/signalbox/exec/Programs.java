package dev.signalbox.exec;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
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
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                program.getName()));
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
