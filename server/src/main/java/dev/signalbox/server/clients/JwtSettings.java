package dev.signalbox.server.clients;

import com.nimbusds.jose.jwk.JWK;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Which JWTs of clients are accepted. */
public record JwtSettings(
        Optional<Secret> secret,
        Optional<JWK> publicKey,
        Optional<Keys> keys,
        Optional<String> issuer,
        Optional<String> audience) {

    /**
     * An address of public keys.
     *
     * @param refresh how often it is asked
     * @param outage for how long the last keys are good while it does not answer
     */
    public record Keys(URI url, Duration refresh, Duration outage) {}

    /** Whether any is. */
    boolean isAny() {
        return secret.isPresent() || publicKey.isPresent() || keys.isPresent();
    }

    static JwtSettings read(Reading reading) {
        Optional<Path> file = reading.find(ClientKeys.JWT_PUBLIC_KEY);
        Optional<URI> url = reading.find(ClientKeys.JWT_KEYS);
        reading.check(
                file.isEmpty() || url.isEmpty(),
                ClientKeys.JWT_KEYS,
                "cannot be used together with " + ClientKeys.JWT_PUBLIC_KEY.path() + "; remove one of them");
        return new JwtSettings(
                reading.find(ClientKeys.JWT_SECRET).map(Secret::new),
                file.flatMap(path -> key(reading, path)),
                url.map(address ->
                        new Keys(address, reading.get(ClientKeys.JWT_REFRESH), reading.get(ClientKeys.JWT_OUTAGE))),
                reading.find(ClientKeys.JWT_ISSUER),
                reading.find(ClientKeys.JWT_AUDIENCE));
    }

    private static Optional<JWK> key(Reading reading, Path file) {
        Key<Path> key = ClientKeys.JWT_PUBLIC_KEY;
        try {
            return Optional.of(PublicKeys.read(file));
        } catch (IllegalArgumentException e) {
            reading.check(false, key, FailureText.of(e));
            return Optional.empty();
        }
    }
}
