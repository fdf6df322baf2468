package dev.signalbox.server.hooks;

/** What a backend is asked about. */
enum Hook {
    CONNECT,
    SUBSCRIBE,
    PUBLISH
}
