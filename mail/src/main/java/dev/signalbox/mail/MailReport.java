package dev.signalbox.mail;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What servers report of a message afterwards. */
public sealed interface MailReport {
    /** The Message-ID of the message that it is about, without brackets, if the report has it. */
    Optional<String> messageId();

    /**
     * Addresses that should get no more messages: they do not exist, or their owner complained. A full mailbox or a refused
     * message is no reason.
     */
    List<String> suppressed();

    /**
     * Reads a report: a bounce (DSN, RFC 3464) or a complaint (ARF, RFC 5965). Looks at the first megabyte only; an original
     * that comes along may be longer.
     *
     * @return empty for a message that is no report
     * @throws IOException if it cannot be read, or is no message
     */
    static Optional<MailReport> read(InputStream message) throws IOException {
        return ReportParser.parse(message);
    }

    /**
     * A server could not deliver, or not yet, or did.
     *
     * @param server who says so
     */
    record Bounce(Optional<String> messageId, Optional<String> server, List<Recipient> recipients)
            implements MailReport {
        public Bounce {
            recipients = List.copyOf(recipients);
        }

        @Override
        public List<String> suppressed() {
            return recipients.stream()
                    .filter(Recipient::isGone)
                    .map(Recipient::address)
                    .toList();
        }
    }

    /** What a server did with a message. */
    enum Action {
        FAILED,
        DELAYED,
        DELIVERED,
        RELAYED,
        EXPANDED
    }

    /**
     * One recipient of a bounce.
     *
     * @param address to whom the message was sent
     * @param status three numbers (RFC 3463), such as {@code 5.1.1}
     * @param diagnostic what the recipient's server said, if it is known
     */
    record Recipient(String address, Action action, String status, Optional<String> diagnostic) {
        /** No such mailbox, no such domain, moved without an address, null MX, disabled. */
        private static final Set<String> GONE = Set.of("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1");

        /** Whether the address does not exist any more. */
        public boolean isGone() {
            return action == Action.FAILED && GONE.contains(status);
        }
    }

    /**
     * Somebody pressed "spam".
     *
     * @param type {@code abuse}, {@code fraud}, {@code virus}, {@code not-spam} or {@code other}
     * @param recipients who complained, unless their provider hides it
     * @param provider whose report it is, as it calls itself
     */
    record Complaint(Optional<String> messageId, String type, List<String> recipients, Optional<String> provider)
            implements MailReport {
        public Complaint {
            recipients = List.copyOf(recipients);
        }

        @Override
        public List<String> suppressed() {
            return type.equals("not-spam") ? List.of() : recipients;
        }
    }
}
