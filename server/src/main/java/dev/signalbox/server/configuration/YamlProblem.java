package dev.signalbox.server.configuration;

import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;

/**
 * What is wrong with a file that is not YAML, in words that quote nothing of it: there may be a secret on that line.
 *
 * @param line from 1
 * @param column from 1
 */
record YamlProblem(int line, int column, String words) {
    private static final String OPEN_QUOTE = "has a quote that is not closed, or text after a closing quote";

    /** {@code failure} is what the parser threw. */
    static YamlProblem of(String text, RuntimeException failure) {
        String words = words(ownWords(failure));
        int[] place = place(text, failure, words.equals(OPEN_QUOTE));
        int tab = text.lines()
                .skip(place[0] - 1L)
                .findFirst()
                .map(YamlProblem::tabInIndentation)
                .orElse(-1);
        return tab < 0
                ? new YamlProblem(place[0], place[1], words)
                : new YamlProblem(place[0], tab + 1, "is indented with a tab; YAML takes only spaces there");
    }

    /** Without the parts of the file that the parser repeats. */
    private static String ownWords(RuntimeException failure) {
        return failure instanceof MarkedYamlEngineException marked
                ? marked.getContext() + "\n" + marked.getProblem()
                : FailureText.of(failure);
    }

    /** The parser names where it began with something, and where it stopped. */
    private static int[] place(String text, RuntimeException failure, boolean begin) {
        if (failure instanceof ReaderException reader) {
            return place(text, reader.getPosition());
        }
        return (failure instanceof MarkedYamlEngineException marked ? mark(marked, begin) : Optional.<Mark>empty())
                .map(at -> new int[] {at.getLine() + 1, at.getColumn() + 1})
                .orElse(new int[] {1, 1});
    }

    private static Optional<Mark> mark(MarkedYamlEngineException failure, boolean begin) {
        return begin
                ? failure.getContextMark().or(failure::getProblemMark)
                : failure.getProblemMark().or(failure::getContextMark);
    }

    /** {@code position} counts code points. */
    private static int[] place(String text, int position) {
        String before = text.substring(0, text.offsetByCodePoints(0, position));
        int lineStart = before.lastIndexOf('\n') + 1;
        int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
        return new int[] {line, 1 + before.codePointCount(lineStart, before.length())};
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
