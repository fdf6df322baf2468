package dev.signalbox.server.command;

import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A command by its name. The command itself is made only when it is needed: describing all of them takes longer than most
 * commands run.
 *
 * @param command makes an object with picocli's annotations
 */
public record CommandEntry(String name, Supplier<Object> command) {

    /** Its name and description, without its options; enough for a list of commands. */
    public CommandSpec outline() {
        CommandSpec outline = CommandSpec.create().name(name);
        outline.usageMessage().description(description());
        return outline;
    }

    private String[] description() {
        Object made = command.get();
        return made instanceof CommandLine line
                ? line.getCommandSpec().usageMessage().description()
                : made.getClass().getAnnotation(Command.class).description();
    }
}
