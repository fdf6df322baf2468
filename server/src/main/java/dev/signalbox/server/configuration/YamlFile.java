package dev.signalbox.server.configuration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads a YAML file into settings, each with the line it stands on. From the parser's own events: every parser of Jackson needs BigDecimal, which
 * is slow to start in JDK 25 and which a start without a file does not need either. For one thread.
 */
final class YamlFile {
    private static final long LARGEST = 1 << 20;
    private static final int DEEPEST = 32;

    private final Path file;
    private final Settings settings;
    private Iterator<Event> events = Collections.emptyIterator();

    private YamlFile(Path file, Settings settings) {
        this.file = file;
        this.settings = settings;
    }

    static void read(Path file, Settings settings) {
        new YamlFile(file, settings).read();
    }

    private void read() {
        try {
            if (Files.size(file) > LARGEST) {
                throw new IOException("it is larger than 1 MiB");
            }
            parse(Files.readString(file));
        } catch (IOException e) {
            settings.violate(file.toString(), FileProblem.of(e), "");
        }
    }

    private void parse(String text) {
        try {
            events = new Parse(YamlText.settings(text)).parseString(text).iterator();
            documents();
        } catch (YamlEngineException | NumberFormatException e) {
            var problem = YamlProblem.of(text, e);
            settings.violate(file.toString(), problem.words(), place(problem.line(), problem.column()));
        }
    }

    private void documents() {
        events.next(); // the start of the stream
        if (events.next().getEventId() == Event.ID.DocumentStart) {
            document(events.next());
            events.next(); // the end of the document
            if (events.next().getEventId() == Event.ID.DocumentStart) {
                settings.violate(
                        file.toString(),
                        "has a second YAML document after `---`; put all keys into the first",
                        place(events.next()));
            }
        }
    }

    private void document(Event root) {
        if (root instanceof MappingStartEvent) {
            members("", 1);
            return;
        }
        skip(root);
        if (!isNull(root)) {
            settings.violate(file.toString(), "has no keys; it must begin with one such as `control:`", line(1));
        }
    }

    private void value(Event value, String path, int depth) {
        if (depth > DEEPEST) {
            settings.violate(path, "is nested too deeply", place(value));
            skip(value);
            return;
        }
        switch (value) {
            case MappingStartEvent _ -> members(path, depth + 1);
            case SequenceStartEvent _ -> elements(path, depth + 1);
            case AliasEvent _ ->
                settings.violate(path, "is a YAML alias, which is not supported; write the value", place(value));
            case ScalarEvent scalar
            when !isNull(scalar) ->
                settings.put(
                        path,
                        scalar.getValue(),
                        new Source(Source.Rank.FILE, line(mark(value).getLine() + 1)));
            default -> {} // an empty section, or a key without a value: as if it were not there
        }
    }

    /** What is not in quotes and empty, or the word null. */
    private static boolean isNull(Event value) {
        return value instanceof ScalarEvent scalar
                && scalar.getImplicit().canOmitTagInPlainScalar()
                && (scalar.getValue().isEmpty() || scalar.getValue().equals("null"));
    }

    private void members(String section, int depth) {
        Set<String> names = new HashSet<>();
        for (Event key = events.next(); key.getEventId() != Event.ID.MappingEnd; key = events.next()) {
            if (key instanceof ScalarEvent scalar) {
                member(scalar, section, names, depth);
            } else {
                settings.violate(file.toString(), "has something else where a key must be", place(key));
                skip(key);
                skip(events.next());
            }
        }
    }

    private void member(ScalarEvent key, String section, Set<String> names, int depth) {
        String name = key.getValue();
        String path = section.isEmpty() ? name : section + "." + name;
        if (!names.add(name)) {
            settings.violate(path, "is given twice in the same section; merge the two", place(key));
        }
        value(events.next(), path, depth);
    }

    private void elements(String path, int depth) {
        int i = 0;
        for (Event element = events.next(); element.getEventId() != Event.ID.SequenceEnd; element = events.next()) {
            value(element, path + "." + i++, depth);
        }
    }

    /** The rest of a value that has begun, however deep. */
    private void skip(Event begun) {
        int open = change(begun);
        while (open > 0) {
            open += change(events.next());
        }
    }

    private static int change(Event event) {
        return switch (event.getEventId()) {
            case MappingStart, SequenceStart -> 1;
            case MappingEnd, SequenceEnd -> -1;
            default -> 0;
        };
    }

    private static Mark mark(Event event) {
        return event.getStartMark().orElseThrow();
    }

    private String place(Event event) {
        return place(mark(event).getLine() + 1, mark(event).getColumn() + 1);
    }

    private String place(int line, int column) {
        return line(line) + " column " + column;
    }

    private String line(int number) {
        return file.getFileName() + " line " + number;
    }
}
