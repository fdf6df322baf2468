package dev.signalbox.server.command;

import java.util.function.Supplier;

/**
 * A command by its name. The command itself is made only when it is needed: describing all of them takes longer than most
 * commands run.
 *
 * @param command makes an object with picocli's annotations
 */
public record CommandEntry(String name, Supplier<Object> command) {}
