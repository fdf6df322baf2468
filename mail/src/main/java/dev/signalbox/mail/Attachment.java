package dev.signalbox.mail;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** A file in a message. It is read while the message is sent, piece by piece; of a large message no more than that is in memory. */
public final class Attachment {
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9!#$&^_.+-]{1,80}/[A-Za-z0-9!#$&^_.+-]{1,80}");
    /** May not be in base64 (RFC 2045, section 6.4), which all attachments are. */
    private static final Pattern COMPOSITE = Pattern.compile("(?i)(message|multipart)/");

    private static final String OCTETS = "application/octet-stream";
    private static final Pattern BAD_IN_NAMES = Pattern.compile("[/\\\\]");
    private static final int LONGEST_NAME = 255;

    private final String name;
    private final String type;
    private final Content content;
    private final OptionalLong length;

    /** Opens what is attached, from its first byte, each time it is called: a signed message is read twice. */
    @FunctionalInterface
    public interface Content {
        InputStream open() throws IOException;
    }

    private Attachment(String name, String type, Content content, OptionalLong length) {
        this.name = fileName(name);
        if (!TYPE.matcher(type).matches()) {
            throw new IllegalArgumentException("'" + type + "' is not a media type such as application/pdf");
        }
        this.type = COMPOSITE.matcher(type).lookingAt() ? OCTETS : type;
        this.content = content;
        this.length = length;
    }

    /**
     * A file under its own name; the media type follows from the name's ending.
     *
     * @throws IllegalArgumentException if it cannot be read
     */
    public static Attachment of(Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IllegalArgumentException("attachment '" + file + "' is not a file that can be read");
        }
        String name = Objects.requireNonNull(file.getFileName(), "a regular file has a name")
                .toString();
        return new Attachment(name, typeOf(name), () -> Files.newInputStream(file), OptionalLong.empty());
    }

    /** Bytes, which must not change any more. */
    public static Attachment of(String name, String type, byte[] bytes) {
        return new Attachment(name, type, () -> new ByteArrayInputStream(bytes), OptionalLong.of(bytes.length));
    }

    /** What {@code content} opens, such as a blob of a database or a resource of the class path. */
    public static Attachment of(String name, String type, Content content) {
        return new Attachment(name, type, content, OptionalLong.empty());
    }

    private static String typeOf(String name) {
        return Optional.ofNullable(URLConnection.guessContentTypeFromName(name)).orElse(OCTETS);
    }

    private static String fileName(String name) {
        SingleLine.check("attachment name", name);
        if (name.isBlank() || name.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("an attachment's name has 1 to " + LONGEST_NAME + " characters");
        }
        if (BAD_IN_NAMES.matcher(name).find()) {
            throw new IllegalArgumentException("attachment name '" + name + "' contains / or \\: give the name alone");
        }
        return name;
    }

    public String name() {
        return name;
    }

    /** The media type, such as {@code application/pdf}; {@code application/octet-stream} for a message, such as an .eml file. */
    public String type() {
        return type;
    }

    Content content() {
        return content;
    }

    /** In bytes; empty if it is not known before it is read. */
    OptionalLong length() {
        return length;
    }

    @Override
    public String toString() {
        return "Attachment[" + name + ", " + type + "]";
    }
}
