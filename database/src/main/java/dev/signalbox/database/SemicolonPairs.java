package dev.signalbox.database;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads {@code name=value;name={a;value};…} as ADO and SQL Server's JDBC driver write it. A value in braces holds anything; a
 * closing brace in it is doubled.
 */
final class SemicolonPairs {
    private final String text;
    private int at;

    private SemicolonPairs(String text) {
        this.text = text;
    }

    static Map<String, String> parse(String text) {
        return new SemicolonPairs(text).parse();
    }

    private Map<String, String> parse() {
        Map<String, String> pairs = new LinkedHashMap<>();
        while (at < text.length()) {
            int equals = text.indexOf('=', at);
            int semicolon = text.indexOf(';', at);
            if (semicolon >= 0 && (equals < 0 || semicolon < equals)) {
                skipBlank(semicolon);
            } else if (equals < 0) {
                skipBlank(text.length());
            } else {
                String name = text.substring(at, equals).strip();
                at = equals + 1;
                pairs.put(name, at < text.length() && text.charAt(at) == '{' ? braced(name) : plain());
            }
        }
        return pairs;
    }

    private void skipBlank(int end) {
        if (!text.substring(at, end).isBlank()) {
            throw new IllegalArgumentException("the data source name is malformed at character " + at
                    + "; write pairs such as server=host;user id=me;password=secret;database=mine");
        }
        at = end + 1;
    }

    private String plain() {
        int end = text.indexOf(';', at);
        String value = text.substring(at, end < 0 ? text.length() : end);
        at = end < 0 ? text.length() : end + 1;
        return value.strip();
    }

    private String braced(String name) {
        StringBuilder value = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '}' && (at + 1 == text.length() || text.charAt(at + 1) != '}')) {
                at++;
                return value.toString();
            }
            value.append(c);
            at += c == '}' ? 1 : 0;
        }
        throw new IllegalArgumentException("the value of '" + name + "' has an opening brace and no closing one");
    }
}
