package dev.signalbox.server.config;

/** The text that was given for a path, not yet understood. */
record Setting(String path, String text, Source source) {}
