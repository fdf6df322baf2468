package dev.signalbox.server.rest;

import java.io.IOException;

/** Answers requests. Runs on a virtual thread of its own for each request and may block; must be thread-safe. */
@FunctionalInterface
public interface Handler {
    /**
     * Answers one request.
     *
     * @throws Problem to refuse it; the caller gets the problem document
     * @throws IOException if the client is gone
     */
    void handle(Request request, Response response) throws IOException;
}
