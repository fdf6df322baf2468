package dev.signalbox.mail;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What a server said to EHLO that it can do: keywords in upper case, with their parameters. */
record Capabilities(Map<String, List<String>> keywords) {
    static final Capabilities NONE = new Capabilities(Map.of());

    /** @param lines those of the reply after the first, which is the server's name */
    static Capabilities of(List<String> lines) {
        var keywords = new HashMap<String, List<String>>();
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            // Some servers write AUTH=PLAIN for clients of the last century.
            var words = Arrays.asList(line.toUpperCase(Locale.ROOT)
                    .replaceFirst("^AUTH=", "AUTH ")
                    .strip()
                    .split(" +"));
            keywords.merge(words.getFirst(), words.subList(1, words.size()), Capabilities::both);
        }
        return new Capabilities(Map.copyOf(keywords));
    }

    private static List<String> both(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).distinct().toList();
    }

    boolean has(String keyword) {
        return keywords.containsKey(keyword);
    }

    boolean authenticates(String mechanism) {
        return keywords.getOrDefault("AUTH", List.of()).contains(mechanism);
    }

    /** The largest message in octets; empty if there is no limit, or none is told. */
    OptionalLong size() {
        return keywords.getOrDefault("SIZE", List.of()).stream()
                .filter(text -> text.matches("[0-9]{1,18}"))
                .mapToLong(Long::parseLong)
                .filter(size -> size > 0)
                .findFirst();
    }
}
