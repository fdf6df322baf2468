package dev.signalbox.server.rest;

import io.helidon.http.Status;
import java.util.List;

/** The problems that more than one handler tells. */
public final class Problems {
    private Problems() {}

    public static Problem invalid(List<Violation> violations) {
        String detail = violations.size() == 1
                ? (violations.getFirst().field() + " " + violations.getFirst().message()).strip()
                : violations.size() + " things are wrong; see errors";
        return new Problem(Status.BAD_REQUEST_400, detail).with("errors", violations);
    }

    public static Problem tooLarge(long most) {
        return new Problem(Status.REQUEST_ENTITY_TOO_LARGE_413, "the request body is longer than " + most + " bytes");
    }

    public static Problem noSuchMessage(String id) {
        return new Problem(Status.NOT_FOUND_404, "there is no message " + id);
    }
}
