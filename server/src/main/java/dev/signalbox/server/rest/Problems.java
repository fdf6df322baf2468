package dev.signalbox.server.rest;

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
        return new Problem(400, reason(invalid));
    }

    /** What a failure says of itself; one without words is called by its kind. */
    public static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? "failed with " + failure.getClass().getSimpleName() : message;
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
