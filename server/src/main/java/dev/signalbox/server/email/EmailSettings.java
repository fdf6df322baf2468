package dev.signalbox.server.email;

import dev.signalbox.delivery.email.EmailOptions;
import dev.signalbox.mail.Dkim;
import dev.signalbox.mail.MailAddress;
import dev.signalbox.mail.SmtpOptions;
import dev.signalbox.mail.SmtpPoolOptions;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Reading;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The mail server as configured. */
record EmailSettings(SmtpOptions server, EmailOptions options) {
    /** Empty without a server. Reads every key, so that each mistake is named even where others prevent the sender. */
    static Optional<EmailSettings> read(Reading reading) {
        var options = new EmailOptions(
                reading.get(EmailKeys.SUBJECT), reading.get(EmailKeys.TIMEOUT), reading.get(EmailKeys.KEY_LIFETIME));
        var host = reading.find(EmailKeys.HOST);
        var from = reading.find(EmailKeys.FROM);
        reading.check(
                reading.isGiven(EmailKeys.FROM) || !reading.isGiven(EmailKeys.HOST),
                EmailKeys.FROM,
                "is required with " + EmailKeys.HOST.path());
        var builder = server(reading, host.orElse("none"), from);
        return host.isPresent() && from.isPresent()
                ? builder.map(server -> new EmailSettings(server, options))
                : Optional.empty();
    }

    private static Optional<SmtpOptions> server(Reading reading, String host, Optional<MailAddress> from) {
        var server = SmtpOptions.to(host)
                .port(reading.get(EmailKeys.PORT))
                .encryption(reading.get(EmailKeys.ENCRYPTION_KIND))
                .perSecond(reading.get(EmailKeys.PER_SECOND))
                .pool(pool(reading));
        from.ifPresent(server::from);
        boolean loggedIn = login(reading, server);
        boolean trusted = trust(reading, server);
        boolean signed = dkim(reading, server);
        return loggedIn && trusted && signed ? built(reading, server) : Optional.empty();
    }

    private static Optional<SmtpOptions> built(Reading reading, SmtpOptions.Builder server) {
        try {
            return Optional.of(server.build());
        } catch (IllegalArgumentException e) {
            reading.check(false, EmailKeys.HOST, "does not work: " + FailureText.of(e));
            return Optional.empty();
        }
    }

    private static SmtpPoolOptions pool(Reading reading) {
        return SmtpPoolOptions.usual()
                .withConnections(reading.get(EmailKeys.CONNECTIONS))
                .withAge(reading.get(EmailKeys.KEEP_ALIVE_TIMEOUT))
                .withNoop(reading.get(EmailKeys.NOOP_TIMEOUT));
    }

    private static boolean login(Reading reading, SmtpOptions.Builder server) {
        var username = reading.find(EmailKeys.USERNAME);
        var password = reading.find(EmailKeys.PASSWORD);
        if (reading.get(EmailKeys.PLAINTEXT_AUTH)) {
            server.plaintextAuth();
        }
        boolean both = reading.isGiven(EmailKeys.USERNAME) == reading.isGiven(EmailKeys.PASSWORD);
        reading.check(
                both,
                reading.isGiven(EmailKeys.USERNAME) ? EmailKeys.PASSWORD : EmailKeys.USERNAME,
                "is missing: username and password belong together");
        username.ifPresent(user -> password.ifPresent(word -> server.login(user, word)));
        return both;
    }

    private static boolean trust(Reading reading, SmtpOptions.Builder server) {
        var caFile = reading.find(EmailKeys.CA_FILE);
        boolean insecure = reading.get(EmailKeys.INSECURE);
        boolean used = !insecure || caFile.isEmpty();
        reading.check(used, EmailKeys.CA_FILE, "has no effect with delivery.email.insecure: remove one of them");
        caFile.ifPresent(file -> {
            reading.readable(EmailKeys.CA_FILE, file);
            server.caFile(file);
        });
        if (insecure) {
            server.withoutVerification();
        }
        return used;
    }

    private static boolean dkim(Reading reading, SmtpOptions.Builder server) {
        var domain = reading.find(EmailKeys.DKIM_DOMAIN);
        var selector = reading.find(EmailKeys.DKIM_SELECTOR);
        var file = reading.find(EmailKeys.DKIM_KEY_FILE);
        long given =
                Stream.of(domain, selector, file).filter(Optional::isPresent).count();
        boolean whole = given == 0 || given == 3;
        reading.check(
                whole, EmailKeys.DKIM_DOMAIN, "belongs together with dkim-selector and dkim-key-file: give all three");
        return whole
                && file.map(key -> sign(reading, server, domain.orElseThrow(), selector.orElseThrow(), key))
                        .orElse(true);
    }

    private static boolean sign(Reading reading, SmtpOptions.Builder server, String domain, String selector, Path key) {
        try {
            server.dkim(Dkim.of(domain, selector, key));
            return true;
        } catch (IllegalArgumentException e) {
            reading.check(false, EmailKeys.DKIM_KEY_FILE, "does not work: " + FailureText.of(e));
            return false;
        }
    }
}
