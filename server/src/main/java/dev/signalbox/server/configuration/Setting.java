package dev.signalbox.server.configuration;

import java.util.regex.Pattern;

/** The text that was given for a path, not yet understood. */
record Setting(String path, String text, Source source) {
    private static final Pattern CREDENTIALS = Pattern.compile("(?<=//).*@");

    /** The text for people to see: the credentials that a URL may carry are masked. */
    String shown() {
        return CREDENTIALS.matcher(text).replaceAll(Secret.MASK + "@");
    }
}
