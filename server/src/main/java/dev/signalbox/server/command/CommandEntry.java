package dev.signalbox.server.command;

import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A command by its name. The command itself is made, and its class linked, only when it is needed: to describe all of them
 * takes longer than most commands run. Hence a lambda that calls the constructor, and not a reference to it, which links.
 *
 * @param type has the annotation with its description
 * @param command makes an object with picocli's annotations
 */
public record CommandEntry(String name, Class<?> type, Supplier<Object> command) {

    /** Its name and description, without its options; enough for a list of commands. */
    public CommandSpec outline() {
        CommandSpec outline = CommandSpec.create().name(name);
        outline.usageMessage().description(type.getAnnotation(Command.class).description());
        return outline;
    }
}
