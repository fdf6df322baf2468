package dev.signalbox.mail;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a server is reached. Made by {@link #to}, which says what is usual; invalid values cannot be built.
 *
 * @param host a name or an address; its certificate has to be for it
 * @param from who messages are from that do not say
 * @param auth empty to send without proving who one is
 * @param plaintextAuth whether a password or token may be sent without encryption
 * @param helo the name that the client gives; its own address if empty
 * @param caFile certificates in PEM to trust instead of the system's
 * @param insecure accepts any certificate for any host; for experiments only
 * @param perSecond the most messages a second; 0 for no limit
 * @param recipients the most recipients in one transaction, 1 to 10,000; the rest goes into further ones
 * @param dkim with what messages are signed, one signature each
 */
public record SmtpOptions(
        String host,
        int port,
        Encryption encryption,
        Optional<SmtpAuth> auth,
        boolean plaintextAuth,
        Optional<MailAddress> from,
        Optional<String> helo,
        Optional<Path> caFile,
        boolean insecure,
        SmtpTimeouts timeouts,
        SmtpPoolOptions pool,
        int perSecond,
        int recipients,
        List<Dkim> dkim) {

    public SmtpOptions {
        check(!host.isBlank() && SingleLine.check("host", host).indexOf(' ') < 0, "host '" + host + "' is not a host");
        check(port >= 1 && port <= 65_535, "port " + port + " is not in 1..65535");
        check(!insecure || caFile.isEmpty(), "insecure ignores caFile: set only one of them");
        check(perSecond >= 0 && perSecond <= 1_000_000, "perSecond " + perSecond + " is not in 0..1000000");
        check(recipients >= 1 && recipients <= 10_000, "recipients " + recipients + " is not in 1..10000");
        helo.ifPresent(name -> check(SingleLine.check("helo", name).indexOf(' ') < 0, "helo contains a space"));
        dkim = List.copyOf(dkim);
    }

    /** Port 587 with STARTTLS, verified; no authentication; usual timeouts and pool; 100 recipients a transaction. */
    public static Builder to(String host) {
        return new Builder(host);
    }

    private static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalArgumentException(violation);
        }
    }

    /** Not thread-safe. */
    public static final class Builder {
        private final String host;
        private int port = 587;
        private Encryption encryption = Encryption.STARTTLS;
        private Optional<SmtpAuth> auth = Optional.empty();
        private boolean plaintextAuth;
        private Optional<MailAddress> from = Optional.empty();
        private Optional<String> helo = Optional.empty();
        private Optional<Path> caFile = Optional.empty();
        private boolean insecure;
        private SmtpTimeouts timeouts = SmtpTimeouts.usual();
        private SmtpPoolOptions pool = SmtpPoolOptions.usual();
        private int perSecond;
        private int recipients = 100;
        private List<Dkim> dkim = List.of();

        private Builder(String host) {
            this.host = host;
        }

        public Builder port(int value) {
            port = value;
            return this;
        }

        public Builder encryption(Encryption value) {
            encryption = value;
            return this;
        }

        public Builder login(String username, String password) {
            return auth(new SmtpAuth.Password(username, password));
        }

        public Builder auth(SmtpAuth value) {
            auth = Optional.of(value);
            return this;
        }

        /** Allows passwords and tokens to be sent without encryption. */
        public Builder plaintextAuth() {
            plaintextAuth = true;
            return this;
        }

        public Builder from(String address) {
            from = Optional.of(MailAddress.of(address));
            return this;
        }

        public Builder from(MailAddress address) {
            from = Optional.of(address);
            return this;
        }

        public Builder helo(String name) {
            helo = Optional.of(name);
            return this;
        }

        public Builder caFile(Path pem) {
            caFile = Optional.of(pem);
            return this;
        }

        /** Accepts any certificate. */
        public Builder withoutVerification() {
            insecure = true;
            return this;
        }

        public Builder timeouts(SmtpTimeouts value) {
            timeouts = value;
            return this;
        }

        public Builder pool(SmtpPoolOptions value) {
            pool = value;
            return this;
        }

        public Builder perSecond(int messages) {
            perSecond = messages;
            return this;
        }

        public Builder recipients(int value) {
            recipients = value;
            return this;
        }

        public Builder dkim(Dkim... signatures) {
            dkim = List.of(signatures);
            return this;
        }

        /**
         * Checks and makes the options.
         *
         * @throws IllegalArgumentException naming what is wrong
         */
        public SmtpOptions build() {
            return new SmtpOptions(
                    host,
                    port,
                    encryption,
                    auth,
                    plaintextAuth,
                    from,
                    helo,
                    caFile,
                    insecure,
                    timeouts,
                    pool,
                    perSecond,
                    recipients,
                    dkim);
        }
    }
}
