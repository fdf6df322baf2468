package dev.signalbox.mail;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a message went to none of its recipients. The subtype says whether it may be tried again. Holds no secret. */
public abstract sealed class MailException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Not part of the serialised form: addresses are for the process that sent to them. */
    private final transient List<Refusal> refused;

    private MailException(String message, List<Refusal> refused, @Nullable Throwable cause) {
        super(message, cause);
        this.refused = List.copyOf(refused);
    }

    /** What the server said to each recipient; empty if it did not come to that. */
    public List<Refusal> refused() {
        return refused == null ? List.of() : refused;
    }

    /** It certainly was not sent, and may be tried again: the server was not reached, or said 4xx. */
    public static final class NotSent extends MailException {
        private static final long serialVersionUID = 1L;

        NotSent(String message, @Nullable Throwable cause) {
            super(message, List.of(), cause);
        }

        NotSent(String message, List<Refusal> refused) {
            super(message, refused, null);
        }
    }

    /** It was not sent, and trying again is of no use: the server said 5xx. */
    public static final class Rejected extends MailException {
        private static final long serialVersionUID = 1L;

        Rejected(String message, List<Refusal> refused) {
            super(message, refused, null);
        }
    }

    /**
     * All of it was written, and the connection was lost before the server's answer: it may or may not have been sent.
     * Sending it again may deliver it twice; the Message-ID stays the same, by which some servers drop the second.
     */
    public static final class Unknown extends MailException {
        private static final long serialVersionUID = 1L;

        Unknown(String message, List<Refusal> refused) {
            super(message, refused, null);
        }

        Unknown(String message, Throwable cause) {
            super(message, List.of(), cause);
        }
    }
}
