package dev.signalbox.mail;

import java.util.List;

/**
 * Whom one transaction is from and for.
 *
 * @param utf8 whether the message itself has an address that needs SMTPUTF8, in the envelope or in a header
 */
record Envelope(MailAddress from, List<MailAddress> recipients, boolean utf8) {
    Envelope to(List<MailAddress> others) {
        return new Envelope(from, List.copyOf(others), utf8);
    }
}
