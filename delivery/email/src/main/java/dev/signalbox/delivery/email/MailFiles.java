package dev.signalbox.delivery.email;

import dev.signalbox.mail.Attachment;
import java.io.IOException;
import java.util.Optional;

/** The files that messages name in their header {@code attachments}. Thread-safe. */
@FunctionalInterface
public interface MailFiles {
    /** There are none. */
    MailFiles NONE = id -> Optional.empty();

    /**
     * The file of that id; its content is read while the mail is sent.
     *
     * @return empty if there is none, and there will not be
     * @throws IOException if that cannot be told now; the message is then tried again later
     */
    Optional<Attachment> find(String id) throws IOException;
}
