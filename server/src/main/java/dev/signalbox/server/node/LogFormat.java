package dev.signalbox.server.node;

/** How a line of the log looks. */
public enum LogFormat {
    PLAIN,
    JSON
}
