package dev.signalbox.server.command;

import java.io.Console;
import java.util.Locale;
import java.util.Optional;

/** Asks a person before many things change at once. */
public final class Confirmation {
    private Confirmation() {}

    /** Returns once somebody at a terminal says yes. Throws {@link CommandFailure} otherwise, and where nobody can. */
    public static void require(Output output, String question) {
        Console console = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE, question + " Nothing was changed\nTo confirm, run it again with --yes"));
        output.err().print(question + " [y/N] ");
        output.err().flush();
        String answer =
                Optional.ofNullable(console.readLine()).orElse("").strip().toLowerCase(Locale.ROOT);
        if (!answer.equals("y") && !answer.equals("yes")) {
            throw new CommandFailure(ExitCode.FAILED, "nothing was changed");
        }
    }
}
