package dev.signalbox.server.configuration;

import java.util.List;
import tools.jackson.core.JacksonException;

/**
 * What is wrong with a file that is not YAML, in words that quote nothing of it: there may be a secret on that line.
 *
 * @param line from 1
 * @param column from 1
 */
record YamlProblem(int line, int column, String words) {
    static YamlProblem of(String text, JacksonException failure) {
        String message = failure.getOriginalMessage();
        int line = Math.max(1, failure.getLocation().getLineNr());
        int column = Math.max(1, failure.getLocation().getColumnNr());
        List<String> lines = text.lines().toList();
        for (int i = Math.min(line, lines.size()); i >= Math.max(1, line - 1); i--) {
            int tab = tabInIndentation(lines.get(i - 1));
            if (tab >= 0) {
                return new YamlProblem(i, tab + 1, "is indented with a tab; YAML takes only spaces there");
            }
        }
        return new YamlProblem(line, column, words(message));
    }

    private static int tabInIndentation(String line) {
        int first = 0;
        while (first < line.length() && line.charAt(first) == ' ') {
            first++;
        }
        return first < line.length() && line.charAt(first) == '\t' ? first : -1;
    }

    private static String words(String message) {
        if (message.contains("quoted scalar")) {
            return message.contains("escape")
                    ? "has an unknown escape such as \\d in double quotes; use single quotes, or write \\\\"
                    : "has a quote that is not closed, or text after a closing quote";
        }
        if (message.contains("mapping values are not allowed")) {
            return "has a `: ` where no key can be: quote a value that contains one, or indent the line like the keys"
                    + " beside it";
        }
        if (message.contains("flow mapping") || message.contains("flow sequence") || message.contains("flow node")) {
            return "has a `{` or `[` that is not closed, or a comma missing in it";
        }
        if (message.contains("block mapping") || message.contains("block sequence") || message.contains("block end")) {
            return "is not indented like the lines it belongs to: the keys of one section begin in the same column";
        }
        if (message.contains("could not find expected ':'")) {
            return "has a key without `:` after it";
        }
        if (message.contains("cannot start any token")) {
            return "begins a value with a character that YAML reserves, such as @, ` or %; put the value in quotes";
        }
        if (message.contains("special characters") || message.contains("unacceptable")) {
            return "holds a control character, which YAML does not allow";
        }
        if (message.contains("alias") || message.contains("anchor")) {
            return "uses a YAML anchor or alias (& or *), which is not supported; write the value, or put it in quotes";
        }
        return "is not YAML; look for a missing quote, colon or blank, or for wrong indentation";
    }
}
