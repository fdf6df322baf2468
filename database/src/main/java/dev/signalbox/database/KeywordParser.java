package dev.signalbox.database;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the keyword/value connection strings of libpq: {@code host=db user='a b' password=it\'s}. Values may be quoted
 * with single quotes; a backslash takes the next character as it is.
 */
final class KeywordParser {
    private final String text;
    private int at;

    private KeywordParser(String text) {
        this.text = text;
    }

    static Map<String, String> parse(String text) {
        return new KeywordParser(text).parse();
    }

    private Map<String, String> parse() {
        Map<String, String> words = new LinkedHashMap<>();
        for (skipBlank(); at < text.length(); skipBlank()) {
            String name = name();
            words.put(name, value(name));
        }
        return words;
    }

    private String name() {
        int equals = text.indexOf('=', at);
        String name = equals < 0 ? "" : text.substring(at, equals).strip();
        if (name.isEmpty() || name.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException("the data source name is malformed at character " + at
                    + "; write pairs such as host=localhost port=5432 user=me password=secret dbname=mine");
        }
        at = equals + 1;
        skipBlank();
        return name;
    }

    private String value(String name) {
        boolean quoted = at < text.length() && text.charAt(at) == '\'';
        at += quoted ? 1 : 0;
        StringBuilder value = new StringBuilder();
        while (at < text.length() && !ends(text.charAt(at), quoted)) {
            at += text.charAt(at) == '\\' && at + 1 < text.length() ? 1 : 0;
            value.append(text.charAt(at++));
        }
        if (quoted && at++ >= text.length()) {
            throw new IllegalArgumentException("the value of '" + name + "' has an opening quote and no closing one");
        }
        return value.toString();
    }

    private static boolean ends(char c, boolean quoted) {
        return quoted ? c == '\'' : Character.isWhitespace(c);
    }

    private void skipBlank() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }
}
