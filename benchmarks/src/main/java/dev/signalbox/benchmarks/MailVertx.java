package dev.signalbox.benchmarks;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.mail.LoginOption;
import io.vertx.ext.mail.MailAttachment;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.MailConfig;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.StartTLSOptions;
import java.time.Duration;
import java.util.List;

/** The mail client of Vert.x, whose connections are kept and whose commands are sent ahead, as it does by itself. */
final class MailVertx implements MailSystem {
    private final Vertx vertx = Vertx.vertx();
    private final MailClient client;

    MailVertx(int port) {
        client = MailClient.create(
                vertx,
                new MailConfig()
                        .setHostname("127.0.0.1")
                        .setPort(port)
                        .setStarttls(StartTLSOptions.DISABLED)
                        .setLogin(LoginOption.DISABLED)
                        .setMaxPoolSize(CONNECTIONS));
    }

    @Override
    public String name() {
        return "vertx-mail";
    }

    @Override
    public long send(Duration duration, int senders, byte[] attached) throws Exception {
        return MailSystem.inThreads(
                duration,
                senders,
                () -> client.sendMail(message(attached))
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join());
    }

    private static MailMessage message(byte[] attached) {
        var message = new MailMessage(FROM, TO, SUBJECT, TEXT).setHtml(HTML);
        if (attached.length > 0) {
            message.setAttachment(List.of(MailAttachment.create()
                    .setName("bill.bin")
                    .setContentType("application/octet-stream")
                    .setData(Buffer.buffer(attached))));
        }
        return message;
    }

    @Override
    public void close() {
        var _ = vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
