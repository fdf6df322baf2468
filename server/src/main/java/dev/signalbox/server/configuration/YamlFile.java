package dev.signalbox.server.configuration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/** Reads a YAML file into settings, each with the line it stands on. */
final class YamlFile {
    private static final long LARGEST = 1 << 20;

    private final Path file;
    private final Settings settings;
    private final Set<String> seen = new HashSet<>();

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
            try (var parser = new YAMLFactory().createParser(ObjectReadContext.empty(), Files.readString(file))) {
                document(parser);
            }
        } catch (NoSuchFileException e) {
            settings.violate(file.toString(), "there is no such file", "");
        } catch (IOException e) {
            settings.violate(file.toString(), "cannot be read: " + e.getMessage(), "");
        } catch (JacksonException e) {
            settings.violate(
                    file.toString(),
                    "is not YAML: " + e.getOriginalMessage(),
                    line(e.getLocation().getLineNr()));
        }
    }

    private void document(JsonParser parser) {
        var token = parser.nextToken();
        if (token == JsonToken.START_OBJECT) {
            value(parser, "");
        } else if (token != null && token != JsonToken.VALUE_NULL) {
            settings.violate(file.toString(), "holds no keys", line(1));
        }
    }

    private void value(JsonParser parser, String path) {
        switch (parser.currentToken()) {
            case START_OBJECT -> members(parser, path);
            case START_ARRAY -> elements(parser, path);
            case VALUE_NULL -> {} // an empty section, or a key without a value: as if it were not there
            default -> scalar(parser, path);
        }
    }

    private void members(JsonParser parser, String path) {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            value(parser, path.isEmpty() ? name : path + "." + name);
        }
    }

    private void elements(JsonParser parser, String path) {
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            value(parser, path + "." + i);
        }
    }

    private void scalar(JsonParser parser, String path) {
        String place = line(parser.currentTokenLocation().getLineNr());
        if (!seen.add(path)) {
            settings.violate(path, "is given twice", place);
        } else if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            settings.violate(path, "is a YAML alias, which is not supported; write the value", place);
        } else {
            settings.put(path, parser.getString(), new Source(Source.Rank.FILE, place));
        }
    }

    private String line(int number) {
        return file.getFileName() + " line " + number;
    }
}
