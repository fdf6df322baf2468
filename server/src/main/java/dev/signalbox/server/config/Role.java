package dev.signalbox.server.config;

/** What the holder of a control token may do; each includes the ones before it. */
public enum Role {
    READER,
    SENDER,
    ADMIN
}
