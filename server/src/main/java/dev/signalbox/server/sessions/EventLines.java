package dev.signalbox.server.sessions;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.configuration.FailureText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import tools.jackson.core.JacksonException;

/** Events to append, one JSON a line, all of them checked before any is sent. Confined to one thread. */
final class EventLines {
    private static final int MOST_BYTES = 64 << 20;

    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private long events;

    private EventLines() {}

    /** Reads the lines from {@code first} on. Throws {@link CommandFailure} naming the first line that is no JSON. */
    static EventLines read(InputStream in, long first) {
        var lines = new EventLines();
        byte[] all = bounded(in);
        long number = 1;
        for (int begin = 0; begin < all.length; number++) {
            int end = begin;
            while (end < all.length && all[end] != '\n') {
                end++;
            }
            if (number >= first) {
                lines.take(number, Arrays.copyOfRange(all, begin, end));
            }
            begin = end + 1;
        }
        if (lines.events == 0) {
            throw new CommandFailure(ExitCode.USAGE, "there is no event in standard input; nothing was appended");
        }
        return lines;
    }

    private static byte[] bounded(InputStream in) {
        try {
            byte[] all = in.readNBytes(MOST_BYTES + 1);
            if (all.length > MOST_BYTES) {
                throw new CommandFailure(
                        ExitCode.USAGE, "standard input holds more than 64 MiB; nothing was appended\nSplit it");
            }
            return all;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, "standard input cannot be read: " + FailureText.of(e), e);
        }
    }

    /** Empty lines are kept, so that the server counts as we do. */
    private void take(long number, byte[] line) {
        taken.writeBytes(line);
        taken.write('\n');
        if (isBlank(line)) {
            return;
        }
        try {
            RestClient.JSON.readTree(line);
            events++;
        } catch (JacksonException e) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "line " + number + " is not JSON (column " + e.getLocation().getColumnNr()
                            + "); nothing was appended\nMend the line, and run the same again",
                    e);
        }
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    byte[] bytes() {
        return taken.toByteArray();
    }

    /** What to do after a failure with this exit code. */
    String howToGoOn(int exitCode) {
        return exitCode == ExitCode.REFUSED
                ? "\nMend the line and go on from there with --from-line"
                : "\nIt is not known how many of the " + events
                        + " events were appended: look with `signalbox session read`, and go on with --from-line";
    }
}
