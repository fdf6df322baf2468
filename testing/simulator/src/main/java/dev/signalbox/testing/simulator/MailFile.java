package dev.signalbox.testing.simulator;

/** A part of a message with a content of its own. Immutable. */
final class MailFile {
    private final String name;
    private final String type;
    private final String contentId;
    private final byte[] content;

    MailFile(String name, String type, String contentId, byte[] content) {
        this.name = name;
        this.type = type;
        this.contentId = contentId;
        this.content = content;
    }

    String name() {
        return name;
    }

    /** The media type without its parameters. */
    String type() {
        return type;
    }

    /** By which HTML shows it, without brackets; empty if it has none. */
    String contentId() {
        return contentId;
    }

    byte[] content() {
        return content.clone();
    }

    int size() {
        return content.length;
    }
}
