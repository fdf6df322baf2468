package dev.signalbox.spring;

import dev.signalbox.mail.Encryption;
import dev.signalbox.mail.SmtpOptions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * An SMTP server for the MailAgent.
 *
 * @param host SMTP server. Without it, only MailSender beans send.
 * @param port Port of the server: usually 587, with encryption tls 465.
 * @param encryption Whether and how the connection is encrypted.
 * @param from Whom messages are from that do not say.
 * @param username Whom to log in as. Without it, nobody logs in.
 * @param password Password of the username.
 * @param plaintextAuth Whether the password is sent even without encryption; for a server on this host.
 */
@ConfigurationProperties("signalbox.mail")
record MailProperties(
        @Nullable String host,
        @DefaultValue("587") int port,
        @DefaultValue("starttls") Encryption encryption,
        @Nullable String from,
        @Nullable String username,
        @Nullable String password,
        @DefaultValue("false") boolean plaintextAuth) {

    SmtpOptions options(String server) {
        SmtpOptions.Builder options = SmtpOptions.to(server).port(port).encryption(encryption);
        if (from != null) {
            options.from(from);
        }
        if (username != null) {
            options.login(
                    username,
                    Objects.requireNonNull(
                            password, "signalbox.mail.password is missing; it is required with the username"));
        }
        if (plaintextAuth) {
            options.plaintextAuth();
        }
        return options.build();
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "MailProperties[" + host + ":" + port + ", " + encryption + ", username=" + username + "]";
    }
}
