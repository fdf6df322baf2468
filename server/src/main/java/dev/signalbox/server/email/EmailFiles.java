package dev.signalbox.server.email;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.delivery.attachments.Attachments;
import dev.signalbox.delivery.attachments.StoredFile;
import dev.signalbox.delivery.email.MailFiles;
import dev.signalbox.mail.Attachment;
import dev.signalbox.server.rest.UuidText;
import java.io.IOException;
import java.util.Optional;

/** The files of messages, for mail. Thread-safe. */
record EmailFiles(Attachments files) implements MailFiles {
    @Override
    public Optional<Attachment> find(String id) throws IOException {
        try {
            return UuidText.parse(id).flatMap(files::find).map(this::attachment);
        } catch (DatabaseException e) {
            throw new IOException("the database of the attachments is away", e);
        }
    }

    private Attachment attachment(StoredFile file) {
        return Attachment.of(file.name(), file.type(), () -> files.open(file.id()));
    }
}
