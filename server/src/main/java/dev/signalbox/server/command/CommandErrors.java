package dev.signalbox.server.command;

import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Suggestion;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says on two lines what is wrong with a command line: what it is, and where to read on. */
public final class CommandErrors {
    private CommandErrors() {}

    /** Explains a command line that cannot be understood, and returns the exit code. */
    public static int explain(ParameterException wrong, String... ignored) {
        CommandLine line = wrong.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("signalbox: " + words(wrong, line));
        err.println("Try: " + line.getCommandSpec().qualifiedName() + " --help");
        err.flush();
        return ExitCode.USAGE;
    }

    private static String words(ParameterException wrong, CommandLine line) {
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched.getUnmatched().getFirst(), line);
        }
        if (wrong.getArgSpec() != null && wrong.getValue() != null) {
            return value(wrong.getArgSpec(), wrong.getValue());
        }
        String message = Visible.line(FailureText.of(wrong));
        return message.equals("Missing required subcommand")
                ? "no command given. Commands: "
                        + String.join(", ", line.getSubcommands().keySet())
                : message;
    }

    private static String unmatched(String argument, CommandLine line) {
        if (argument.length() > 1 && argument.startsWith("-")) {
            var known = line.getCommandSpec().optionsMap().keySet();
            return "unknown option '" + argument + "'" + Suggestion.phrase(name(argument), known);
        }
        var commands = line.getSubcommands().keySet();
        return commands.isEmpty()
                ? "unexpected argument '" + argument + "'; a text with spaces needs quotes around it"
                : "unknown command '" + argument + "'" + Suggestion.phrase(argument, commands);
    }

    private static String name(String option) {
        int value = option.indexOf('=');
        return value < 0 ? option : option.substring(0, value);
    }

    private static String value(ArgSpec argument, String value) {
        String name = argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
        return name + ": '" + value + "' is not " + wanted(argument);
    }

    private static String wanted(ArgSpec argument) {
        Class<?> type = element(argument);
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        if (type == Duration.class) {
            return "a time such as 250ms, 30s or 1m30s";
        }
        if (type == URI.class) {
            return "a URL";
        }
        boolean whole =
                List.of(int.class, long.class, Integer.class, Long.class).contains(type);
        boolean fraction = List.of(double.class, Double.class).contains(type);
        return whole ? "a whole number in range" : fraction ? "a number" : "a " + argument.paramLabel();
    }

    private static Class<?> element(ArgSpec argument) {
        Class<?>[] inner = argument.auxiliaryTypes();
        return Optional.ofNullable(inner)
                .filter(types -> types.length > 0)
                .<Class<?>>map(types -> types[types.length - 1])
                .orElse(argument.type());
    }
}
