package dev.signalbox.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.testing.services.Effort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code --print-config} prints means what it was printed from, whatever the settings are. */
class PrintedConfigTest {
    private static final Schema SCHEMA = SignalboxCommand.FEATURES.schema();
    private static final List<String> TEXTS = List.of(
            "1",
            "7",
            "100",
            "1.5",
            "10s",
            "2h",
            "4096",
            "1MiB",
            "true",
            "false",
            "info",
            "json",
            "plain",
            "admin",
            "database",
            "memory",
            "redis",
            "openai",
            "http://h/a?b=c#d",
            "https://h:1/",
            "sqlite:a b.db",
            "postgresql://h/d?sslmode=require",
            "AU",
            "null",
            "Null",
            "~",
            "yes",
            "0x10",
            "1e3",
            "010",
            "1:30",
            "-",
            "---",
            "- a",
            "a: b",
            "a #b",
            "#",
            "key:",
            "[a]",
            "{a: b}",
            "&a",
            "*a",
            "!t",
            "|",
            ">",
            "%",
            "@",
            "`",
            "'",
            "\"",
            "\\",
            "it's \"so\"",
            " blanks around ",
            "tab\there",
            "two\nlines",
            "ümläut",
            "\uD83D\uDE00",
            "\u202Ereversed",
            "\u0085",
            "\u001B[31m",
            "\u007F",
            "a,b",
            ".",
            "=",
            "0123456789abcdef",
            "^a.*b$");

    @TempDir
    Path folder;

    static List<Long> seeds() {
        return IntStream.range(0, Effort.of(60, 3_000))
                .mapToObj(seed -> (long) seed)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void canBeLoadedAgain(long seed) throws IOException {
        List<String> sets = settings(new Random(seed));
        Configuration first = load(Optional.empty(), sets);
        Path file = Files.writeString(folder.resolve("printed.yaml"), first.print());
        assertThat(values(load(Optional.of(file), List.of())))
                .as("settings %s%n%s", sets, first.print())
                .isEqualTo(values(first));
    }

    /** It is two chars; the library's reader failed where it read one of them and not the other. */
    @Test
    void anEmojiMayStandAnywhere() throws IOException {
        for (int before = 1_000; before < 3_100; before++) {
            String text = "#" + "x".repeat(before) + "\uD83D\uDE00\ncontrol:\n  port: 8181\n";
            Path file = Files.writeString(folder.resolve("emoji.yaml"), text);
            assertThat(values(load(Optional.of(file), List.of())))
                    .as("after %d", before)
                    .contains("control.port=8181");
        }
    }

    /** Each key with a likelihood of a third, elements of lists up to the third, with a text that it allows. */
    private static List<String> settings(Random random) {
        List<String> sets = new ArrayList<>();
        Map<String, Integer> sizes = new HashMap<>();
        for (Key<?> key : SCHEMA.keys()) {
            int elements = key.isInList() ? sizes.computeIfAbsent(key.list(), list -> random.nextInt(4)) : 1;
            List<String> allowed = TEXTS.stream().filter(key.kind()::allows).toList();
            for (int i = 0; i < elements && !allowed.isEmpty(); i++) {
                boolean first = key.isInList() && sets.stream().noneMatch(startsWith(key.at(0)));
                if (first || random.nextInt(3) == 0) {
                    sets.add(key.at(i) + "=" + allowed.get(random.nextInt(allowed.size())));
                }
            }
        }
        return withoutGaps(sets);
    }

    private static java.util.function.Predicate<String> startsWith(String path) {
        return set -> set.startsWith(path);
    }

    /** Drops elements of lists whose predecessor has been left out. */
    private static List<String> withoutGaps(List<String> sets) {
        return sets.stream()
                .filter(set -> SCHEMA.keys().stream()
                        .filter(Key::isInList)
                        .filter(key -> set.startsWith(key.list() + "."))
                        .findFirst()
                        .map(key -> isReached(sets, key.list(), index(set, key.list())))
                        .orElse(true))
                .toList();
    }

    private static int index(String set, String list) {
        return Integer.parseInt(set.substring(list.length() + 1).split("[.=]", 2)[0]);
    }

    private static boolean isReached(List<String> sets, String list, int index) {
        return IntStream.range(0, index).allMatch(i -> sets.stream().anyMatch(startsWith(list + "." + i + ".")));
    }

    private static Configuration load(Optional<Path> file, List<String> sets) {
        return Configuration.load(SCHEMA, file, Map.of(), sets, reading -> {});
    }

    private static List<String> values(Configuration configuration) {
        return configuration.settings().stream()
                .map(entry -> entry.key() + "=" + entry.value())
                .toList();
    }
}
