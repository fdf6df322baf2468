package dev.signalbox.server.sessions;

import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.session.bus.SessionConflictException;
import dev.signalbox.session.bus.SessionOverloadedException;
import java.util.function.Supplier;

/** What the session bus refuses, as problem documents. A store that is away is told by the control plane. */
final class SessionProblems {
    private SessionProblems() {}

    static <R> R translating(Supplier<R> call) {
        try {
            return call.get();
        } catch (RuntimeException failure) {
            throw of(failure);
        }
    }

    /** The failure itself, if it is no refusal. */
    static RuntimeException of(RuntimeException failure) {
        return switch (failure) {
            case IllegalArgumentException invalid -> Problems.refused(invalid);
            case SessionConflictException conflict ->
                new Problem(409, FailureText.of(conflict))
                        .with("last", conflict.last().offset());
            case SessionOverloadedException _ ->
                new Problem(429, "too many events wait to be appended; this one was not. Send slower, and repeat it")
                        .header("Retry-After", "1");
            default -> failure;
        };
    }
}
