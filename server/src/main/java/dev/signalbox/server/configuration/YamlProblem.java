package dev.signalbox.server.configuration;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/**
 * What is wrong with a file that is not YAML, in words that quote nothing of it: there may be a secret on that line.
 *
 * @param line from 1
 * @param column from 1
 */
record YamlProblem(int line, int column, String words) {
    private static final Pattern MARK = Pattern.compile("(?m)^ in [^\n]*, line (\\d{1,7}), column (\\d{1,7}):");
    private static final String OPEN_QUOTE = "has a quote that is not closed, or text after a closing quote";

    static YamlProblem of(String text, JacksonException failure) {
        String message = failure.getOriginalMessage();
        String words = words(ownWords(message));
        int[] place = place(failure, words.equals(OPEN_QUOTE));
        int tab = text.lines()
                .skip(place[0] - 1L)
                .findFirst()
                .map(YamlProblem::tabInIndentation)
                .orElse(-1);
        return tab < 0
                ? new YamlProblem(place[0], place[1], words)
                : new YamlProblem(place[0], tab + 1, "is indented with a tab; YAML takes only spaces there");
    }

    /** The parser repeats parts of the file, indented: these do not count. */
    private static String ownWords(String message) {
        return message.lines().filter(line -> !line.startsWith(" ")).collect(Collectors.joining("\n"));
    }

    /** The parser names where it began with something, and where it stopped. */
    private static int[] place(JacksonException failure, boolean begin) {
        List<int[]> marks = MARK.matcher(failure.getOriginalMessage())
                .results()
                .map(mark -> new int[] {Integer.parseInt(mark.group(1)), Integer.parseInt(mark.group(2))})
                .toList();
        if (marks.isEmpty()) {
            TokenStreamLocation known = failure.getLocation();
            return new int[] {Math.max(1, known.getLineNr()), Math.max(1, known.getColumnNr())};
        }
        return begin ? marks.getFirst() : marks.getLast();
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
                    : OPEN_QUOTE;
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
