package dev.signalbox.server.rest;

import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A request as its handler sees it: the head, and a body that is read while it arrives. Confined to the handler's thread. */
public final class Request {
    private final String method;
    private final String path;
    private final String query;
    private final Function<String, @Nullable String> headers;
    private final InetSocketAddress peer;
    private final InputStream body;

    private Map<String, String> parameters = Map.of();
    private @Nullable Map<String, String> queryParameters;
    private @Nullable Route route;
    private @Nullable Principal principal;
    private Runnable place = () -> {};

    /**
     * Describes a request.
     *
     * @param path as sent, still percent-encoded
     * @param query as sent, without the question mark; empty if there is none
     * @param headers the first value of a header, by its name in any case
     */
    public Request(
            String method,
            String path,
            String query,
            Function<String, @Nullable String> headers,
            InetSocketAddress peer,
            InputStream body) {
        this.method = method;
        this.path = path;
        this.query = query;
        this.headers = headers;
        this.peer = peer;
        this.body = body;
    }

    /** The method's name, in the case that was sent. */
    public String method() {
        return method;
    }

    /** The path as it was sent, percent-encoding included. */
    public String path() {
        return path;
    }

    /**
     * A part of the path that the route's pattern names, decoded.
     *
     * @throws IllegalArgumentException if the pattern has no such name
     */
    public String parameter(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no parameter " + name);
        }
        return value;
    }

    /**
     * The query's parameters, decoded; of a name that is given more than once the first value counts.
     *
     * @throws Problem with status 400 if the percent-encoding is wrong
     */
    public Map<String, String> query() {
        if (queryParameters == null) {
            queryParameters = PercentEncoding.query(query);
        }
        return queryParameters;
    }

    /** The query as it was sent, percent-encoding included; empty if there is none. */
    public String rawQuery() {
        return query;
    }

    /** The first value of a header. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.apply(name));
    }

    /** The body's length in bytes, if the client announced it. */
    public OptionalLong contentLength() {
        return header("Content-Length")
                .map(length -> OptionalLong.of(Long.parseLong(length)))
                .orElseGet(OptionalLong::empty);
    }

    /** The client's address; with a proxy in between, the proxy's. */
    public InetSocketAddress peer() {
        return peer;
    }

    /** Whose token came with the request. Present in handlers of routes that need a role. */
    public Optional<Principal> principal() {
        return Optional.ofNullable(principal);
    }

    /**
     * The body, as it arrives. Its length is not bounded here: readers count. Reading blocks, and throws a {@link Problem}
     * with status 408 if the client sends too slowly, with 400 if the transfer encoding is wrong.
     */
    public InputStream body() {
        return body;
    }

    /** Gives back the request's place among the concurrent ones: for answers without an end, which are counted elsewhere. */
    public void leavePlace() {
        place.run();
    }

    /** Runs when the request gives back its place, too. */
    public void whenLeavingPlace(Runnable more) {
        Runnable before = place;
        place = () -> {
            before.run();
            more.run();
        };
    }

    /** The route that was found for it. */
    public Optional<Route> route() {
        return Optional.ofNullable(route);
    }

    public void matched(Route route, Map<String, String> parameters) {
        this.route = route;
        this.parameters = parameters;
    }

    public void identified(Principal principal) {
        this.principal = principal;
    }

    public void admitted(Runnable place) {
        this.place = place;
    }
}
