package dev.signalbox.server.configuration;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text for people to see, without the credentials that a URL in it may carry. */
final class Masked {
    private static final Pattern AUTHORITY = Pattern.compile("(?s)(?<=//).*@");

    /** URLs without slashes, such as {@code postgresql:user:password@host}. */
    private static final Pattern OPAQUE = Pattern.compile("(?s)^((?:jdbc:)?[a-zA-Z][\\w+.-]*:)(?!//).*@");

    private static final Pattern PARAMETER = Pattern.compile("([?&;\\s]|^)([^?&;=\\s]+)=([^&;\\s#]*)");

    /** After a semicolon, as URLs of SQL Server have them: a value goes on until the next one, or is in braces and holds anything. */
    private static final Pattern PAIR = Pattern.compile("(;\\s*)([^?&;=\\s]+)\\s*=\\s*(\\{(?:[^}]|}})*+}?|[^;]*)");

    private static final Pattern SENSITIVE = Pattern.compile(
            "pass|pwd|secret|token|credential|signature|^sig$|auth|(access|api|account|private|shared)?[._-]?key$",
            Pattern.CASE_INSENSITIVE);

    private Masked() {}

    /** Masks the part before {@code @} of every URL, and parameters whose name tells of a secret. */
    static String text(String text) {
        String withoutUser = AUTHORITY.matcher(text).replaceAll(Secret.MASK + "@");
        String withoutOpaque = OPAQUE.matcher(withoutUser).replaceAll("$1" + Secret.MASK + "@");
        String withoutPairs = PAIR.matcher(withoutOpaque).replaceAll(Masked::parameter);
        return PARAMETER.matcher(withoutPairs).replaceAll(Masked::parameter);
    }

    private static String parameter(MatchResult found) {
        String shown = SENSITIVE.matcher(decoded(found.group(2))).find()
                ? found.group(1) + found.group(2) + "=" + Secret.MASK
                : found.group();
        return Matcher.quoteReplacement(shown);
    }

    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return name;
        }
    }
}
