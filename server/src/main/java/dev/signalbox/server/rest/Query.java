package dev.signalbox.server.rest;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Page;
import dev.signalbox.delivery.queue.Filter;
import dev.signalbox.server.configuration.Suggestion;
import io.helidon.webserver.http.ServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** The query parameters of one request; wrong ones are told all at once by {@link #refuseWrong()}. */
public final class Query {
    public static final int MOST_ITEMS = 500;
    private static final int ITEMS = 50;

    private final ServerRequest request;
    private final List<Violation> violations = new ArrayList<>();

    public Query(ServerRequest request, Set<String> known) {
        this.request = request;
        request.query().names().stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> violations.add(
                        new Violation(name, "is not a parameter here" + Suggestion.phrase(name, known))));
    }

    public Optional<String> text(String name) {
        return request.query().first(name).asOptional().filter(value -> !value.isEmpty());
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

    /** One page; a cursor that no page gave is the caller's fault. */
    public static Page page(DeliveryQueue queue, Supplier<Filter> filter) {
        try {
            return queue.list(filter.get());
        } catch (IllegalArgumentException wrongCursor) {
            throw Problems.invalid(List.of(new Violation("cursor", "is not the next of a page")));
        }
    }

    public void refuseWrong() {
        if (!violations.isEmpty()) {
            throw Problems.invalid(violations);
        }
    }
}
