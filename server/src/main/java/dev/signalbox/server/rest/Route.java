package dev.signalbox.server.rest;

import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One operation. Listed as data so that one loop can guard them all, and a test can hold them against the OpenAPI document.
 *
 * @param path in the pattern language of the web server
 * @param needs the role it takes; empty is open to all
 */
public record Route(String method, String path, Optional<Role> needs, Handler handler) {

    public static Route open(String method, String path, Handler handler) {
        return new Route(method, path, Optional.empty(), handler);
    }

    public static Route read(String path, Handler handler) {
        return new Route("GET", path, Optional.of(Role.READER), handler);
    }

    public static Route get(String path, Role needs, Handler handler) {
        return new Route("GET", path, Optional.of(needs), handler);
    }

    public static Route delete(String path, Role needs, Handler handler) {
        return new Route("DELETE", path, Optional.of(needs), handler);
    }

    public static Route post(String path, Role needs, Handler handler) {
        return new Route("POST", path, Optional.of(needs), handler);
    }

    Route around(UnaryOperator<Handler> wrapper) {
        return new Route(method, path, needs, wrapper.apply(handler));
    }
}
