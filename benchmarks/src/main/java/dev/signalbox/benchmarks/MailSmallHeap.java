package dev.signalbox.benchmarks;

import dev.signalbox.mail.Attachment;
import dev.signalbox.mail.Encryption;
import dev.signalbox.mail.MailMessage;
import dev.signalbox.mail.SmtpOptions;
import dev.signalbox.mail.SmtpPoolOptions;
import dev.signalbox.mail.SmtpSender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Sends files of 25 MB from a process whose heap has room for less than two of them, four at a time. If they were whole in memory, it
 * would end with an OutOfMemoryError: that it ends well is the result, its rate comes with it.
 */
final class MailSmallHeap {
    static final int HEAP_MEGABYTES = 48;

    private static final int SENDERS = 4;

    private MailSmallHeap() {}

    /**
     * Runs such a process.
     *
     * @return how many messages it sent
     */
    static long send(int port, Path file, Duration duration) throws IOException, InterruptedException {
        Process process = Java.start(
                List.of("-Xmx" + HEAP_MEGABYTES + "m", "-XX:+ExitOnOutOfMemoryError"),
                MailSmallHeap.class,
                Integer.toString(port),
                file.toString(),
                Long.toString(duration.toMillis()));
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        int code = process.waitFor();
        if (code != 0) {
            throw new IllegalStateException("with a heap of " + HEAP_MEGABYTES + " MB the sender ended with " + code);
        }
        return Long.parseLong(answer);
    }

    /** The process: port, file, milliseconds. Says how many messages it sent. */
    static void main(String[] arguments) throws Exception {
        var options = SmtpOptions.to("127.0.0.1")
                .port(Integer.parseInt(arguments[0]))
                .encryption(Encryption.NONE)
                .pool(SmtpPoolOptions.usual().withConnections(SENDERS).withMaxWait(Duration.ofMinutes(1)))
                .build();
        var file = Attachment.of(Path.of(arguments[1]));
        try (var sender = new SmtpSender(options)) {
            System.out.println(MailSystem.inThreads(
                    Duration.ofMillis(Long.parseLong(arguments[2])), SENDERS, () -> sender.send(message(file))));
        }
    }

    private static MailMessage message(Attachment file) {
        return MailMessage.builder()
                .from(MailSystem.FROM)
                .to(MailSystem.TO)
                .subject(MailSystem.SUBJECT)
                .text(MailSystem.TEXT)
                .attach(file)
                .build();
    }

    /** A file to attach, which is gone when this process ends. */
    static Path file(byte[] content) throws IOException {
        Path file = Files.createTempFile("attachment", ".bin");
        file.toFile().deleteOnExit();
        return Files.write(file, content);
    }
}
