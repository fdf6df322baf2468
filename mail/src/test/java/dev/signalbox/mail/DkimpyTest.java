package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures by RSA and Ed25519 on one message, verified by dkimpy, which is written in Python. */
class DkimpyTest {
    private static final Path PYTHON = Path.of("..", ".signalbox", "dkimpy", "bin", "python");
    private static final String VERIFY = """
        import sys, dkim
        message = open(sys.argv[1], 'rb').read()
        records = {'rsa._domainkey.example.org.': sys.argv[2], 'ed._domainkey.example.org.': sys.argv[3]}
        dns = lambda name, timeout=5: records[name.decode()].encode()
        print([dkim.DKIM(message).verify(idx=i, dnsfunc=dns) for i in (0, 1)])
        """;

    /** A public key in X.509 has 12 bytes before the 32 of the key itself, which is all that RFC 8463 wants. */
    private static final int BEFORE_THE_KEY = 12;

    private final KeyPair rsa = keys("RSA");
    private final KeyPair ed25519 = keys("Ed25519");

    @TempDir
    private Path folder;

    @BeforeEach
    void isThere() {
        if (System.getenv("CI") == null) {
            assumeThat(PYTHON)
                    .as("to run this test: python3 -m venv .signalbox/dkimpy &&"
                            + " .signalbox/dkimpy/bin/pip install dkimpy pynacl")
                    .isExecutable();
        }
        assertThat(PYTHON).as("dkimpy, which .ci/run installs").isExecutable();
    }

    @Test
    void bothSignaturesHold() throws Exception {
        assertThat(verified(message())).isEqualTo("[True, True]");
    }

    @Test
    void neitherHoldsForAChangedMessage() throws Exception {
        String changed = message().replace("One-Click", "Two-Click");
        assertThat(verified(changed)).isEqualTo("[False, False]");
    }

    private String message() throws IOException {
        var message = MailMessage.builder()
                .from("Jörg <me@example.org>")
                .to("alice@example.com")
                .subject("Grüße aus Köln, und noch ein paar Worte, damit die Zeile umbrochen wird")
                .html("<p>Hello  there\n\n\n")
                .unsubscribe("https://example.com/u?" + "t".repeat(300))
                .build();
        var signers = List.of(
                new Dkim("example.org", "rsa", rsa.getPrivate()), new Dkim("example.org", "ed", ed25519.getPrivate()));
        var out = new ByteArrayOutputStream();
        Dkim.sign(MimeMessage.of(message), signers, message.date()).writer().writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String verified(String message) throws IOException, InterruptedException {
        byte[] key = ed25519.getPublic().getEncoded();
        var file = Files.writeString(folder.resolve("message.eml"), message);
        var process = new ProcessBuilder(
                        PYTHON.toString(),
                        "-c",
                        VERIFY,
                        file.toString(),
                        record("rsa", rsa.getPublic().getEncoded()),
                        record("ed25519", Arrays.copyOfRange(key, BEFORE_THE_KEY, key.length)))
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    private static String record(String kind, byte[] key) {
        return "v=DKIM1; k=" + kind + "; p=" + Base64.getEncoder().encodeToString(key);
    }

    private static KeyPair keys(String algorithm) {
        try {
            return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
