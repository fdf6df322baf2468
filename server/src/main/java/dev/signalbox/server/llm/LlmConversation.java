package dev.signalbox.server.llm;

import dev.signalbox.llm.LlmAttempt;
import dev.signalbox.llm.LlmClient;
import dev.signalbox.llm.LlmException;
import dev.signalbox.llm.LlmResponse;
import dev.signalbox.llm.LlmStream;
import dev.signalbox.llm.LlmStreamListener;
import dev.signalbox.router.AckResult;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One question of one client. With a window, a piece waits until so few are unacknowledged, which holds the provider's
 * stream back; without one, pieces are plain messages, and a client that does not read is disconnected by its endpoint.
 */
final class LlmConversation implements LlmStreamListener {
    /** A client that acknowledges nothing for so long has gone. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final LlmAsk ask;
    private final Message question;
    private final Logic.Context context;
    private final Consumer<LlmConversation> ended;
    private final Semaphore window;
    private @Nullable LlmStream stream;
    private boolean cancelled;
    private long pieces;

    LlmConversation(LlmAsk ask, Message question, Logic.Context context, Consumer<LlmConversation> ended) {
        this.ask = ask;
        this.question = question;
        this.context = context;
        this.ended = ended;
        window = new Semaphore(ask.window());
    }

    String id() {
        return ask.id();
    }

    String client() {
        return question.source().toString();
    }

    void refuse(String code, String why) {
        context.reply(question, LlmFrames.refused(id(), code, why));
    }

    void start(LlmClient models) {
        LlmStream started = models.stream(ask.question().orElseThrow(), this);
        synchronized (this) {
            stream = started;
            if (!cancelled) {
                return;
            }
        }
        started.cancel();
    }

    /** Once is enough. Whoever waits for room in the window gets it, and finds the stream ended. */
    void cancel() {
        LlmStream running;
        synchronized (this) {
            cancelled = true;
            running = stream;
        }
        if (running != null) {
            running.cancel();
        }
        window.release(LlmAsk.LARGEST_WINDOW);
    }

    private synchronized boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onText(String piece) {
        if (!LlmLogic.isAsked(question)) {
            say(LlmFrames.delta(id(), ++pieces, piece));
        }
    }

    @Override
    public void onRestart(LlmAttempt broken) {
        say(LlmFrames.restart(id()));
    }

    private void say(Payload payload) {
        if (ask.window() == 0) {
            if (!context.send(question.source(), payload).complete()) {
                cancel();
            }
            return;
        }
        window.acquireUninterruptibly();
        if (!isCancelled()) {
            context.router()
                    .sendAcknowledged(Message.of(context.self(), question.source(), payload), PATIENCE)
                    .thenAccept(this::acknowledged);
        }
    }

    private void acknowledged(AckResult result) {
        if (result instanceof AckResult.Acked) {
            window.release();
        } else {
            cancel();
        }
    }

    @Override
    public void onDone(LlmResponse response) {
        end(LlmFrames.done(id(), response));
    }

    @Override
    public void onError(LlmException error) {
        end(LlmFrames.error(id(), error));
    }

    /** Whether the client is still there to hear it is its endpoint's concern. */
    private void end(Payload payload) {
        ended.accept(this);
        context.reply(question, payload);
    }
}
