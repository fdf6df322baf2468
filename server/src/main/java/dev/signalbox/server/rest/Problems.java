package dev.signalbox.server.rest;

import dev.signalbox.server.configuration.FailureText;
import java.util.List;

/** The problems that more than one handler tells. */
public final class Problems {
    private Problems() {}

    public static Problem invalid(List<Violation> violations) {
        String detail = violations.size() == 1
                ? (violations.getFirst().field() + " " + violations.getFirst().message()).strip()
                : violations.size() + " things are wrong; see errors";
        return new Problem(400, detail).with("errors", violations);
    }

    /** What a library says about a value that it was given. */
    public static Problem refused(IllegalArgumentException invalid) {
        return new Problem(400, FailureText.of(invalid));
    }

    /** For a URL that servers may read in different ways; ends the connection, so that nothing behind it is read at all. */
    public static Problem malformed(String detail) {
        return new Problem(400, detail).header("Connection", "close");
    }

    public static Problem tooLarge(long most) {
        return new Problem(413, "the request body is longer than " + most + " bytes");
    }

    public static Problem noSuchMessage(String id) {
        return new Problem(404, "there is no message " + id);
    }
}
