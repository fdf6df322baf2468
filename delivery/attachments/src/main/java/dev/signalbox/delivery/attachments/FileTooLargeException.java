package dev.signalbox.delivery.attachments;

/** A file has more bytes than {@link AttachmentLimits#largest()}. Nothing of it is kept. */
public final class FileTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FileTooLargeException(long largest) {
        super("the file has more than " + largest + " bytes");
    }
}
