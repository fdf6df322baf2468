package dev.signalbox.examples;

import dev.signalbox.exec.Command;
import dev.signalbox.exec.Executables;
import dev.signalbox.exec.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Commands of the host: their output kept, read line by line, or run in place of this program. */
public final class ExecExample {
    private ExecExample() {}

    /** What the command says; an exception with its errors if it fails, or takes longer than ten seconds. */
    static String ask(Path dir, String program, String... arguments) throws InterruptedException {
        return Command.of(program, arguments)
                .in(dir)
                .env("LC_ALL", "C")
                .timeout(Duration.ofSeconds(10))
                .capture()
                .orThrow()
                .stdout()
                .trimmed();
    }

    /** Hands over lines as they come. */
    static int follow(List<String> command, List<String> warnings) throws InterruptedException {
        return Command.of(command).stream((source, line) -> {
                    if (source == Source.STDERR) {
                        warnings.add(line);
                    }
                })
                .shellCode();
    }

    /** {@code ExecExample vi notes.txt}: terminal, signals and exit code are the command's. */
    public static void main(String[] args) throws InterruptedException {
        if (!Executables.exists(args[0])) {
            System.err.println(args[0] + " is not installed");
            System.exit(127);
        }
        System.exit(Command.of(List.of(args)).proxy().shellCode());
    }
}
