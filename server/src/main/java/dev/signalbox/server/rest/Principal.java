package dev.signalbox.server.rest;

/** Who holds a control token: the name for the log, and what the holder may do. */
public record Principal(String name, Role role) {}
