package dev.signalbox.server.configuration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLParser;

/** Reads a YAML file into settings, each with the line it stands on. */
final class YamlFile {
    private static final long LARGEST = 1 << 20;
    private static final int DEEPEST = 32;

    private final Path file;
    private final Settings settings;

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
        try (var parser = YamlText.factory(text).createParser(ObjectReadContext.empty(), text)) {
            document(parser);
        } catch (JacksonException e) {
            var problem = YamlProblem.of(text, e);
            settings.violate(file.toString(), problem.words(), place(problem.line(), problem.column()));
        }
    }

    private void document(JsonParser parser) {
        var token = parser.nextToken();
        if (token == JsonToken.START_OBJECT) {
            members(parser, "", 1);
        } else if (token != null && token != JsonToken.VALUE_NULL) {
            settings.violate(file.toString(), "has no keys; it must begin with one such as `control:`", line(1));
        }
        if (token != null && parser.nextToken() != null) {
            settings.violate(
                    file.toString(),
                    "has a second YAML document after `---`; put all keys into the first",
                    place(parser.currentTokenLocation()));
        }
    }

    private void value(JsonParser parser, String path, int depth) {
        if (depth > DEEPEST) {
            settings.violate(path, "is nested too deeply", place(parser.currentTokenLocation()));
            parser.skipChildren();
            return;
        }
        switch (parser.currentToken()) {
            case START_OBJECT -> members(parser, path, depth + 1);
            case START_ARRAY -> elements(parser, path, depth + 1);
            case VALUE_NULL -> {} // an empty section, or a key without a value: as if it were not there
            default -> scalar(parser, path);
        }
    }

    private void members(JsonParser parser, String section, int depth) {
        Set<String> names = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String path = section.isEmpty() ? name : section + "." + name;
            if (!names.add(name)) {
                settings.violate(
                        path,
                        "is given twice in the same section; merge the two",
                        place(parser.currentTokenLocation()));
            }
            parser.nextToken();
            value(parser, path, depth);
        }
    }

    private void elements(JsonParser parser, String path, int depth) {
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            value(parser, path + "." + i, depth);
        }
    }

    private void scalar(JsonParser parser, String path) {
        String place = line(parser.currentTokenLocation().getLineNr());
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            settings.violate(path, "is a YAML alias, which is not supported; write the value", place);
        } else {
            settings.put(path, parser.getString(), new Source(Source.Rank.FILE, place));
        }
    }

    private String place(TokenStreamLocation location) {
        return place(location.getLineNr(), location.getColumnNr());
    }

    private String place(int line, int column) {
        return line(line) + " column " + column;
    }

    private String line(int number) {
        return file.getFileName() + " line " + number;
    }
}
