package dev.signalbox.server.rest;

import dev.signalbox.server.configuration.Suggestion;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The query parameters of one request; wrong ones are told all at once by {@link #refuseWrong()}. One without a value is
 * wrong: it would mean "any" to one reader and "the empty one" to another.
 */
public final class Query implements Fields {
    public static final int MOST_ITEMS = 500;
    private static final int ITEMS = 50;

    private final Request request;
    private final Violations violations = new Violations();

    public Query(Request request, Set<String> known) {
        this.request = request;
        request.query().forEach((name, value) -> {
            if (!known.contains(name)) {
                violations.add(name, "is not a parameter of this path" + Suggestion.phrase(name, known));
            } else if (value.isEmpty()) {
                violations.add(name, "has no value; give one or leave the parameter out");
            }
        });
    }

    public Violations violations() {
        return violations;
    }

    @Override
    public String shown(String name) {
        return name;
    }

    @Override
    public boolean has(String name) {
        return text(name).isPresent();
    }

    @Override
    public Optional<String> text(String name) {
        return Optional.ofNullable(request.query().get(name)).filter(value -> !value.isEmpty());
    }

    @Override
    public Optional<Integer> integer(String name) {
        return value(name, Integer::valueOf, "must be a whole number");
    }

    /** A parameter in its own type; the reader throws IllegalArgumentException for what it cannot read. */
    public <T> Optional<T> value(String name, Function<String, T> reader, String mend) {
        try {
            return text(name).map(reader);
        } catch (IllegalArgumentException unreadable) {
            violations.add(name, mend);
            return Optional.empty();
        }
    }

    public int limit() {
        String mend = "must be 1 to " + MOST_ITEMS;
        int limit = value("limit", Integer::valueOf, mend).orElse(ITEMS);
        violations.check(limit >= 1 && limit <= MOST_ITEMS, "limit", mend);
        return limit;
    }

    public void refuseWrong() {
        if (!violations.all().isEmpty()) {
            throw Problems.invalid(violations.all());
        }
    }
}
