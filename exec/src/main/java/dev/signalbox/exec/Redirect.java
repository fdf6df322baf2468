package dev.signalbox.exec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file that a command writes to.
 *
 * @param file absolute
 * @param append whether it is kept and added to; otherwise it is emptied at the start
 */
record Redirect(Path file, boolean append) {
    private static final int FILE_TYPE = 0170000;
    private static final int FIFO = 0010000;

    /** Checks the files of a command before it is started, so that every backend gives the same reason. */
    static void check(Command command) {
        if (command.input() instanceof Input.File(Path file)) {
            obstacleToReading(file).ifPresent(reason -> refuse(command, "its input " + file + " " + reason));
        }
        command.stdout().ifPresent(redirect -> redirect.check(command, "output"));
        command.stderr().ifPresent(redirect -> redirect.check(command, "error output"));
    }

    private void check(Command command, String which) {
        obstacleToWriting(file).ifPresent(reason -> refuse(command, "its " + which + " " + file + " " + reason));
    }

    private static void refuse(Command command, String why) {
        throw new ExecException(command.program() + " was not started: " + why);
    }

    private static Optional<String> obstacleToReading(Path file) {
        if (!Files.exists(file)) {
            return Optional.of("does not exist; check the path");
        }
        return Files.isReadable(file) ? obstacle(file) : Optional.of("cannot be read by this user");
    }

    private static Optional<String> obstacleToWriting(Path file) {
        if (Files.exists(file)) {
            return Files.isWritable(file) ? obstacle(file) : Optional.of("cannot be written by this user");
        }
        Path folder = Optional.ofNullable(file.getParent()).orElse(file);
        if (!Files.isDirectory(folder)) {
            return Optional.of("is in a folder that does not exist; create it first");
        }
        return Files.isWritable(folder) ? Optional.empty() : Optional.of("cannot be created in a folder of others");
    }

    private static Optional<String> obstacle(Path file) {
        if (Files.isDirectory(file)) {
            return Optional.of("is a folder");
        }
        // Opening one waits for the other side, without regard to timeout and interrupt.
        return isNamedPipe(file) ? Optional.of("is a named pipe; use a stream instead") : Optional.empty();
    }

    private static boolean isNamedPipe(Path file) {
        try {
            return file.getFileSystem().supportedFileAttributeViews().contains("unix")
                    && Files.getAttribute(file, "unix:mode") instanceof Integer mode
                    && (mode & FILE_TYPE) == FIFO;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
