package dev.signalbox.mail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Proves who the client is: RFC 4954 with the mechanisms PLAIN, LOGIN, CRAM-MD5 and XOAUTH2. */
final class SmtpLogin {
    private final SmtpWire wire;
    private final Capabilities server;
    private final Duration timeout;

    /** What went wrong, for people. */
    static final class FailedException extends IOException {
        private static final long serialVersionUID = 1L;

        FailedException(String message) {
            super(message);
        }
    }

    SmtpLogin(SmtpWire wire, Capabilities server, Duration timeout) {
        this.wire = wire;
        this.server = server;
        this.timeout = timeout;
    }

    /** @param hidden whether nobody in between can read, or that does not matter */
    void run(SmtpAuth auth, @Nullable TokenCache tokens, boolean hidden) throws IOException {
        switch (auth) {
            case SmtpAuth.Password password -> password(password, hidden);
            case SmtpAuth.XOAuth2 token when tokens != null -> token(token, tokens, hidden);
            case SmtpAuth.XOAuth2 _ -> throw new IllegalStateException("a token without a cache");
        }
    }

    private void password(SmtpAuth.Password auth, boolean hidden) throws IOException {
        var usable = hidden ? List.of("PLAIN", "LOGIN", "CRAM-MD5") : List.of("CRAM-MD5");
        String mechanism = usable.stream()
                .filter(server::authenticates)
                .findFirst()
                .orElseThrow(() -> nothingUsable(hidden, "PLAIN, LOGIN or CRAM-MD5"));
        check(
                switch (mechanism) {
                    case "PLAIN" -> ask("AUTH PLAIN " + base64("\0" + auth.username() + "\0" + auth.password()));
                    case "LOGIN" -> login(auth);
                    default -> cramMd5(auth);
                },
                "check username and password");
    }

    private SmtpReply login(SmtpAuth.Password auth) throws IOException {
        var user = ask("AUTH LOGIN");
        if (user.code() != 334) {
            return user;
        }
        var password = ask(base64(auth.username()));
        return password.code() == 334 ? ask(base64(auth.password())) : password;
    }

    private SmtpReply cramMd5(SmtpAuth.Password auth) throws IOException {
        var challenge = ask("AUTH CRAM-MD5");
        if (challenge.code() != 334) {
            return challenge;
        }
        return ask(base64(auth.username() + " " + hmac(auth.password(), decoded(challenge.text()))));
    }

    private static byte[] decoded(String challenge) throws FailedException {
        try {
            return Base64.getDecoder().decode(challenge);
        } catch (IllegalArgumentException e) {
            throw new FailedException("the server's challenge for CRAM-MD5 is not base64");
        }
    }

    private static String hmac(String password, byte[] challenge) {
        try {
            var mac = Mac.getInstance("HmacMD5");
            mac.init(new SecretKeySpec(password.getBytes(StandardCharsets.UTF_8), "HmacMD5"));
            return HexFormat.of().formatHex(mac.doFinal(challenge));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no HmacMD5", e);
        }
    }

    /** Tries once more with a new token if the server refuses the one that was kept. */
    private void token(SmtpAuth.XOAuth2 auth, TokenCache tokens, boolean hidden) throws IOException {
        if (!hidden || !server.authenticates("XOAUTH2")) {
            throw nothingUsable(hidden, "XOAUTH2");
        }
        String kept = tokens.get();
        var reply = token(auth.username(), kept);
        if (reply.isPermanent()) {
            tokens.refused(kept);
            reply = token(auth.username(), tokens.get());
        }
        check(reply, "check username and token");
    }

    private SmtpReply token(String user, String token) throws IOException {
        var reply = ask("AUTH XOAUTH2 " + base64("user=" + user + "\1auth=Bearer " + token + "\1\1"));
        // With 334 comes the reason in base64; the refusal itself follows on an empty line.
        return reply.code() == 334 ? ask("") : reply;
    }

    private FailedException nothingUsable(boolean hidden, String ours) {
        boolean others = Stream.of("PLAIN", "LOGIN", "XOAUTH2").anyMatch(server::authenticates);
        return new FailedException(
                !hidden && others
                        ? "the password or token would go over the network without encryption: set encryption to STARTTLS or"
                                + " TLS, or allow plaintextAuth"
                        : "the server does not offer to authenticate by " + ours);
    }

    private SmtpReply ask(String line) throws IOException {
        return wire.ask(line, timeout);
    }

    private static void check(SmtpReply reply, String advice) throws FailedException {
        if (!reply.isPositive()) {
            throw new FailedException(
                    "the server refused to authenticate: " + reply + (reply.isPermanent() ? " (" + advice + ")" : ""));
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
