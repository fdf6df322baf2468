package dev.signalbox.server.rest;

import dev.signalbox.server.configuration.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The query parameters of one request; wrong ones are told all at once by {@link #refuseWrong()}. */
public final class Query {
    public static final int MOST_ITEMS = 500;
    private static final int ITEMS = 50;

    private final Request request;
    private final List<Violation> violations = new ArrayList<>();

    public Query(Request request, Set<String> known) {
        this.request = request;
        request.query().keySet().stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> violations.add(
                        new Violation(name, "is not a parameter here" + Suggestion.phrase(name, known))));
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(request.query().get(name)).filter(value -> !value.isEmpty());
    }

    /** A parameter in its own type; the reader throws IllegalArgumentException for what it cannot read. */
    public <T> Optional<T> value(String name, Function<String, T> reader, String mend) {
        try {
            return text(name).map(reader);
        } catch (IllegalArgumentException unreadable) {
            violations.add(new Violation(name, mend));
            return Optional.empty();
        }
    }

    public int limit() {
        String mend = "must be 1 to " + MOST_ITEMS;
        int limit = value("limit", Integer::valueOf, mend).orElse(ITEMS);
        if (limit < 1 || limit > MOST_ITEMS) {
            violations.add(new Violation("limit", mend));
        }
        return limit;
    }

    public void refuseWrong() {
        if (!violations.isEmpty()) {
            throw Problems.invalid(violations);
        }
    }
}
