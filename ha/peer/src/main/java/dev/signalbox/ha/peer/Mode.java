package dev.signalbox.ha.peer;

/** What a node does, as its peer is told. */
public enum Mode {
    WAITING,
    SERVING
}
