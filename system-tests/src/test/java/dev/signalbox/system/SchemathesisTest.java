package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.signalbox.testing.services.Effort;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server does what its OpenAPI document says, and refuses what the document refuses. Schemathesis, a program in Python,
 * makes requests of the document: the same ones at each run.
 */
class SchemathesisTest {
    private static final String PROGRAM = "schemathesis";

    /**
     * The document cannot tie a header to a content type, and many messages in one request take no Idempotency-Key; nor that a key
     * or event was used for another before, which is 422; nor that If-Match and If-None-Match exclude each other. So there, what
     * fits the document may still be refused. Private-use characters, which are no visible ones, are made for GET /api/sessions
     * although its pattern excludes them. Not every text is a duration, a webhook has to be signed, and the URL of a webhook
     * endpoint has to lead somewhere. Times may be up to 23:59 off UTC by the document's format, here up to 18:00; a pattern cannot
     * keep control characters out of the names and values of headers. Schemathesis can write no mail (message/rfc822). A body
     * that is too long for a webhook is refused with 413, which Schemathesis does not expect by itself. Recipients have to be
     * such on their channel, nearly any text is a mail, and not every text is a template. A client's id may consist of dots, which
     * a path must not. Where a page of an inbox begins, only the page before can say.
     */
    private static final String CONFIGURATION = """
        [[operations]]
        include-name = "POST /api/messages"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "GET /api/sessions"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /api/sessions/{id}/events"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /api/maintenance"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /api/maintenance/webhook"
        checks.positive_data_acceptance.enabled = false
        checks.negative_data_rejection.expected-statuses = ["400", "403", "413", "415"]

        [[operations]]
        include-name = "POST /api/messages/actions"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /api/messages/{id}/reschedule"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /api/batches"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /api/recurring"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /api/topics"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /api/topics/{name}/messages"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /api/clients/{id}/ban"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /api/suppressions/reports"
        enabled = false

        [[operations]]
        include-name = "POST /api/webhooks/endpoints"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /api/templates"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /api/templates/{name}/preview"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /callbacks/sms"
        checks.positive_data_acceptance.enabled = false
        checks.negative_data_rejection.enabled = false

        [[operations]]
        include-name = "POST /callbacks/sms/{provider}"
        checks.positive_data_acceptance.enabled = false
        checks.negative_data_rejection.enabled = false

        [[operations]]
        include-name = "GET /api/suppressions"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "GET /api/inboxes/{recipient}"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /api/suppressions"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "DELETE /api/suppressions"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "GET /api/preferences"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /api/preferences"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "DELETE /api/preferences"
        checks.positive_data_acceptance.enabled = false

        [[operations]]
        include-name = "POST /api/suppressions/reports"
        checks.positive_data_acceptance.enabled = false
        checks.negative_data_rejection.enabled = false
        """;

    private static final List<String> SETTINGS =
            List.of("maintenance.cluster=true", "maintenance.webhook.secret=0123456789abcdef01234567");

    @TempDir
    private Path folder;

    /** A server in maintenance refuses nearly everything, so what takes it there is tried apart. */
    private static final String MAINTENANCE = "^/api/maintenance";

    @Test
    void theServerAndItsOpenApiDocumentAgree() throws Exception {
        agree("--exclude-path-regex");
    }

    @Test
    void theServerAndItsOpenApiDocumentAgreeAboutMaintenance() throws Exception {
        agree("--include-path-regex");
    }

    private void agree(String selection) throws Exception {
        Optional<Path> program = program();
        if (System.getenv("CI") == null) {
            assumeThat(program)
                    .as("schemathesis is neither on the PATH nor in .signalbox/schemathesis/bin; to run this test:"
                            + " python3 -m venv .signalbox/schemathesis && .signalbox/schemathesis/bin/pip install"
                            + " schemathesis")
                    .isPresent();
        }
        assertThat(program).as("schemathesis, which .ci/run installs").isPresent();
        try (ServerProcess server =
                ServerProcess.start(folder.resolve("data"), SETTINGS).awaitReady()) {
            Path report = folder.resolve("schemathesis.log");

            int exit = run(program.orElseThrow(), server, report, selection);

            assertThat(exit).as(Files.readString(report)).isZero();
        }
    }

    private int run(Path program, ServerProcess server, Path report, String selection)
            throws IOException, InterruptedException {
        Path configuration = Files.writeString(folder.resolve("schemathesis.toml"), CONFIGURATION);
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--config-file",
                        configuration.toString(),
                        "run",
                        server.uri("/openapi.json").toString(),
                        "--header",
                        "Authorization: Bearer " + server.token(),
                        selection,
                        MAINTENANCE,
                        "--phases",
                        "examples,coverage,fuzzing",
                        "--max-examples",
                        String.valueOf(Effort.of(5, 200)),
                        "--generation-deterministic",
                        "--request-timeout",
                        "30",
                        "--suppress-health-check",
                        "all",
                        "--no-color")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(report.toFile())
                .start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES))
                    .as("it ends within 10 minutes; " + Files.readString(report))
                    .isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private static Optional<Path> program() {
        Stream<Path> path = Arrays.stream(
                        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(Path::of);
        Path own = Path.of("..", ".signalbox", "schemathesis", "bin").toAbsolutePath();
        return Stream.concat(Stream.of(own), path)
                .map(directory -> directory.resolve(PROGRAM))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
