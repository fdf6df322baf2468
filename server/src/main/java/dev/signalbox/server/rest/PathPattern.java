package dev.signalbox.server.rest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A route's path. <code>{id}</code> stands for one segment, which holds no slash even when decoded; <code>{+id}</code> for
 * one or more, slashes included. Immutable and thread-safe.
 */
final class PathPattern implements Comparable<PathPattern> {
    private static final Pattern PARAMETER = Pattern.compile("\\{(\\+?)(\\w+)}");
    private static final Pattern DOTS = Pattern.compile("\\.{1,2}");

    private final String text;
    private final Pattern pattern;
    private final List<String> names;

    PathPattern(String text) {
        this.text = text;
        this.names =
                PARAMETER.matcher(text).results().map(found -> found.group(2)).toList();
        this.pattern = Pattern.compile(expression(text));
    }

    private static String expression(String text) {
        var expression = new StringBuilder();
        int end = 0;
        for (Matcher found = PARAMETER.matcher(text); found.find(); end = found.end()) {
            expression.append(Pattern.quote(text.substring(end, found.start())));
            expression
                    .append("(?<")
                    .append(found.group(2))
                    .append(found.group(1).isEmpty() ? ">[^/]+)" : ">.+)");
        }
        return expression.append(Pattern.quote(text.substring(end))).toString();
    }

    String text() {
        return text;
    }

    /**
     * The parameters of a path as it was sent, or empty if it is not of this pattern.
     *
     * @throws Problem with status 400 if it matches and a parameter cannot be decoded or leads elsewhere
     */
    Optional<Map<String, String>> match(String path) {
        Matcher match = pattern.matcher(path);
        if (!match.matches()) {
            return Optional.empty();
        }
        var parameters = new LinkedHashMap<String, String>();
        names.forEach(name -> parameters.put(name, parameter(name, match.group(name))));
        return Optional.of(parameters);
    }

    private String parameter(String name, String encoded) {
        String value = PercentEncoding.path(encoded);
        boolean manySegments = text.contains("{+" + name + "}");
        if (!manySegments && value.indexOf('/') >= 0) {
            throw Problems.malformed("the URL's path has an encoded slash in '" + name + "'; remove it");
        }
        for (String segment : value.split("/", -1)) {
            if (DOTS.matcher(segment).matches()) {
                throw Problems.malformed(
                        "the URL's path has a segment '" + segment + "'; send the path that it leads to");
            }
        }
        return value;
    }

    /** The more specific first: that with fewer parameters, or else that which says more about the rest. */
    @Override
    public int compareTo(PathPattern other) {
        int fewer = Integer.compare(names.size(), other.names.size());
        return fewer == 0 ? Integer.compare(other.text.length(), text.length()) : fewer;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathPattern pattern && pattern.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
