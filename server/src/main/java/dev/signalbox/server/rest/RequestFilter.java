package dev.signalbox.server.rest;

import java.io.IOException;

/** Runs around each request, for example to set a log context. Must be thread-safe. */
@FunctionalInterface
public interface RequestFilter {
    /** Calls {@code next} exactly once, on the same thread. */
    void filter(Request request, Response response, Handler next) throws IOException;
}
