package dev.signalbox.server.configuration;

import dev.signalbox.server.configuration.Configuration.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The settings in effect, as YAML that could be loaded again but for its masked secrets. */
final class PrintedConfig {
    private static final Pattern PLAIN = Pattern.compile("[\\w./][\\w./+-]*(:[\\w./+-]+)*");

    private final Settings settings;
    private final Reading reading;

    PrintedConfig(Settings settings) {
        this.settings = settings;
        this.reading = new Reading(settings);
    }

    /** In the order of the keys; the elements of a list one after the other. */
    List<Entry> entries() {
        var entries = new ArrayList<Entry>();
        var lists = new LinkedHashSet<String>();
        for (var key : settings.schema().keys()) {
            if (!key.isInList()) {
                entries.addAll(entries(key, key.path()));
            } else if (lists.add(key.list())) {
                entries.addAll(list(key));
            }
        }
        return entries;
    }

    private List<Entry> list(Key<?> first) {
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < reading.size(first); i++) {
            for (var key : settings.schema().keys()) {
                if (key.isInList() && key.list().equals(first.list())) {
                    entries.addAll(entries(key, key.at(i)));
                }
            }
        }
        return entries;
    }

    private List<Entry> entries(Key<?> key, String path) {
        List<String> paths = key.isNamed() ? settings.paths(key, path) : List.of(path);
        return paths.stream().flatMap(each -> entry(key, each).stream()).toList();
    }

    private Optional<Entry> entry(Key<?> key, String path) {
        Optional<Setting> given = key.secret() ? reading.text(key, path) : settings.get(path);
        String source = given.map(setting -> setting.source().place()).orElse("default");
        return given.map(Setting::shown)
                .or(key::fallback)
                .map(value -> new Entry(path, key.secret() ? Secret.MASK : value, source, key.secret()));
    }

    /** A section: its entries and sections by name, in the order of their first mention. */
    private static final class Section {
        private final Map<String, Object> members = new LinkedHashMap<>();

        private void put(List<String> path, Entry entry) {
            if (path.size() == 1) {
                members.put(path.getFirst(), entry);
            } else {
                Section below = (Section) members.computeIfAbsent(path.getFirst(), name -> new Section());
                below.put(path.subList(1, path.size()), entry);
            }
        }

        private boolean isList() {
            return Character.isDigit(members.keySet().iterator().next().charAt(0));
        }
    }

    String text() {
        var root = new Section();
        entries().forEach(entry -> root.put(List.of(entry.key().split("\\.")), entry));
        var out = new StringBuilder();
        print(root, "", "", out);
        return out.toString();
    }

    /** {@code first} begins the first line, where an element of a list has its dash. */
    private static void print(Section section, String first, String indent, StringBuilder out) {
        String begin = first;
        for (var member : section.members.entrySet()) {
            out.append(begin).append(member.getKey()).append(':');
            begin = indent;
            switch (member.getValue()) {
                case Section below -> {
                    out.append('\n');
                    printBelow(below, indent + "  ", out);
                }
                case Entry entry ->
                    out.append(' ')
                            .append(quoted(entry.value()))
                            .append("  # ")
                            .append(entry.source())
                            .append('\n');
                default -> throw new IllegalStateException("neither a section nor an entry");
            }
        }
    }

    private static void printBelow(Section section, String indent, StringBuilder out) {
        if (section.isList()) {
            section.members.values().forEach(element -> print((Section) element, indent + "- ", indent + "  ", out));
        } else {
            print(section, indent, indent, out);
        }
    }

    /** In double quotes, with all that is not printable escaped, unless it is plainly a word or a number. */
    private static String quoted(String text) {
        if (PLAIN.matcher(text).matches() && !text.equalsIgnoreCase("null")) {
            return text;
        }
        var out = new StringBuilder("\"");
        text.codePoints().forEach(character -> {
            if (character == '"' || character == '\\') {
                out.append('\\').appendCodePoint(character);
            } else if (isPrintable(character)) {
                out.appendCodePoint(character);
            } else {
                out.append(String.format("\\U%08X", character));
            }
        });
        return out.append('"').toString();
    }

    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
