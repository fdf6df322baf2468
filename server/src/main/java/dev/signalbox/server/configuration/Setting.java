package dev.signalbox.server.configuration;

/** The text that was given for a path, not yet understood. */
record Setting(String path, String text, Source source) {
    /** The text for people to see: the credentials that a URL may carry are masked. */
    String shown() {
        return Masked.text(text);
    }

    /** For messages: {@code database.url (signalbox.yaml line 3)}. */
    String described() {
        return path + " (" + source.place() + ")";
    }
}
