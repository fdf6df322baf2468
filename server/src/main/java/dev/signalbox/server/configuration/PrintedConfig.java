package dev.signalbox.server.configuration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The settings in effect, as YAML that could be loaded again but for its masked secrets. */
final class PrintedConfig {
    private static final Pattern PLAIN = Pattern.compile("[\\w./+-][\\w./:+-]*");

    private final Settings settings;
    private final Reading reading;
    private final StringBuilder out = new StringBuilder();
    private List<String> previous = List.of();

    PrintedConfig(Settings settings) {
        this.settings = settings;
        this.reading = new Reading(settings);
    }

    String text() {
        var printed = new ArrayList<String>();
        for (var key : settings.schema().keys()) {
            if (!key.isInList()) {
                print(key, key.path());
            } else if (!printed.contains(key.list())) {
                printed.add(key.list());
                printList(key);
            }
        }
        return out.toString();
    }

    private void printList(Key<?> first) {
        for (int i = 0; i < reading.size(first); i++) {
            for (var key : settings.schema().keys()) {
                if (key.isInList() && key.list().equals(first.list())) {
                    print(key, key.at(i));
                }
            }
        }
    }

    private void print(Key<?> key, String path) {
        var given = given(key, path);
        var text = given.map(Setting::shown).or(key::fallback);
        text.ifPresent(value -> {
            heading(List.of(path.split("\\.")));
            out.append(key.secret() ? quoted(Secret.MASK) : quoted(value));
            out.append("  # ").append(given.map(s -> s.source().place()).orElse("default"));
            out.append('\n');
        });
    }

    private Optional<Setting> given(Key<?> key, String path) {
        return key.secret() ? reading.text(key, path) : settings.get(path);
    }

    /** Opens the sections that the last line was not in. A number is an element of a list. */
    private void heading(List<String> path) {
        int shared = 0;
        while (shared < previous.size() && previous.get(shared).equals(path.get(shared))) {
            shared++;
        }
        String indent = "  ".repeat(shared);
        for (int depth = shared; depth < path.size(); depth++) {
            if (Character.isDigit(path.get(depth).charAt(0))) {
                indent = "  ".repeat(depth) + "- ";
                continue;
            }
            out.append(indent).append(path.get(depth)).append(depth == path.size() - 1 ? ": " : ":\n");
            indent = "  ".repeat(depth + 1);
        }
        previous = path;
    }

    private static String quoted(String text) {
        return PLAIN.matcher(text).matches()
                ? text
                : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
