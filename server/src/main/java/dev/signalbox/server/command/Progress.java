package dev.signalbox.server.command;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarConsumer;

/** Shows progress on stderr, if that is a terminal: a file or a pipe gets none of its escape sequences. */
public final class Progress {
    private static final Path STDERR = Path.of("/proc/self/fd/2");

    private Progress() {}

    /** Where progress goes, which is nowhere unless it is {@code wanted}. */
    public static ProgressBarConsumer consumer(boolean wanted) {
        return wanted && isTerminal() ? new ConsoleProgressBarConsumer(System.err) : new Silence();
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent() && stderrIsTerminal();
    }

    /** The JDK only tells of stdin and stdout. Where the system does not tell, it is taken for one. */
    private static boolean stderrIsTerminal() {
        if (!Files.isSymbolicLink(STDERR)) {
            return true;
        }
        try {
            Path target = Files.readSymbolicLink(STDERR);
            return target.startsWith("/dev/pts") || target.startsWith("/dev/console") || isVirtualTerminal(target);
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static boolean isVirtualTerminal(Path device) {
        return device.toString().startsWith("/dev/tty");
    }
}
