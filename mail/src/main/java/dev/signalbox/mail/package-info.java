/**
 * Mail, usable alone. {@link dev.signalbox.mail.MailMessage} says what is sent, {@link dev.signalbox.mail.SmtpSender}
 * sends it to one server over kept connections, {@link dev.signalbox.mail.MailAgent} over several senders, and
 * {@link dev.signalbox.mail.MailReport} reads what servers report back.
 *
 * <p>Messages are written by this package and not by Angus Mail, which lets a line break in a header of one's own add
 * headers, writes international domains as raw bytes, and finds the writers of its parts through the class loader.
 * Angus Mail reads reports.
 */
@NullMarked
package dev.signalbox.mail;

import org.jspecify.annotations.NullMarked;
