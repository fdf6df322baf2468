package dev.signalbox.benchmarks;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.mail.LoginOption;
import io.vertx.ext.mail.MailAttachment;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.MailConfig;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.MailResult;
import io.vertx.ext.mail.StartTLSOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The mail client of Vert.x, whose connections are kept and whose commands are sent ahead, as it does by itself. */
final class MailVertx implements MailSystem {
    private static final long PATIENCE_SECONDS = 60;

    private final Vertx vertx = Vertx.vertx();
    /**
     * All sends begin on this event loop, as those of a verticle do. Begun on other threads, each has a loop of its own, and now and then one never
     * ended: its connection's greeting was not seen.
     */
    private final Context loop = vertx.getOrCreateContext();

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
                duration, senders, () -> send(message(attached)).get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    private CompletableFuture<MailResult> send(MailMessage message) {
        CompletableFuture<MailResult> sent = new CompletableFuture<>();
        loop.runOnContext(_ -> {
            var _ = client.sendMail(message).onComplete(sent::complete, sent::completeExceptionally);
        });
        return sent;
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
