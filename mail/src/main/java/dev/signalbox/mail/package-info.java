/**
 * Mail, usable alone. {@link dev.signalbox.mail.MailMessage} says what is sent, {@link dev.signalbox.mail.SmtpSender}
 * sends it to one server over kept connections, {@link dev.signalbox.mail.MailAgent} over several senders, and
 * {@link dev.signalbox.mail.MailReport} reads what servers report back.
 *
 * <p>Messages are written by this package and not by Angus Mail, which lets a line break in a header of one's own add
 * headers, writes international domains as raw bytes, and finds the writers of its parts through the class loader.
 * Angus Mail reads reports.
 *
 * <p>By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>messages</td>
 *       <td>{@link MailMessage}, {@link MailAddress}, {@link Attachment}, {@link CalendarInvite}, {@link Unsubscribe}</td></tr>
 *   <tr><td>sending them, and how that fails</td>
 *       <td>{@link SmtpSender}, {@link MailResult}, {@link Refusal}, {@link SmtpReply}, {@link MailAgent}, {@link AgentResult},
 *           {@link MailListener}, {@link MailException}</td></tr>
 *   <tr><td>how a server is reached</td>
 *       <td>{@link SmtpOptions}, {@link SmtpPresets}, {@link Encryption}, {@link SmtpAuth}, {@link SmtpTimeouts},
 *           {@link SmtpPoolOptions}</td></tr>
 *   <tr><td>what adapters implement</td>
 *       <td>{@link MailSender}, {@link OAuthTokens}</td></tr>
 *   <tr><td>what servers report afterwards</td>
 *       <td>{@link MailReport}, ReportParser</td></tr>
 *   <tr><td>signatures</td>
 *       <td>{@link Dkim}, PemKey, RelaxedBody</td></tr>
 *   <tr><td>the engine: a message as bytes</td>
 *       <td>MimeMessage, MimePart, MailContent, Header, HeaderText, SingleLine, TextEncoding, PlainText</td></tr>
 *   <tr><td>its domain names</td>
 *       <td>Idna, Punycode</td></tr>
 *   <tr><td>its connections</td>
 *       <td>SmtpPool, SmtpHandshake, Capabilities, SmtpLogin, TokenCache, SmtpConnection, SmtpWire, SmtpWatch</td></tr>
 *   <tr><td>one message over one of them</td>
 *       <td>Pace, SmtpTransaction, Envelope, Chunks, UnconfirmedException</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.mail;

import org.jspecify.annotations.NullMarked;
