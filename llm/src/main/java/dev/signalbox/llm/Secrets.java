package dev.signalbox.llm;

import dev.langchain4j.http.client.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values of a request's headers, to be masked in messages: a provider, a proxy or a parser may repeat them in its error.
 * Values of fewer than 6 characters are left alone, for they are part of ordinary words.
 */
record Secrets(List<String> values) {
    static final Secrets NONE = new Secrets(List.of());

    private static final int SHORTEST = 6;
    private static final int DEEPEST = 20;
    private static final String MASK = "***";
    private static final Set<String> HARMLESS = Set.of("content-type", "accept", "user-agent", "accept-encoding");

    static Secrets of(HttpRequest request) {
        var values = new ArrayList<String>();
        for (Map.Entry<String, List<String>> header : request.headers().entrySet()) {
            if (!HARMLESS.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                header.getValue().forEach(value -> add(value, values));
            }
        }
        return new Secrets(List.copyOf(values));
    }

    private static void add(String value, List<String> to) {
        String bare = value.replaceFirst("(?i)^(Bearer|Basic) +", "").strip();
        if (bare.length() >= SHORTEST) {
            to.add(bare);
        }
    }

    String mask(String text) {
        String masked = text;
        for (String value : values) {
            masked = masked.replace(value, MASK);
        }
        return masked;
    }

    /** The same exception if no message of it or its causes has a secret, otherwise one with the masked words and its trace. */
    @Nullable
    Throwable mask(@Nullable Throwable failure) {
        if (failure == null || isClean(failure, 0)) {
            return failure;
        }
        var masked = new Exception(mask(String.valueOf(failure)), mask(failure.getCause()));
        masked.setStackTrace(failure.getStackTrace());
        return masked;
    }

    private boolean isClean(Throwable failure, int depth) {
        String words = String.valueOf(failure);
        Throwable cause = failure.getCause();
        return mask(words).equals(words)
                && List.of(failure.getSuppressed()).stream().allMatch(it -> depth < DEEPEST && isClean(it, depth + 1))
                && (cause == null || (depth < DEEPEST && isClean(cause, depth + 1)));
    }
}
