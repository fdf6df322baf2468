package dev.signalbox.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;

/** Nodemailer with its pool, in Node; npm brings it when it is first measured. */
final class MailNodemailer implements MailSystem {
    private static final String VERSION = "10.6.1";
    private static final Path FOLDER = Path.of(
                    System.getenv().getOrDefault("SIGNALBOX_HOME", "."), ".signalbox", "nodemailer-" + VERSION)
            .toAbsolutePath();

    private final Process node;
    private final Writer orders;
    private final BufferedReader answers;

    MailNodemailer(int port) throws IOException, InterruptedException {
        install();
        Path script = Files.createTempFile("nodemailer", ".cjs");
        try (var in = Objects.requireNonNull(MailNodemailer.class.getResourceAsStream("nodemailer.cjs"))) {
            Files.write(script, in.readAllBytes());
        }
        script.toFile().deleteOnExit();
        var start =
                new ProcessBuilder("node", script.toString(), Integer.toString(port), Integer.toString(CONNECTIONS));
        start.environment().put("NODE_PATH", FOLDER.resolve("node_modules").toString());
        node = start.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        orders = node.outputWriter(StandardCharsets.UTF_8);
        answers = node.inputReader(StandardCharsets.UTF_8);
    }

    private static void install() throws IOException, InterruptedException {
        if (Files.isDirectory(FOLDER.resolve("node_modules").resolve("nodemailer"))) {
            return;
        }
        Files.createDirectories(FOLDER);
        int code = new ProcessBuilder(
                        "npm",
                        "install",
                        "--silent",
                        "--no-audit",
                        "--no-fund",
                        "--prefix",
                        FOLDER.toString(),
                        "nodemailer@" + VERSION)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.to(FOLDER.resolve("npm.log").toFile()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("npm could not install Nodemailer: see " + FOLDER.resolve("npm.log"));
        }
    }

    @Override
    public String name() {
        return "nodemailer";
    }

    @Override
    public long send(Duration duration, int senders, byte[] attached) throws IOException {
        orders.write(JsonMapper.shared()
                        .writeValueAsString(Map.of(
                                "ms", duration.toMillis(),
                                "senders", senders,
                                "attached", attached.length,
                                "from", FROM,
                                "to", TO,
                                "subject", SUBJECT,
                                "text", TEXT,
                                "html", HTML))
                + "\n");
        orders.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("Nodemailer has ended");
        }
        return Long.parseLong(answer);
    }

    @Override
    public void close() {
        node.destroy();
    }
}
