package dev.signalbox.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Nodemailer with its pool, in Node. */
final class MailNodemailer implements MailSystem {
    private final Process node;
    private final Writer orders;
    private final BufferedReader answers;

    MailNodemailer(Path script, int port) throws IOException {
        node = new ProcessBuilder("node", script.toString(), Integer.toString(port), Integer.toString(CONNECTIONS))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        orders = node.outputWriter(StandardCharsets.UTF_8);
        answers = node.inputReader(StandardCharsets.UTF_8);
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
