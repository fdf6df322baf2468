package dev.signalbox.database;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether the connection to a database is encrypted, and whom it trusts.
 *
 * @param authority a file with certificates (PEM) of the authorities that are trusted instead of the system's; only for
 *     {@link Mode#VERIFIED}
 */
public record Tls(Mode mode, Optional<Path> authority) {
    /** How much is asked of the server. */
    public enum Mode {
        /** Nothing: all of it can be read on the way. */
        UNENCRYPTED,
        /** Encryption, by whatever certificate: who can redirect connections can still read them. */
        ENCRYPTED,
        /** Encryption, by a certificate for its name from a trusted authority. */
        VERIFIED
    }

    public Tls {
        if (authority.isPresent() && mode != Mode.VERIFIED) {
            throw new IllegalArgumentException("an authority is only asked where the certificate is verified");
        }
    }

    public static Tls of(Mode mode) {
        return new Tls(mode, Optional.empty());
    }

    /** Certificates have to come from an authority in this file. */
    public static Tls verifiedBy(Path authority) {
        return new Tls(Mode.VERIFIED, Optional.of(authority));
    }
}
