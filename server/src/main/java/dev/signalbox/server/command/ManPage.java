package dev.signalbox.server.command;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page signalbox(1) in the macros of man(7), with every command. picocli has one in a language of its own. */
final class ManPage {
    private final StringBuilder page = new StringBuilder();

    private ManPage() {}

    static String of(CommandLine line) {
        var manual = new ManPage();
        manual.write(line);
        return manual.page.toString();
    }

    private void write(CommandLine line) {
        CommandSpec spec = line.getCommandSpec();
        macro(".TH SIGNALBOX 1");
        macro(".SH NAME");
        text(spec.name() + " - " + description(spec.usageMessage().description()));
        macro(".SH SYNOPSIS");
        macro(".B " + escaped(spec.name()));
        text("COMMAND [OPTION...]");
        macro(".SH OPTIONS");
        options(spec);
        macro(".SH COMMANDS");
        line.getSubcommands().values().forEach(this::command);
        macro(".SH EXIT STATUS");
        spec.usageMessage().exitCodeList().forEach((code, meaning) -> item(code.strip(), meaning));
    }

    private void command(CommandLine line) {
        CommandSpec spec = line.getCommandSpec();
        macro(".SS " + escaped(spec.qualifiedName(" ") + parameters(spec)));
        paragraphs(spec.usageMessage().description());
        spec.positionalParameters().stream()
                .filter(parameter -> !parameter.hidden())
                .forEach(parameter -> item(label(parameter), description(parameter.description())));
        options(spec);
        examples(spec.usageMessage().footer());
        line.getSubcommands().values().forEach(this::command);
    }

    private static String parameters(CommandSpec spec) {
        return spec.positionalParameters().stream()
                .filter(parameter -> !parameter.hidden())
                .map(parameter -> " " + label(parameter))
                .collect(Collectors.joining());
    }

    private static String label(PositionalParamSpec parameter) {
        boolean several = parameter.arity().max() > 1;
        String label = parameter.paramLabel() + (several ? "..." : "");
        return parameter.arity().min() == 0 ? "[" + label + "]" : label;
    }

    /** Those that every command has are among the options of the program. */
    private void options(CommandSpec spec) {
        spec.options().stream()
                .filter(option -> !option.hidden())
                .filter(option -> spec.parent() == null || !isOfAll(option))
                .forEach(option -> item(names(option), description(option.description())));
    }

    private static boolean isOfAll(OptionSpec option) {
        return option.usageHelp() || option.versionHelp() || option.inherited();
    }

    private static String names(OptionSpec option) {
        String names = String.join(", ", option.names());
        return takesValue(option) ? names + "=" + option.paramLabel() : names;
    }

    private static boolean takesValue(ArgSpec argument) {
        return argument.arity().max() > 0;
    }

    private void examples(String... lines) {
        List<String> examples = Arrays.stream(lines).map(String::strip).toList();
        if (!examples.isEmpty()) {
            macro(".PP");
            macro(".EX");
            examples.forEach(this::text);
            macro(".EE");
        }
    }

    private void paragraphs(String... lines) {
        Stream.of(lines).forEach(this::text);
    }

    private void item(String term, String description) {
        macro(".TP");
        macro(".B " + escaped(term));
        text(description);
    }

    private static String description(String... lines) {
        return String.join(" ", lines);
    }

    private void macro(String line) {
        page.append(line).append('\n');
    }

    private void text(String line) {
        String escaped = escaped(line);
        // At the begin of a line, these would make a macro of it.
        page.append(escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" : "")
                .append(escaped)
                .append('\n');
    }

    private static String escaped(String text) {
        return text.replace("%n", " ").replace("%%", "%").replace("\\", "\\e").replace("-", "\\-");
    }
}
