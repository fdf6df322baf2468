package dev.signalbox.delivery.attachments;

import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A file that messages can have attached.
 *
 * @param name as recipients see it: 1 to 255 characters, without slashes and control characters
 * @param type its media type, such as application/pdf
 * @param size in bytes
 * @param sha256 of its content, in hex
 * @param used when it was saved, or a message took it last
 */
public record StoredFile(UUID id, String name, String type, long size, String sha256, Instant used) {
    private static final int LONGEST_NAME = 255;
    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}\\x80-\\x9f/\\\\\\ud800-\\udfff]+");
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9!#$&^_.+-]{1,80}/[A-Za-z0-9!#$&^_.+-]{1,80}");

    /** @throws IllegalArgumentException naming what cannot be, for the caller */
    static void check(String name, String type) {
        if (name.isBlank()
                || name.length() > LONGEST_NAME
                || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name must have 1 to 255 characters, without slashes and control characters");
        }
        if (!TYPE.matcher(type).matches()) {
            throw new IllegalArgumentException("type must be a media type such as application/pdf");
        }
    }
}
