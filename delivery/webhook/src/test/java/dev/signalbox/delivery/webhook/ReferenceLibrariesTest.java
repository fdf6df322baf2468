package dev.signalbox.delivery.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Signatures verified by the reference libraries of Standard Webhooks, from PyPI and npm, and, since those know no Ed25519, by
 * OpenSSL inside Node.
 */
class ReferenceLibrariesTest {
    private static final Path PYTHON = Path.of("..", "..", ".signalbox", "standardwebhooks", "bin", "python");
    private static final Path NODE_MODULES = Path.of("..", "..", ".signalbox", "standardwebhooks", "node_modules")
            .toAbsolutePath();

    /** Arguments: key, id, timestamp, signatures, file with the body. */
    private static final String IN_PYTHON = """
        import sys
        from standardwebhooks.webhooks import Webhook, WebhookVerificationError
        key, id, timestamp, signatures, file = sys.argv[1:]
        headers = {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures}
        try:
            print(Webhook(key).verify(open(file, 'rb').read(), headers)['type'])
        except WebhookVerificationError as e:
            print('refused:', e)
        """;

    private static final String IN_NODE = """
        const { Webhook } = require('standardwebhooks');
        const [key, id, timestamp, signatures, file] = process.argv.slice(1);
        const body = require('fs').readFileSync(file, 'utf8');
        const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures };
        try {
          console.log(new Webhook(key).verify(body, headers).type);
        } catch (e) {
          console.log('refused: ' + e.message);
        }
        """;

    private static final String OPENSSL_IN_NODE = """
        const crypto = require('crypto');
        const [key, id, timestamp, signatures, file] = process.argv.slice(1);
        const x = Buffer.from(key.slice('whpk_'.length), 'base64').toString('base64url');
        const jwk = crypto.createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
        const body = require('fs').readFileSync(file);
        const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
        const signature = signatures.split(' ').find(s => s.startsWith('v1a,')).slice('v1a,'.length);
        console.log(crypto.verify(null, content, jwk, Buffer.from(signature, 'base64')));
        """;

    private static final String BODY =
            "{\"type\":\"order.paid\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"data\":{\"name\":\"Jörg ☃\"}}";

    private final WebhookKey key = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);
    private final WebhookKey next = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);
    private final WebhookKey ed25519 = WebhookKey.generate(WebhookKey.Kind.ED25519);

    @TempDir
    private Path folder;

    @BeforeEach
    void areThere() {
        if (System.getenv("CI") == null) {
            assumeThat(PYTHON)
                    .as("to run this test: python3 -m venv .signalbox/standardwebhooks &&"
                            + " .signalbox/standardwebhooks/bin/pip install standardwebhooks &&"
                            + " npm install --prefix .signalbox/standardwebhooks standardwebhooks")
                    .isExecutable();
            assumeThat(NODE_MODULES.resolve("standardwebhooks")).isDirectory();
        }
        assertThat(PYTHON)
                .as("the reference library for Python, which .ci/run installs")
                .isExecutable();
        assertThat(NODE_MODULES.resolve("standardwebhooks"))
                .as("the reference library for Node, which .ci/run installs")
                .isDirectory();
    }

    @Test
    void bothLibrariesBelieveASignature() throws Exception {
        assertThat(python(key.verifier(), BODY, key)).isEqualTo("order.paid");
        assertThat(node(IN_NODE, key.verifier(), BODY, key)).isEqualTo("order.paid");
    }

    /** While keys are exchanged there are several signatures, some of another kind. */
    @Test
    void bothLibrariesFindTheirsAmongSeveral() throws Exception {
        assertThat(python(next.verifier(), BODY, key, ed25519, next)).isEqualTo("order.paid");
        assertThat(node(IN_NODE, next.verifier(), BODY, key, ed25519, next)).isEqualTo("order.paid");
    }

    @Test
    void bothLibrariesRefuseAChangedBody() throws Exception {
        String changed = BODY.replace("Jörg", "Jorg");
        assertThat(python(key.verifier(), changed, key)).startsWith("refused:");
        assertThat(node(IN_NODE, key.verifier(), changed, key)).startsWith("refused:");
    }

    @Test
    void opensslBelievesAnEd25519Signature() throws Exception {
        assertThat(node(OPENSSL_IN_NODE, ed25519.verifier(), BODY, key, ed25519))
                .isEqualTo("true");
        String changed = BODY.replace("Jörg", "Jorg");
        assertThat(node(OPENSSL_IN_NODE, ed25519.verifier(), changed, ed25519)).isEqualTo("false");
    }

    private String python(String verifier, String received, WebhookKey... keys) throws Exception {
        return run(Stream.of(PYTHON.toString(), "-c", IN_PYTHON), verifier, received, keys);
    }

    private String node(String script, String verifier, String received, WebhookKey... keys) throws Exception {
        return run(Stream.of("node", "-e", script, "--"), verifier, received, keys);
    }

    /** Signs the body with all keys, and has a program verify what was received. */
    private String run(Stream<String> program, String verifier, String received, WebhookKey... keys)
            throws IOException, InterruptedException {
        long timestamp = Instant.now().getEpochSecond();
        String signatures = String.join(
                " ",
                Stream.of(keys)
                        .map(each -> each.sign("msg-1", timestamp, BODY.getBytes(UTF_8)))
                        .toList());
        Path file = Files.writeString(folder.resolve("body.json"), received);
        List<String> command = Stream.concat(
                        program, Stream.of(verifier, "msg-1", Long.toString(timestamp), signatures, file.toString()))
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("NODE_PATH", NODE_MODULES.toString());
        Process process = builder.start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
